"""Functions and results as bytes for another process; of the user's modules what is read travels too."""

import functools
import io
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from vre_dm.compute.run.fingerprint import modules_of, values_of
from vre_dm.compute.run.ours import package_of
from vre_dm.errors import MissingExtra, NotSendable


def packed(function: object, *others: object) -> bytes:
    """Functions as bytes, as they are in this process now, whatever stands in their files.

    Modules of the user's go along; where one holds what cannot be sent, all are imported from their files.

    Raises
    ------
    NotSendable
        One of them, or a value that it uses, cannot be pickled.
    MissingExtra
        cloudpickle is not installed.
    """
    for modules in (set().union(*map(modules_of, (function, *others))), set[types.ModuleType]()):
        with _by_value(modules):
            try:
                return _pickled((function, *others))
            except Exception as error:
                refused = error
    raise NotSendable(_blame(function, refused)) from refused


def dumps(value: object) -> bytes:
    """Value as bytes; classes that were made in a session travel with it.

    Raises
    ------
    NotSendable
        It cannot be pickled.
    """
    try:
        return _pickled(value)
    except Exception as error:
        msg = (
            f"a result of type {type(value).__name__} cannot be kept: {_said(error)}; give arrays, histograms"
        )
        raise NotSendable(msg) from error


def loads(data: bytes | memoryview) -> Any:
    """Give the value of such bytes."""
    return _cloudpickle().loads(data)


def _pickled(value: object) -> bytes:
    data = io.BytesIO()
    _pickler()(data, protocol=5).dump(value)
    return data.getvalue()


@functools.cache
def _pickler() -> Any:
    """Pickler of cloudpickle, that takes functions along whose results functools keeps, without these."""

    class Pickler(_cloudpickle().Pickler):  # type: ignore[misc]
        def reducer_override(self, value: Any) -> Any:
            if isinstance(value, functools._lru_cache_wrapper):
                function = value.__wrapped__
                if isinstance(function, types.FunctionType) and package_of(function) is None:
                    return remembering, (function, value.cache_parameters())
            return super().reducer_override(value)

    return Pickler


def remembering(function: Callable[..., Any], how: dict[str, Any]) -> Callable[..., Any]:
    """Make a function anew whose results functools keeps."""
    kept: Callable[..., Any] = functools.lru_cache(**how)(function)
    return kept


def _cloudpickle() -> Any:
    try:
        import cloudpickle
    except ModuleNotFoundError as error:
        msg = "a map needs cloudpickle, which is not installed: pip install 'vre-dm[compute]'"
        raise MissingExtra(msg) from error
    return cloudpickle


@contextmanager
def _by_value(modules: set[types.ModuleType]) -> Iterator[None]:
    """Let what is read of these modules be sent whole: they may be out of reach, or changed on disk."""
    pickler = _cloudpickle()
    known = pickler.list_registry_pickle_by_value()
    new = [m for m in modules if m.__name__ in sys.modules and m.__name__ not in {*known, "__main__"}]
    for module in new:
        pickler.register_pickle_by_value(module)
    try:
        yield
    finally:
        for module in new:
            pickler.unregister_pickle_by_value(module)


def _blame(function: object, error: Exception) -> str:
    """Which of the values that a function uses cannot be sent."""
    name = getattr(function, "__name__", type(function).__name__)
    for called, value in values_of(function):
        try:
            _pickled(value)
        except Exception as cause:
            return (
                f"{name} uses {called}, a {type(value).__name__} that cannot be given to another process: "
                f"{_said(cause)}; make it inside the function"
            )
    return f"{name} cannot be given to another process: {_said(error)}"


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
