"""What is read as JSON can be written as JSON."""

import pytest

from vre_dm import strict_json


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}', "1e999", "[-1e999]", b"\xff"])
def test_what_no_answer_can_hold_is_refused(text: str | bytes):
    with pytest.raises(ValueError):
        strict_json.loads(text)


def test_numbers_of_json_are_read_as_they_are():
    assert strict_json.loads('{"a": [1, -2.5e3, 1e-999, "NaN"]}') == {"a": [1, -2500.0, 0.0, "NaN"]}
