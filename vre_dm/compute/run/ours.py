"""Which modules are the user's own: what a session changes, as against what is installed."""

import functools
import site
import sys
import sysconfig
import types
from importlib import metadata
from pathlib import Path

_INSTALLED = ("stdlib", "platstdlib", "purelib", "platlib")
_SESSION = {"__main__", "__mp_main__"}


def is_users(module: types.ModuleType) -> bool:
    """Whether a module is the user's: of the session itself, or of no installed package.

    Those are files elsewhere, folders of such files without an ``__init__.py``, and modules made by hand.
    """
    name = module.__name__
    top = name.partition(".")[0]
    if top in _SESSION:
        return True
    if top == "vre_dm" or top in sys.stdlib_module_names:
        return False
    file = getattr(module, "__file__", None)
    if file is not None:
        return is_users_file(file)
    folders = [place for place in getattr(module, "__path__", ()) if isinstance(place, str)]
    if folders:
        return any(is_users_file(folder) for folder in folders)
    return sys.modules.get(name) is not module


@functools.cache
def is_users_file(file: str) -> bool:
    """Whether a file of Python's belongs to no installed package."""
    path = Path(file).resolve()
    return not any(path.is_relative_to(root) for root in _roots())


def version_of(module: types.ModuleType) -> str:
    """Version of the package that a module is of; empty for Python's own."""
    top = module.__name__.partition(".")[0]
    said = getattr(sys.modules.get(top), "__version__", None)
    return said if isinstance(said, str) else installed(top)


@functools.cache
def installed(top: str) -> str:
    """Version of an installed package by its name, imported or not; empty where that is not known."""
    try:
        return metadata.version(top)
    except (metadata.PackageNotFoundError, ValueError):
        return ""


def package_of(value: types.FunctionType | type) -> types.ModuleType | None:
    """Module of an installed package that has a function or class under its name: that says all of it."""
    name, path = value.__module__, value.__qualname__
    module = sys.modules.get(name) if isinstance(name, str) else None
    if module is None or is_users(module):
        return None
    found: object = module
    for part in path.split("."):
        found = getattr(found, part, None)
    while found is not None and found is not value:  # as functools.wraps leaves it
        found = getattr(found, "__wrapped__", None)
    return None if found is None else module


def forget_modules() -> None:
    """Forget the user's modules that this process imported from files: the next import reads them anew."""
    for name, module in list(sys.modules.items()):
        if (
            name.partition(".")[0] not in _SESSION
            and isinstance(module, types.ModuleType)
            and is_users(module)
        ):
            sys.modules.pop(name, None)


@functools.cache
def _roots() -> tuple[Path, ...]:
    paths = sysconfig.get_paths()
    folders = {*(paths[name] for name in _INSTALLED), *site.getsitepackages(), site.getusersitepackages()}
    return tuple(Path(folder).resolve() for folder in folders)
