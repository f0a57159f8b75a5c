"""vre-dm: dark-matter science in Jupyter on the ESCAPE Virtual Research Environment.

``import vre_dm as dm`` is cheap; each public name is loaded when it is first used.
"""

from importlib import import_module

__version__ = "0.1.0.dev0"

# public name -> module that holds it
_PUBLIC: dict[str, str] = {
    "Curve": "vre_dm.limits.curve",
    "curves": "vre_dm.limits.catalogue",
    "overlay": "vre_dm.limits.overlay",
}

__all__ = sorted(["__version__", *_PUBLIC])


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    msg = f"module 'vre_dm' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return __all__
