"""A generator that a function brings draws other numbers in each chunk, and the same ones everywhere."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from vre_dm.compute.chance import scatter
from vre_dm.compute.held import Held


def of_numpy() -> Callable[[], float]:
    rng = np.random.default_rng(7)
    return lambda: float(rng.normal())


def of_old_numpy() -> Callable[[], float]:
    rng = np.random.RandomState(7)
    rng.normal()  # one of a pair is held back
    return lambda: float(rng.normal())


def of_python() -> Callable[[], float]:
    rng = random.Random(7)
    return lambda: rng.gauss(0, 1)


def of_a_method() -> Callable[[], float]:
    class Smearing:
        def __init__(self) -> None:
            self.rng = np.random.Generator(np.random.Philox(7))

        def draw(self) -> float:
            return float(self.rng.normal())

    return Smearing().draw


def of_spawned_ones() -> Callable[[], float]:
    rng = np.random.default_rng(7)
    return lambda: float(rng.spawn(1)[0].normal())


def of_spawned_seeds() -> Callable[[], float]:
    seeds = np.random.SeedSequence(7)
    return lambda: float(np.random.default_rng(seeds.spawn(1)[0]).normal())


def of_many_seeds() -> Callable[[], float]:
    seeds = np.random.SeedSequence(np.arange(100))  # type: ignore[arg-type]
    return lambda: float(np.random.default_rng(seeds.spawn(1)[0]).normal())


ALL = pytest.mark.parametrize(
    "made",
    [of_numpy, of_old_numpy, of_python, of_a_method, of_spawned_ones, of_spawned_seeds, of_many_seeds],
)


def drawn(function: Callable[[], float], *words: object) -> list[float]:
    scatter(Held(function).objects, *words)
    return [function() for _ in range(3)]


@ALL
def test_chunks_draw_apart_and_the_same_again(made: Callable[[], Callable[[], float]]) -> None:
    found = {number: drawn(made(), "file", number) for number in range(4)}
    flat = [value for values in found.values() for value in values]
    assert len(set(flat)) == len(flat)
    assert drawn(made(), "file", 2) == found[2]


@ALL
def test_how_arrays_are_printed_changes_no_number(made: Callable[[], Callable[[], float]]) -> None:
    found = drawn(made(), "file", 2)
    with np.printoptions(linewidth=200, threshold=3, formatter={"int": hex}):
        assert drawn(made(), "file", 2) == found


@ALL
def test_another_seed_draws_others(made: Callable[[], Callable[[], float]]) -> None:
    moved = made()
    moved()
    assert drawn(moved, "file", 0) != drawn(made(), "file", 0)


def test_two_generators_draw_apart() -> None:
    one, other = np.random.default_rng(7), np.random.default_rng(7)

    def both() -> Any:
        return float(one.normal()), float(other.normal())

    scatter(Held(both).objects, "file", 0)
    first, second = both()
    assert first != second


def test_what_draws_from_the_machine_is_left_alone() -> None:
    rng = random.SystemRandom()
    scatter(Held(lambda: rng.random()).objects, "file", 0)
