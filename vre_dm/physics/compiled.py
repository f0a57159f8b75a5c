"""Loops compiled by numba, kept on disk for the next process where there is a place for that."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a loop over arrays when it is first called.

    Parameters
    ----------
    function
        Numbers and arrays in and out, nothing of Python's objects.
    """
    try:
        return cast("F", njit(cache=True)(function))
    except RuntimeError:  # a read-only installation and no home: compiled anew in each process
        return cast("F", njit(function))
