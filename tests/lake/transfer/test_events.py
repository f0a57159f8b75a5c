"""Events say the same after a journal as before it, and nothing else passes for one."""

import contextlib
import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.did import Did
from vre_dm.lake.transfer.events import (
    Cancelled,
    Event,
    Failed,
    Finished,
    Placed,
    Progress,
    from_json,
    is_last,
    to_json,
)

st.register_type_strategy(Did, st.sampled_from([Did("s", "a"), Did("s-1", "deep/name+#@=.root")]))
st.register_type_strategy(Path, st.sampled_from([Path("/d/s/a"), Path("/d/ü \n/a")]))
st.register_type_strategy(float, st.just(0.0) | st.floats(1e-50, 1e13) | st.floats(-1e13, -1e-50))
st.register_type_strategy(int, st.integers(1 - 2**63, 2**63 - 1))
EVENTS = st.one_of([st.from_type(kind) for kind in get_args(Event)])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=4
)


@given(EVENTS, st.floats(0, 1e12))
def test_an_event_comes_back_from_a_line_of_json_as_it_was(event: Event, at: float):
    text = json.dumps(to_json(event, at), allow_nan=False)
    assert "\n" not in text
    assert from_json(json.loads(text)) == event
    assert json.loads(text)["at"] == at


@given(EVENTS, st.data())
def test_a_garbled_event_is_refused_and_never_read_as_something_else(event: Event, data: st.DataObject):
    document = to_json(event, 0.0)
    field = data.draw(st.sampled_from(sorted(document.keys() - {"at"})))
    changed: dict[str, Any] = {**document, field: data.draw(JSON)}
    with contextlib.suppress(ValueError):
        again = from_json(json.loads(json.dumps(changed)))
        assert json.loads(json.dumps(to_json(again, 0.0))) == json.loads(json.dumps(changed))


@pytest.mark.parametrize("name", [None, "", "nonsense", ["placed"], "Placed"])
def test_an_unknown_name_is_no_event(name: object):
    with pytest.raises(ValueError, match="no event"):
        from_json({"event": name})


def test_what_a_later_version_adds_is_left_out():
    assert from_json({"event": "cancelled", "files_done": 1, "files_total": 2, "mood": "good"}) == Cancelled(
        1, 2
    )


@pytest.mark.parametrize(
    ("event", "last"),
    [
        (Finished(1, 2, 3.0, 0), True),
        (Cancelled(1, 2), True),
        (Failed(None, ()), True),
        (Failed(Did("s", "a"), ()), False),
        (Placed(Did("s", "a"), Path("/a"), ""), False),
        (Progress(1, 2, 0, 1, 0.0, None), False),
    ],
)
def test_one_event_ends_a_stream(event: Event, last: bool):
    assert is_last(event) is last


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seconds", 10**400),
        ("seconds", 1e300),
        ("seconds", 1e-320),
        ("seconds", -1e300),
        ("bytes", 10**400),
        ("bytes", 2**63),
        ("bytes", -(2**63)),
    ],
)
def test_a_number_beyond_all_sense_in_a_journal_is_a_garbled_event(field: str, value: float):
    document = to_json(Finished(1, 1, 1.0, 0), 0.0)
    with pytest.raises(ValueError, match="garbled"):
        from_json({**document, field: value})
