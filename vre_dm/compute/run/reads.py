"""What a function reads by name: globals, enclosed values, and of the user's modules what its code names."""

import ast
import dis
import types
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import resolve_name
from pathlib import Path
from typing import Any

from vre_dm.compute.run.ours import installed, is_users, is_users_file

_LOADS = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"}
_ATTRIBUTES = {"LOAD_ATTR", "LOAD_METHOD"}
_SILENT = {"EXTENDED_ARG", "CACHE", "NOP"}
_DEEPEST = 4  # packages in packages

Steps = list[dis.Instruction]


@dataclass(frozen=True, slots=True, eq=False)
class InPart:
    """A module of which what is read stands beside it."""

    module: types.ModuleType


def read_by(function: types.FunctionType) -> list[tuple[str, Any]]:
    """Values that a function reads, by name, in the order of the names.

    A module of the user's is `InPart` where the code only takes names out of it; handed on to another
    function, or changed, it is given as it is. What is imported inside of the function is the text of that
    module and of those that it imports, as they are on disk now: they are read when it runs.
    """
    found: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):  # nothing is in it yet
            found[name] = cell.cell_contents
    code = [*codes_of(function.__code__)]
    steps = [[step for step in dis.get_instructions(one) if step.opname not in _SILENT] for one in code]
    package = function.__globals__.get("__package__")
    for one in steps:
        for at, step in enumerate(one):
            if step.opname in _LOADS and step.argval in function.__globals__:
                found[step.argval] = function.__globals__[step.argval]
            elif step.opname == "IMPORT_NAME":
                found |= _imported(one, at, package if isinstance(package, str) else "")
    names = sorted({name for one in code for name in one.co_names})
    for name, value in list(found.items()):
        _look_into(name, name, value, names, steps, found)
    return sorted(found.items(), key=lambda pair: pair[0])


def codes_of(code: types.CodeType) -> Iterator[types.CodeType]:
    """Code, and that of the functions inside of it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes_of(constant)


def _look_into(
    path: str,
    name: str,
    value: object,
    names: list[str],
    steps: list[Steps],
    found: dict[str, Any],
    depth: int = 0,
) -> None:
    """Put in the place of a module of the user's those of its names that stand in the code."""
    if not isinstance(value, types.ModuleType) or not is_users(value):
        return
    if depth == _DEEPEST or _handed_on(name, steps):
        return
    found[path] = InPart(value)
    for part in names:
        if part in vars(value):
            found[f"{path}.{part}"] = vars(value)[part]
            _look_into(f"{path}.{part}", part, vars(value)[part], names, steps, found, depth + 1)


def _handed_on(name: str, steps: list[Steps]) -> bool:
    """Whether the code does anything with a name but to take an attribute of it."""
    for one in steps:
        for at, step in enumerate(one):
            if not step.opname.startswith("LOAD_") or step.opname in {"LOAD_CONST", "LOAD_CLOSURE"}:
                continue
            loaded = step.argval if isinstance(step.argval, tuple) else (step.argval,)
            if name in loaded and (at + 1 == len(one) or one[at + 1].opname not in _ATTRIBUTES):
                return True
    return False


def _imported(steps: Steps, at: int, package: str) -> dict[str, Any]:
    """What an import inside of a function runs: texts of the user's modules, versions of others."""
    level, wanted = (step.argval for step in steps[at - 2 : at])
    name = str(steps[at].argval)
    if isinstance(level, int) and level:
        try:
            name = resolve_name("." * level + name, package)
        except ImportError:
            return {}
    texts = texts_of([name, *(f"{name}.{part}" for part in wanted or ())])
    return {f"import {name}": texts or installed(name.partition(".")[0])}


def texts_of(names: Sequence[str]) -> dict[str, bytes]:
    """Texts of the user's modules that an import of these runs, by name; nothing is imported for it."""
    texts: dict[str, bytes] = {}
    waiting, seen = [*names], set[str]()
    while waiting:
        name = waiting.pop()
        if not name or name in seen:
            continue
        seen.add(name)
        parent = name.rpartition(".")[0]
        waiting.append(parent)
        spec = _spec(name)
        file = Path(spec.origin) if spec is not None and spec.has_location and spec.origin else None
        if file is None or not is_users_file(str(file)):
            continue
        with suppress(OSError):
            texts[name] = file.read_bytes()
            waiting += _imports(texts[name], name if file.stem == "__init__" else parent)
    return dict(sorted(texts.items()))


def _spec(name: str) -> ModuleSpec | None:
    """Where a module is, without running the packages that it is in."""
    path: Sequence[str] | None = None
    spec: ModuleSpec | None = None
    whole = ""
    for part in name.split("."):
        whole = f"{whole}.{part}" if whole else part
        try:
            spec = PathFinder.find_spec(whole, path)
        except (ImportError, ValueError):
            return None
        if spec is None:
            return None
        path = [*spec.submodule_search_locations] if spec.submodule_search_locations else []
    return spec


def _imports(text: bytes, package: str) -> Iterator[str]:
    """Names that the text of a module imports."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            name = node.module or ""
            if node.level:
                with suppress(ImportError):
                    name = resolve_name("." * node.level + name, package)
            yield name
            yield from (f"{name}.{alias.name}" for alias in node.names)
