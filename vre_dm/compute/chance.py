"""Random numbers of a function that brings its own generator: others in each chunk, the same everywhere."""

import hashlib
import random
from collections.abc import Iterable
from typing import Any

import numpy as np

_Old, _Bits, _Seeds = np.random.RandomState, np.random.BitGenerator, np.random.SeedSequence
_KINDS = (random.Random, np.random.Generator, _Old, _Bits, _Seeds)


class Generators:
    """Generators that a function brings, and what generators are made of, as they are now.

    Parameters
    ----------
    objects
        All that the function holds, in an order that is the same in each process.
    """

    def __init__(self, objects: Iterable[object]) -> None:
        found = [
            one for one in objects if isinstance(one, _KINDS) and not isinstance(one, random.SystemRandom)
        ]
        inner = {id(_bits(one)) for one in found if isinstance(one, np.random.Generator | _Old)}
        self._came = [(one, _state(one)) for one in found if id(one) not in inner]

    def __bool__(self) -> bool:
        return bool(self._came)

    def scatter(self, *words: object) -> None:
        """Let them go on from another place, which the states they came in and the words alone decide.

        Each chunk begins with a function as it was sent. Its generators would draw the same numbers for each.

        Parameters
        ----------
        *words
            Say which chunk, or which point, it is.
        """
        for number, (generator, state) in enumerate(self._came):
            _move(generator, _number(state, (number, *words)))


def scatter(objects: Iterable[object], *words: object) -> None:
    """Scatter the `Generators` among what a function holds."""
    Generators(objects).scatter(*words)


def _state(generator: Any) -> object:
    if isinstance(generator, random.Random):
        return generator.getstate()
    if isinstance(generator, _Seeds):
        return generator.state
    if isinstance(generator, _Old):
        return generator.get_state(legacy=False)
    bits = _bits(generator)
    return bits.state, getattr(bits.seed_seq, "n_children_spawned", 0)


def _bits(generator: Any) -> Any:
    return generator if isinstance(generator, _Bits) else generator._bit_generator


def _move(generator: Any, seed: int) -> None:
    if isinstance(generator, random.Random):
        generator.seed(seed)
        return
    seeds: Any = np.random.SeedSequence(seed)
    if isinstance(generator, _Seeds):
        _become(generator, seeds)
        return
    bits = _bits(generator)
    moved = type(bits)(seeds)
    if isinstance(generator, _Old):  # it holds half of a pair of normal numbers back
        generator.set_state(_Old(moved).get_state(legacy=False))
        return
    try:
        bits.__setstate__((moved.state, seeds))  # with the seeds of what it spawns
    except TypeError:  # of NumPy 1, where these do not travel, so that each process has others
        bits.state = moved.state


def _become(seeds: Any, other: Any) -> None:
    _, (*_, inner), *outer = other.__reduce__()
    seeds.__setstate__(inner or outer[0])


def _number(state: object, words: tuple[object, ...]) -> int:
    said = repr(_plain((state, words)))
    return int.from_bytes(hashlib.sha256(said.encode(errors="surrogatepass")).digest())


def _plain(value: object) -> object:
    """Give it without arrays: their text depends on the print options of the process."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return tuple(map(_plain, value)) if isinstance(value, tuple | list) else value
