"""What a job was asked to do, kept beside it: any process can start the same again, whoever began it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vre_dm.lake.jobs.started import StartedJob
    from vre_dm.lake.lake import Lake

FETCH, BRING, PUBLISH = "fetch", "make_available", "publish"


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
    """

    verb: str
    lake: str
    what: str
    wishes: Mapping[str, Any] = field(default_factory=dict)

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
            task = cls(said["verb"], said["lake"], said["what"], said["wishes"])
        except (TypeError, LookupError) as error:
            msg = "no description of a task"
            raise ValueError(msg) from error
        texts = all(isinstance(text, str) for text in (task.verb, task.lake, task.what))
        if not texts or task.verb not in {FETCH, BRING, PUBLISH} or not isinstance(task.wishes, dict):
            msg = "no description of a task"
            raise ValueError(msg)
        return task
