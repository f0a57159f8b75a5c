"""What a job was asked to do, kept beside it: any process can start the same again, whoever began it."""

import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any

from vre_dm.did import Did
from vre_dm.errors import InvalidDid, NotWritable
from vre_dm.lake.apart import Apart, Hung
from vre_dm.lake.publish.places import Place
from vre_dm.lake.tables import clean
from vre_dm.lake.transfer.policy import STREAMS

if TYPE_CHECKING:
    from vre_dm.lake.jobs.started import StartedJob
    from vre_dm.lake.lake import Lake

FETCH, BRING, PUBLISH, MAP = "fetch", "make_available", "publish", "map"
CACHE = "VRE_DM_CACHE"
SETTINGS = frozenset({CACHE, STREAMS})
"""Variables that a task keeps."""
_PATIENCE = 2.0  # seconds for a mount to say where a folder leads
_TEXT, _FLAG, _DAYS = (str, NoneType), (bool,), (int, float, NoneType)
_WISHES: dict[str, dict[str, tuple[type, ...]]] = {
    FETCH: {
        "target": (str,),
        "leads": (str,),
        "files": _TEXT,
        "rse": _TEXT,
        "recheck": _FLAG,
        "since": _TEXT,
        "pin": _TEXT,
    },
    BRING: {"files": _TEXT, "rse": _TEXT, "days": _DAYS, "verify": _FLAG},
    PUBLISH: {
        "files": (dict,),
        "rse": _TEXT,
        "days": _DAYS,
        "metadata": (dict, NoneType),
        "comment": (str,),
    },
    MAP: {"job": (str,)},
}
"""Keywords that each verb takes, with their types: what is read may start nothing else."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a job was asked to do.

    Attributes
    ----------
    verb
        ``fetch`` or ``make_available`` of a dataset, ``publish`` to one, or ``map`` over it.
    lake
        Name of the lake.
    what
        The dataset; of a map also what is said of paths.
    wishes
        Keywords of the verb that were given; paths are absolute. Of an upload ``files`` has a `Place` under
        each name; of a fetch ``leads`` is where ``target`` led, if there are links on it; of a map ``job`` is
        the name of the folder in which the function is.
    settings
        Variables of ours that its process had: where the cache is, how many streams there may be.
    """

    verb: str
    lake: str
    what: str
    wishes: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    def start(self, lake: "Lake") -> "StartedJob":
        """Begin; what cannot begin is refused as the verb refuses it. A map goes on by `vre_dm.cli.task`."""
        if self.verb == PUBLISH:
            return lake.publication(did=self.what, **self.wishes).start()
        dataset, wishes = lake.dataset(self.what), dict(self.wishes)
        if self.verb == BRING:
            return dataset.start_available(**wishes)
        _check_target(wishes["target"], wishes.pop("leads", wishes["target"]))
        return dataset.start_fetch(**wishes)

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
            wishes = _with_places(said["wishes"]) if said["verb"] == PUBLISH else said["wishes"]
            task = cls(said["verb"], said["lake"], said["what"], wishes, said["settings"])
            sound = task._is_sound()
        except (TypeError, LookupError, AttributeError, InvalidDid):
            sound = False
        if not sound:
            msg = "no description of a task"
            raise ValueError(msg)
        return task

    def _is_sound(self) -> bool:
        if self.verb != MAP:
            Did.parse(self.what)
        kinds = _WISHES[self.verb]
        return (
            all(isinstance(text, str) for text in (self.lake, *self.settings.values()))
            and self.settings.keys() <= SETTINGS
            and isinstance(self.wishes, dict)
            and self.wishes.keys() <= kinds.keys()
            and all(type(wish) in kinds[name] for name, wish in self.wishes.items())
            and self._has_sound_paths()
        )

    def _has_sound_paths(self) -> bool:
        """Whether it says what is read or written on this machine; one that lacks it is no task."""
        if self.verb == PUBLISH:
            files = self.wishes["files"]
            return bool(files) and all(place.is_sound for place in files.values())
        if self.verb == MAP:
            return re.fullmatch(r"[0-9T]+-[0-9a-f]{8}", self.wishes["job"]) is not None
        return self.verb == BRING or Path(self.wishes["target"]).is_absolute()


def _with_places(wishes: Mapping[str, Any]) -> dict[str, Any]:
    return {**wishes, "files": {name: Place(**place) for name, place in wishes["files"].items()}}


def leads(folder: Path | str) -> str | None:
    """Where a folder really lies, links resolved; None where its mount does not answer."""
    try:
        return Apart().ask(lambda: os.path.realpath(folder), _PATIENCE)
    except Hung:
        return None


def _check_target(target: str, real: str) -> None:
    """Refuse a folder that leads elsewhere than when a fetch began: it was exchanged for a link."""
    if leads(target) != real:
        msg = f"{clean(target, None)} leads elsewhere than when the fetch began, or is dead; fetch it anew"
        raise NotWritable(msg, field="target")
