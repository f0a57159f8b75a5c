"""A function gives what it made itself: what it held before is refused by name, wherever it held it."""

import functools
import types
from collections.abc import Callable, Sized
from typing import Any

import hist
import numpy as np
import pytest
import xarray as xr

from vre_dm.compute.frozen import Frozen
from vre_dm.compute.held import Held, check_own
from vre_dm.compute.run.sending import packed
from vre_dm.errors import Unmergeable


def mass() -> hist.Hist:
    return hist.Hist.new.Reg(10, 0, 10, name="mass").Weight()


def checked(function: Callable[..., Any], *given: Any, adds: bool = True, again: Any = None) -> Any:
    """Call a function as a chunk does."""
    held = Held(function)
    value = function(*given)
    check_own(held, value, adds=adds, again=lambda: Held(again or function))
    return value


class Analysis:
    """An object whose method is mapped."""

    shared = mass()

    def __init__(self) -> None:
        self.h = mass()
        self.parts = {"mass": [np.zeros(3)]}

    def fill(self, values: list[float]) -> hist.Hist:
        return self.h.fill(values)

    def fill_shared(self, values: list[float]) -> dict[str, hist.Hist]:
        return {"mass": self.shared.fill(values)}

    def fill_part(self, values: list[float]) -> tuple[np.ndarray, int]:
        self.parts["mass"][0][:] += 1
        return self.parts["mass"][0], 1

    def part_of_it(self, values: list[float]) -> np.ndarray:
        return self.parts["mass"][0][1:].reshape(2, 1)

    def __call__(self, values: list[float]) -> hist.Hist:
        return self.h.fill(values)


def default(values: list[float], h: hist.Hist = mass()) -> hist.Hist:  # noqa: B008
    return h.fill(values)


def only_named(values: list[float], *, h: hist.Hist = mass()) -> hist.Hist:  # noqa: B008
    return h.fill(values)


settings = types.ModuleType("settings_of_mine")
settings.hists = {"mass": mass()}  # type: ignore[attr-defined]
TOTAL = {"mass": mass(), "n": 0}


def of_a_module(values: list[float]) -> hist.Hist:
    found: hist.Hist = settings.hists["mass"]
    return found.fill(values)


def helper() -> dict[str, Any]:
    return TOTAL


def of_another_function(values: list[float]) -> dict[str, Any]:
    total = helper()
    total["n"] += len(values)
    return total


def with_an_attribute(values: list[float]) -> hist.Hist:
    found: hist.Hist = with_an_attribute.h.fill(values)  # type: ignore[attr-defined]
    return found


with_an_attribute.h = mass()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (Analysis().fill, "'self.h'"),
        (Analysis().fill_shared, "'self.shared'"),
        (Analysis().fill_part, r"self\.parts\['mass'\]"),
        (Analysis().part_of_it, r"self\.parts\['mass'\]"),
        (Analysis(), "'h'"),
        (default, "'h'"),
        (only_named, "'h'"),
        (of_a_module, r"settings\.hists\['mass'\]"),
        (of_another_function, "'TOTAL'"),
        (with_an_attribute, "with_an_attribute"),
        (functools.partial(lambda h, values: h.fill(values), mass()), "Hist"),
    ],
)
def test_what_a_function_holds_and_gives_is_refused_by_name(function: Any, name: str) -> None:
    with pytest.raises(Unmergeable, match=f"{name}.*which it did not make itself"):
        checked(function, [1.0])


@pytest.mark.parametrize(
    "inside",
    [
        lambda array: xr.DataArray(array, dims="bin"),
        lambda array: xr.DataArray(array[1:], dims="bin"),
        lambda array: xr.Dataset({"n": ("bin", array)}),
        lambda array: {"n": (xr.DataArray(array, dims="bin"), 1)},
    ],
)
def test_an_array_inside_of_xarray_is_refused_as_the_array_is(inside: Callable[[Any], Any]) -> None:
    total = np.zeros(3)
    with pytest.raises(Unmergeable, match=r"'total'.*which it did not make itself"):
        checked(lambda: inside(total))


def test_a_view_of_what_was_changed_is_refused_where_the_user_merges() -> None:
    def made() -> Callable[[], Any]:
        total = np.zeros(3)

        def fill() -> list[Any]:
            total[:] += 1
            return [total[1:]]

        return fill

    with pytest.raises(Unmergeable, match="'total'"):
        checked(made(), adds=False, again=made())


def test_an_enclosed_one_is_refused_inside_of_what_was_made() -> None:
    outside = mass()
    with pytest.raises(Unmergeable, match="'outside'"):
        checked(lambda values: {"mass": (outside.fill(values), 1)}, [1.0])


def test_what_a_function_made_is_its_own() -> None:
    edges, template = np.linspace(0, 1, 5), mass()
    weight, wide = 2.5, np.float64(2.5)
    made: dict[str, Any] = {}

    def fill(values: list[float]) -> dict[str, Any]:
        made.setdefault("h", mass()).fill(values)  # made in this call, though it stays
        counts = xr.DataArray(np.histogram(values, edges)[0], coords={"x": edges[1:]}, dims="x")
        return {"h": made["h"], "copy": template.copy(), "n": counts, "weight": weight, "wide": wide}

    assert checked(fill, [1.0])["h"].sum().value == 1


def test_where_the_user_merges_only_what_was_changed_is_refused() -> None:
    edges = np.linspace(0, 1, 5)

    def made() -> Callable[[list[float]], Any]:
        filled = [mass()]
        return lambda values: [filled[0].fill(values)]

    checked(lambda values: np.histogram(values, edges), [1.0], adds=False)
    with pytest.raises(Unmergeable, match="'filled'"):
        checked(made(), [1.0], adds=False, again=made())


def test_an_object_of_a_class_with_an_abstract_base_is_its_own() -> None:
    class Counts(Sized):
        def __init__(self) -> None:
            self.h = mass()

        def __len__(self) -> int:
            return 1

    frozen = Frozen(packed(lambda values: [Counts().h.fill(values), Counts()]))
    checked(frozen.fresh(), [1.0], adds=False, again=frozen.fresh())


def test_what_a_class_holds_is_refused_where_the_user_merges() -> None:
    class Filled:
        seen: list[Any] = []  # noqa: RUF012

        def __init__(self, values: list[float]) -> None:
            self.seen.append(values)

    frozen = Frozen(packed(Filled))
    with pytest.raises(Unmergeable, match=r"seen'"):
        checked(frozen.fresh(), [1.0], adds=False, again=frozen.fresh())


def test_installed_packages_are_not_searched() -> None:
    assert len(Held(lambda values: np.linalg.norm(hist.Hist(values))).objects) < 50
