"""Names on the plot: on a point of their own curve, in view, apart from each other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.limits.catalogue import load
from vre_dm.limits.overlay import overlay
from vre_dm.limits.plot.labels import ALWAYS, COLUMNS, MOST, SCREEN, Room, place

X, Y = (1.0, 1e4), (1e-48, 1e-40)
SI = load().select(quantity="sigma_SI")


def level(value: float, points: int = 40) -> tuple[str, np.ndarray, np.ndarray]:
    return f"at {value:.0e}", np.geomspace(*X, points), np.full(points, value)


def test_a_name_stands_on_a_point_of_its_own_curve() -> None:
    for curve, line in zip(SI, overlay(SI).model["curves"], strict=True):
        at = line["label_at"]
        assert at is None or tuple(at) in set(zip(curve.x.tolist(), curve.y.tolist(), strict=True))


@given(st.lists(st.floats(1e-47, 1e-41), min_size=1, max_size=ALWAYS))
def test_few_curves_are_all_named_and_inside_the_plot(values: list[float]) -> None:
    for at in place([level(value) for value in values], [], X, Y):
        assert at is not None
        assert X[0] <= at[0] < X[1]
        assert Y[0] <= at[1] < Y[1]


def test_parallel_curves_have_their_names_apart() -> None:
    places = place([level(1e-44), level(1.05e-44), level(1.1e-44)], [], X, Y)
    columns = sorted(np.log10(at[0]) / 4 * COLUMNS for at in places if at)
    assert min(np.diff(columns)) >= SCREEN.cells("at 1e-44") - 3


def test_the_users_own_curve_chooses_first() -> None:
    crowd = [level(1e-44)] * 60
    assert place(crowd, [59], X, Y)[59] is not None
    assert place(crowd, [], X, Y)[59] is None


def test_no_more_names_than_anyone_reads() -> None:
    places = place([level(value) for value in np.geomspace(1e-47, 1e-41, 300)], [], X, Y)
    assert 0 < sum(at is not None for at in places) <= MOST


def test_a_long_name_does_not_run_out_of_the_plot() -> None:
    name = "a very long name of a very long project"
    ((mass, _),) = [at for at in place([(name, *level(1e-44)[1:])], [], X, Y) if at]
    assert np.log10(mass) / 4 * COLUMNS + SCREEN.cells(name) <= COLUMNS


def test_a_curve_of_one_point_and_one_out_of_view_do_no_harm() -> None:
    point = ("point", np.array([10.0]), np.array([1e-44]))
    away = ("away", np.array([1e6, 1e7]), np.array([1e-44, 1e-44]))
    assert place([point, away], [], X, Y) == [[10.0, 1e-44], None]


def test_a_small_plot_has_room_for_fewer_names() -> None:
    crowd = [level(value) for value in np.geomspace(1e-47, 1e-41, 30)]
    wide, narrow = (
        sum(at is not None for at in place(crowd, [], X, Y, room)) for room in (SCREEN, Room(12, 40))
    )
    assert narrow < wide
