"""Each fault twice, first run and re-run: the right bytes at the name, or no file and a cause in words."""

import re
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.faults.conftest import Fetch
from tests.faults.matrix import BODY, FAULTS, FLIPPED, HALF, Fault, named
from tests.faults.server import TLS, Breaking, breaking, good, status, whole
from tests.faults.world import CALM, OpenAccess, Waits, finals, partials, registered
from vre_dm.errors import ChecksumMismatch, TransferFailed
from vre_dm.lake.transfer import Policy, fetch_files

LASTING = [fault for fault in FAULTS if fault.cause]
HARMLESS = [fault for fault in FAULTS if not fault.cause]
PASSING = [fault for fault in FAULTS if not fault.final]


def is_here(folder: Path) -> bool:
    return [path.read_bytes() == BODY for path in finals(folder)] == [True]


@pytest.mark.parametrize("fault", PASSING, ids=named)
def test_the_right_bytes_arrive_when_it_happens_once(
    fault: Fault, policy: Policy, server: Breaking, fetch: Fetch, tmp_path: Path
):
    file = registered(BODY, server.play("/x", *fault.before, fault.act, good(BODY)))
    assert fetch(file, policy) == ""
    asked = len(server.asked)
    assert fetch(file, policy) == ""
    assert len(server.asked) == asked, "a good file was asked for again"
    assert is_here(tmp_path)


@pytest.mark.parametrize("fault", HARMLESS, ids=named)
def test_the_right_bytes_arrive_even_if_it_never_ends(
    fault: Fault, server: Breaking, fetch: Fetch, tmp_path: Path
):
    file = registered(BODY, server.play("/x", *fault.before, fault.act))
    assert fetch(file) == fetch(file) == ""
    assert is_here(tmp_path)


@pytest.mark.parametrize("fault", LASTING, ids=named)
def test_no_file_and_a_cause_if_it_never_ends(
    fault: Fault, policy: Policy, server: Breaking, fetch: Fetch, tmp_path: Path
):
    file = registered(BODY, server.play("/x", *fault.before, fault.act))
    for _ in range(2):
        assert re.search(fault.cause, fetch(file, policy))
        assert finals(tmp_path) == []


@pytest.mark.parametrize("fault", LASTING, ids=named)
def test_the_next_replica_is_taken_after(
    fault: Fault, policy: Policy, server: Breaking, fetch: Fetch, tmp_path: Path
):
    bad, well = server.play("/bad", *fault.before, fault.act), server.play("/good", good(BODY))
    file = registered(BODY, bad, well)
    assert fetch(file, policy) == fetch(file, policy) == ""
    assert is_here(tmp_path)


def test_a_cut_transfer_goes_on_at_the_next_replica_with_the_byte_it_stopped_at(
    server: Breaking, fetch: Fetch
):
    first, second = server.play("/1", good(BODY, stop_after=HALF)), server.play("/2", good(BODY))
    assert fetch(registered(BODY, first, second)) == ""
    assert server.asked[1] == ("/2", server.asked[1][1] | {"range": f"bytes={HALF}-"})
    assert server.sent == len(BODY)


def test_when_all_replicas_fail_each_is_named_with_its_cause(server: Breaking, tmp_path: Path):
    file = registered(
        BODY,
        server.play("/1", status(404)),
        server.play("/2", whole(FLIPPED)),
        "gsiftp://storage.example//data",
        "file://localhost/no/such/file",
    )
    with pytest.raises(TransferFailed) as caught:
        fetch_files([file], tmp_path, access=OpenAccess(), policy=CALM, pace=Waits().pace())
    assert not isinstance(caught.value, ChecksumMismatch)
    for part in ("RSE-1", "404", "RSE-2", "checksum", "RSE-3", "gsiftp:// cannot", "RSE-4", "No such file"):
        assert part in str(caught.value)


def test_wrong_bytes_from_every_replica_are_a_checksum_mismatch(server: Breaking, tmp_path: Path):
    file = registered(BODY, server.play("/1", whole(FLIPPED)), server.play("/2", whole(FLIPPED)))
    with pytest.raises(ChecksumMismatch):
        fetch_files([file], tmp_path, access=OpenAccess(), policy=CALM, pace=Waits().pace())
    assert list(tmp_path.rglob("*.part")) == []


def test_nothing_is_asked_blindly_twice_of_a_server_that_says_no(server: Breaking, fetch: Fetch):
    for code, times in ((404, 1), (403, 1), (410, 1), (401, 2)):
        server.asked.clear()
        fetch(registered(BODY, server.play("/x", status(code))))
        assert len(server.asked) == times


def test_a_token_that_ran_out_is_asked_for_anew_and_the_same_byte_follows(server: Breaking, tmp_path: Path):
    url = server.play("/x", good(BODY, stop_after=HALF), status(401), good(BODY))
    access = OpenAccess(server.url(""), ["old", "old", "new"])
    fetch_files([registered(BODY, url)], tmp_path, access=access, policy=CALM, pace=Waits().pace())
    assert [headers["authorization"] for _, headers in server.asked] == [
        "Bearer old",
        "Bearer old",
        "Bearer new",
    ]
    assert server.asked[-1][1]["range"] == f"bytes={HALF}-"
    assert server.sent == len(BODY)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_server_that_asks_for_time_gets_it(form: str, server: Breaking, fetch: Fetch, waits: Waits):
    when = {"seconds": "7", "date": formatdate(1_700_000_007, usegmt=True)}[form]

    def busy(handler):
        handler.send_response_only(503)
        for name, value in {"Date": formatdate(1_700_000_000, usegmt=True), "Retry-After": when}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    assert fetch(registered(BODY, server.play("/x", busy, good(BODY)))) == ""
    assert waits.seconds == [7.0]


def test_waits_grow_and_end(server: Breaking, fetch: Fetch, waits: Waits):
    assert "503" in fetch(registered(BODY, server.play("/x", status(503))))
    assert waits.seconds == [0.25, 0.5, 1.0]


def test_a_server_whose_certificate_is_not_trusted_is_never_read(fetch: Fetch):
    for name in ("expired.pem", "stranger.pem"):
        with breaking(TLS / name) as server:
            assert "is not trusted" in fetch(registered(BODY, server.play("/x", good(BODY))))
            assert server.asked == []


def test_a_name_that_does_not_resolve_falls_to_the_next_replica(server: Breaking, fetch: Fetch):
    assert fetch(registered(BODY, "https://nowhere.invalid/x", server.play("/x", good(BODY)))) == ""


@pytest.mark.parametrize(
    ("size", "changes"),
    [
        (0, {}),
        (1, {"size": None}),
        (5000, {"md5": None}),
        (5000, {"adler32": None}),
        (5000, {"adler32": None, "md5": None}),
    ],
)
def test_a_catalogue_that_is_silent_on_some_facts_is_enough(
    size: int, changes: dict[str, object], server: Breaking, fetch: Fetch, tmp_path: Path
):
    body = BODY[:size]
    assert fetch(registered(body, server.play("/x", whole(body)), **changes)) == ""
    assert finals(tmp_path)[0].read_bytes() == body


def test_an_adler32_without_its_leading_zeros_or_in_capitals_is_understood(server: Breaking, fetch: Fetch):
    body = b"\x01\x02"  # adler32 00060004
    for spelling in ("60004", "00060004"):
        name = f"f{spelling}"
        assert fetch(registered(body, server.play("/x", whole(body)), name=name, adler32=spelling)) == ""
    upper = registered(BODY, server.play("/y", whole(BODY)), name="y")
    assert fetch(registered(BODY, server.url("/y"), name="y", adler32=upper.adler32.upper())) == ""


@pytest.mark.parametrize("changes", [{"size": 7}, {"adler32": "12345678"}, {"md5": "0" * 32}])
def test_a_catalogue_that_errs_leaves_no_file(changes: dict[str, object], server: Breaking, tmp_path: Path):
    file = registered(BODY, server.play("/x", good(BODY)), **changes)
    with pytest.raises(TransferFailed, match=r"registered|instead of"):
        fetch_files([file], tmp_path, access=OpenAccess(), policy=CALM, pace=Waits().pace())
    assert finals(tmp_path) == []


def test_without_checksum_or_strong_tag_no_two_answers_are_joined(server: Breaking, fetch: Fetch):
    silent = {"adler32": None, "md5": None}
    file = registered(
        BODY, server.play("/x", good(BODY, 'W/"1"', stop_after=HALF), good(BODY, 'W/"1"')), **silent
    )
    assert fetch(file) == ""
    assert [headers.get("range") for _, headers in server.asked] == [None, None]


def test_without_checksum_a_strong_tag_joins_two_answers(server: Breaking, fetch: Fetch, tmp_path: Path):
    silent = {"adler32": None, "md5": None}
    file = registered(
        BODY, server.play("/x", good(BODY, '"1"', stop_after=HALF), good(BODY, '"1"')), **silent
    )
    assert fetch(file) == ""
    assert server.asked[1][1]["if-range"] == '"1"'
    assert finals(tmp_path)[0].read_bytes() == BODY
    assert server.sent == len(BODY)


def test_one_bad_file_does_not_stop_the_others_and_the_error_says_which_are_good(
    server: Breaking, tmp_path: Path
):
    bodies = {f"f{at}": BODY[at : at + 9000] for at in range(12)}
    files = [
        registered(body, server.play(f"/{name}", good(body)), name=name) for name, body in bodies.items()
    ]
    server.play("/f5", status(404))
    with pytest.raises(TransferFailed, match="test:f5") as caught:
        fetch_files(files, tmp_path, access=OpenAccess(), policy=CALM, pace=Waits().pace())
    assert len(caught.value.failures) == 1
    assert sorted(path.name for path in caught.value.placed) == sorted(bodies.keys() - {"f5"})
    for path in caught.value.placed:
        assert path.read_bytes() == bodies[path.name]
    assert partials(tmp_path) == []


def test_bytes_that_nothing_could_judge_are_not_taken(server: Breaking, fetch: Fetch, tmp_path: Path):
    file = registered(BODY, server.play("/x", good(BODY)), size=None, adler32=None, md5=None)
    assert "has neither size nor checksum of test:data.bin" in fetch(file)
    assert server.asked == []
    assert finals(tmp_path) == []
