"""What a job was asked to do, kept beside it: any process can start the same again, whoever began it."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any

from vre_dm.did import Did
from vre_dm.errors import InvalidDid, InvalidUpload
from vre_dm.lake.tables import clean
from vre_dm.lake.transfer.policy import STREAMS

if TYPE_CHECKING:
    from vre_dm.lake.jobs.started import StartedJob
    from vre_dm.lake.lake import Lake

FETCH, BRING, PUBLISH = "fetch", "make_available", "publish"
CACHE = "VRE_DM_CACHE"
SETTINGS = frozenset({CACHE, STREAMS})
"""Variables that a task keeps."""
_TEXT, _FLAG, _DAYS = (str, NoneType), (bool,), (int, float, NoneType)
_WISHES: dict[str, dict[str, tuple[type, ...]]] = {
    FETCH: {"target": (str,), "files": _TEXT, "rse": _TEXT, "recheck": _FLAG, "since": _TEXT, "pin": _TEXT},
    BRING: {"files": _TEXT, "rse": _TEXT, "days": _DAYS, "verify": _FLAG},
    PUBLISH: {
        "files": (list, dict),
        "rse": _TEXT,
        "days": _DAYS,
        "metadata": (dict, NoneType),
        "prefix": (str,),
        "comment": (str,),
    },
}
"""Keywords that each verb takes, with their types: what is read may start nothing else."""


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
            _check_places(self.wishes["files"])
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
        except (TypeError, LookupError, AttributeError, InvalidDid):
            sound = False
        if not sound:
            msg = "no description of a task"
            raise ValueError(msg)
        return task

    def _is_sound(self) -> bool:
        Did.parse(self.what)
        kinds = _WISHES[self.verb]
        return (
            all(isinstance(text, str) for text in (self.lake, *self.settings.values()))
            and self.settings.keys() <= SETTINGS
            and isinstance(self.wishes, dict)
            and self.wishes.keys() <= kinds.keys()
            and all(type(wish) in kinds[name] for name, wish in self.wishes.items())
            and all(map(_is_path, self._paths()))
        )

    def _paths(self) -> list[object]:
        """What is read or written on this machine; a task that lacks it is none."""
        if self.verb == PUBLISH:
            files = self.wishes["files"]
            return list(files.values() if isinstance(files, dict) else files) or [None]
        return [self.wishes["target"]] if self.verb == FETCH else []


def _is_path(said: object) -> bool:
    return isinstance(said, str) and Path(said).is_absolute()


def _check_places(files: object) -> None:
    """Refuse a path that leads elsewhere than when an upload began: it was exchanged for a link since."""
    for path in files.values() if isinstance(files, dict) else ():
        if os.path.realpath(path) != path:
            msg = f"{clean(path, None)} leads elsewhere than when the upload began; publish it anew"
            raise InvalidUpload(msg, field="files")
