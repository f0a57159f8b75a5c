"""How many workers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.compute.cluster.range import WorkerRange
from vre_dm.errors import InvalidConfiguration


def test_a_number_or_two() -> None:
    assert WorkerRange.of(4) == WorkerRange(4, 4)
    assert WorkerRange.of((0, 8)) == WorkerRange(0, 8)
    assert (str(WorkerRange.of(4)), str(WorkerRange.of([1, 8]))) == ("4", "1 to 8")


@pytest.mark.parametrize(
    "wrong", [0, -1, True, 2.0, "4", None, (8, 1), (0, 0), (1, 2, 3), (), (1, None), 10**9]
)
def test_what_is_no_number_of_workers_is_refused_by_name(wrong: object) -> None:
    with pytest.raises(InvalidConfiguration, match="number of workers") as refused:
        WorkerRange.of(wrong)
    assert refused.value.field == "workers"


@given(st.integers(0, 100), st.integers(1, 100))
def test_every_range_has_its_order(a: int, b: int) -> None:
    if a <= b:
        assert WorkerRange.of((a, b)).maximum == b
    else:
        with pytest.raises(InvalidConfiguration):
            WorkerRange.of((a, b))
