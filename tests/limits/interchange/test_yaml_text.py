"""YAML of unknown origin: plain values in, plain values out, nothing that grows or runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange.yaml_text import DEEPEST, LONGEST, documents, dump

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
)
plain = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(st.lists(plain, min_size=1, max_size=3))
def test_what_is_written_is_read_to_the_last_bit(values: list[object]) -> None:
    assert documents(dump(values), "x") == values


@given(st.text(max_size=200))
def test_any_text_is_plain_values_or_one_line_of_error(text: str) -> None:
    try:
        documents(text, "x.yaml")
    except InvalidCurve as error:
        said = str(error)
        assert said.startswith("x.yaml ")
        assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: &x 1\nb: *x", r"uses an alias; write the value out \(line 2\)"),
        ("a:\n- " + "[" * (DEEPEST + 1), r"nests too deep \(line 2\)"),
        ("a: " + "1:" * LONGEST, r"has a value of more than 10000 letters \(line 1\)"),
        ("!!python/object/apply:os.system [id]", "is not YAML: could not determine a constructor"),
        ("a: 2024-13-45", "is not YAML"),
        ("{a: [}", "is not YAML"),
        ("? [a]\n: 1", "is not YAML"),
    ],
)
def test_what_grows_runs_or_breaks_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(InvalidCurve, match=complaint):
        documents(text, "x.yaml")


def test_a_value_of_the_greatest_length_and_depth_is_still_read() -> None:
    nested: object = "x" * LONGEST
    for _ in range(DEEPEST):
        nested = [nested]
    assert documents(dump([nested]), "x") == [nested]
