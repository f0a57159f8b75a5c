"""The embedded lake: a real Rucio data lake on this machine, from nothing, without Docker and without root.

>>> from vre_dm import sandbox
>>> with sandbox.running() as lake:  # doctest: +SKIP
...     print(lake.url)
"""

from importlib import import_module
from typing import Any

from vre_dm.extras import missing_extra

__all__ = ["LakeStatus", "default_root", "down", "reset", "running", "status", "up"]


def __getattr__(name: str) -> Any:
    # Lazily: the private environment imports this package too, and has not what `control` needs.
    if name in __all__:
        try:
            control = import_module("vre_dm.sandbox.control")
        except ModuleNotFoundError as error:
            raise missing_extra(error) or error from error
        return getattr(control, name)
    msg = f"module 'vre_dm.sandbox' has no attribute {name!r}"
    raise AttributeError(msg)
