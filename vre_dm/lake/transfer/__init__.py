"""The fetch engine: plan, sources, copy, verify, place. It knows files and replicas, not the catalogue.

Each name is loaded when it is first used: who only reads its events need not wait for the engine.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vre_dm.lake.transfer.engine import fetch_files
    from vre_dm.lake.transfer.events import Event, Progress
    from vre_dm.lake.transfer.policy import Pace, Policy

__all__ = ["Event", "Pace", "Policy", "Progress", "fetch_files"]

_HELD_BY = {
    "fetch_files": "engine",
    "Event": "events",
    "Progress": "events",
    "Pace": "policy",
    "Policy": "policy",
}


def __getattr__(name: str) -> object:
    if name in _HELD_BY:
        return getattr(import_module(f"{__name__}.{_HELD_BY[name]}"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
