"""What a job was asked to do, kept beside it: any process can start the same again, whoever began it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from vre_dm.lake.transfer.policy import STREAMS

if TYPE_CHECKING:
    from vre_dm.lake.jobs.started import StartedJob
    from vre_dm.lake.lake import Lake

FETCH, BRING, PUBLISH = "fetch", "make_available", "publish"
CACHE = "VRE_DM_CACHE"
SETTINGS = frozenset({CACHE, STREAMS})
"""Variables that a task keeps."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a job was asked to do.

    Attributes
    ----------
    verb
        ``fetch`` or ``make_available`` of a dataset, or ``publish`` to one.
    lake
        Name of the lake.
    what
        The dataset.
    wishes
        Keywords of the verb that were given, as JSON has them; paths are absolute.
    settings
        Variables of ours that its process had: where the cache is, how many streams there may be.
    """

    verb: str
    lake: str
    what: str
    wishes: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    def start(self, lake: "Lake") -> "StartedJob":
        """Begin; what cannot begin is refused as the verb refuses it."""
        if self.verb == PUBLISH:
            return lake.publication(did=self.what, **self.wishes).start()
        dataset = lake.dataset(self.what)
        return (dataset.start_available if self.verb == BRING else dataset.start_fetch)(**self.wishes)

    def document(self) -> dict[str, Any]:
        """Give what `read` takes."""
        return asdict(self)

    @classmethod
    def read(cls, said: Any) -> "Task":
        """Task of a document.

        Raises
        ------
        ValueError
            It is none.
        """
        try:
            task = cls(said["verb"], said["lake"], said["what"], said["wishes"], said["settings"])
            sound = task._is_sound()
        except (TypeError, LookupError, AttributeError):
            sound = False
        if not sound:
            msg = "no description of a task"
            raise ValueError(msg)
        return task

    def _is_sound(self) -> bool:
        texts = (self.lake, self.what, *self.settings.values())
        return (
            self.verb in (FETCH, BRING, PUBLISH)
            and all(isinstance(text, str) for text in texts)
            and self.settings.keys() <= SETTINGS
            and isinstance(self.wishes, dict)
        )
