"""Random numbers of a function that brings its own generator: others in each chunk, the same everywhere."""

import hashlib
import random
from collections.abc import Iterable
from typing import Any

import numpy as np

_Old, _Bits = np.random.RandomState, np.random.BitGenerator
_KINDS = (random.Random, np.random.Generator, _Old, _Bits)


def scatter(objects: Iterable[object], *words: object) -> None:
    """Let the generators among these go on from another place, which their state and the words alone decide.

    Each chunk begins with a function as it was sent. Its generators would draw the same numbers for each.

    Parameters
    ----------
    objects
        In an order that is the same in each process.
    *words
        Say which chunk it is.
    """
    generators = (
        one for one in objects if isinstance(one, _KINDS) and not isinstance(one, random.SystemRandom)
    )
    for number, generator in enumerate(generators):
        _move(generator, (number, *words))


def _move(generator: Any, words: tuple[object, ...]) -> None:
    if isinstance(generator, random.Random):
        generator.seed(_number(generator.getstate(), words))
        return
    bits = generator if isinstance(generator, _Bits) else generator._bit_generator
    state = generator.get_state(legacy=False) if isinstance(generator, _Old) else bits.state
    moved = type(bits)(np.random.SeedSequence(_number(state, words)))
    if isinstance(generator, _Old):  # it holds half of a pair of normal numbers back
        generator.set_state(_Old(moved).get_state(legacy=False))
    else:
        bits.state = moved.state


def _number(state: object, words: tuple[object, ...]) -> int:
    with np.printoptions(threshold=10_000):
        said = repr((state, words))
    return int.from_bytes(hashlib.sha256(said.encode(errors="surrogatepass")).digest())
