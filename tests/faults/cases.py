"""What it takes to call a fault proved: the tests that play it, and on which ways."""

from dataclasses import dataclass

from tests.faults.lies import LIES
from tests.faults.matrix import FAULTS

HTTPS, WEBDAV, ROOT, PATH, LAKE, ALONE = "https", "WebDAV", "root://", "path", "lake", "alone"
WAYS = {
    HTTPS: "a server that breaks on purpose; over TLS, but for redirects into private networks",
    WEBDAV: "the embedded lake's storage, behind a wire or a gateway that fails",
    ROOT: "an XRootD server behind a wire that fails or lies, where the machine has one",
    PATH: "a path of this machine",
    LAKE: "the embedded lake's Rucio",
    ALONE: "the part by itself, nothing is transferred",
}


@dataclass(frozen=True)
class Proof:
    """A test, by its file below ``tests/`` and its name, and the ways on which it plays the fault."""

    ways: tuple[str, ...]
    file: str
    test: str

    def __str__(self) -> str:
        return f"{self.file}::{self.test}"


@dataclass(frozen=True)
class Case:
    """One fault: its number in the survey, what happens, its tests, and what of it no test plays."""

    number: int
    what: str
    proofs: tuple[Proof, ...]
    lacks: str = ""

    @property
    def ways(self) -> list[str]:
        """All ways on which it is played, in the order of `WAYS`."""
        return [way for way in WAYS if any(way in proof.ways for proof in self.proofs)]


def by(file: str, *tests: str, on: tuple[str, ...] = (HTTPS,)) -> tuple[Proof, ...]:
    """Tests of one file, named without their ``test_``."""
    return tuple(Proof(on, file, f"test_{test}") for test in tests)


def matrix(number: int) -> tuple[Proof, ...]:
    """The tests that go through the matrix, of which each takes only what fits it."""
    faults = [fault for fault in FAULTS if fault.number == number]
    tests = {
        "the_right_bytes_arrive_when_it_happens_once": any(not fault.final for fault in faults),
        "the_right_bytes_arrive_even_if_it_never_ends": any(not fault.cause for fault in faults),
        "no_file_and_a_cause_if_it_never_ends": any(fault.cause for fault in faults),
        "the_next_replica_is_taken_after": any(fault.cause for fault in faults),
    }
    webdav = {
        "the_storage_gives_the_right_bytes_after_what_happened_once_on_the_way": any(
            not fault.final for fault in faults
        ),
        "the_storage_gives_the_right_bytes_once_what_lasted_on_the_way_is_over": any(
            fault.cause for fault in faults
        ),
    }
    return (
        by("faults/test_faults.py", *_those(tests))
        + by("faults/test_webdav.py", *_those(webdav), on=(WEBDAV,))
        + by("faults/test_root.py", *_those(_lies(number)), on=(ROOT,))
    )


def _lies(number: int) -> dict[str, bool]:
    lies = [lie for lie in LIES if lie.number == number]
    return {
        "the_right_bytes_arrive_when_it_is_said_once": any(not lie.final for lie in lies),
        "no_file_and_a_cause_while_it_is_said_and_the_file_after": bool(lies),
    }


def _those(tests: dict[str, bool]) -> list[str]:
    return [test for test, plays in tests.items() if plays]
