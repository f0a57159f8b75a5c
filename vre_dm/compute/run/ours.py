"""Which modules are the user's own: what a session changes, as against what is installed."""

import functools
import site
import sys
import sysconfig
import types
from importlib import metadata
from pathlib import Path

_INSTALLED = ("stdlib", "platstdlib", "purelib", "platlib")


def is_users(module: types.ModuleType) -> bool:
    """Whether a module is the user's: of the session itself, or a file of no installed package."""
    top = module.__name__.partition(".")[0]
    if top in {"__main__", "__mp_main__"}:
        return True
    if top == "vre_dm" or top in sys.stdlib_module_names:
        return False
    file = getattr(module, "__file__", None)
    return file is not None and is_users_file(Path(file))


def is_users_file(file: Path) -> bool:
    """Whether a file of Python's belongs to no installed package."""
    return not any(file.resolve().is_relative_to(root) for root in _roots())


def version_of(module: types.ModuleType) -> str:
    """Version of the package that a module is of; empty for Python's own."""
    top = module.__name__.partition(".")[0]
    said = getattr(sys.modules.get(top), "__version__", None)
    return said if isinstance(said, str) else _version(top)


@functools.cache
def _version(top: str) -> str:
    try:
        return metadata.version(top)
    except metadata.PackageNotFoundError:
        return ""


@functools.cache
def _roots() -> tuple[Path, ...]:
    paths = sysconfig.get_paths()
    folders = {*(paths[name] for name in _INSTALLED), *site.getsitepackages(), site.getusersitepackages()}
    return tuple(Path(folder).resolve() for folder in folders)
