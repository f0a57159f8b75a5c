"""`vre-dm curves import` on a real terminal: what is asked, what is offered, how one leaves."""

import contextlib
import fcntl
import os
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vre_dm.limits.catalogue import load

PATIENCE = 60.0
LEFT = "left, nothing was written"
BARE = "6 1e-9\n30 1e-11\n"


class Terminal:
    """A command on a pseudo-terminal, with a keyboard and all that was shown."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.keyboard, side = os.openpty()
        self.shown, self.place = "", 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vre_dm", "curves", *words],
            stdin=side, stdout=side, stderr=side, cwd=folder, start_new_session=True,
            env=os.environ | {"TERM": "dumb"},
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(side)

    def reads(self, text: str) -> str:
        """What comes up to a text; fails with all that was shown when it does not come."""
        start, end = self.place, time.monotonic() + PATIENCE
        while text not in self.shown[start:]:
            if not self._more(end - time.monotonic()):
                pytest.fail(f"no {text!r} in {self.shown!r}")
        self.place = self.shown.index(text, start) + len(text)
        return self.shown[start : self.place]

    def _more(self, patience: float) -> bool:
        """Whether more was shown, before the other side closed or patience ended."""
        if not select.select([self.keyboard], [], [], max(0.0, patience))[0]:
            return False
        with contextlib.suppress(OSError):
            part = os.read(self.keyboard, 4096).decode()
            self.shown += part
            return bool(part)
        return False

    def types(self, line: str) -> None:
        os.write(self.keyboard, f"{line}\n".encode())

    def leaves(self, key: bytes) -> int:
        """Exit code after a key; pressed again where nobody heard it, not where one takes leave."""
        for _ in range(6):
            os.write(self.keyboard, key)
            end = time.monotonic() + 10
            while LEFT not in self.shown and self._more(end - time.monotonic()):
                pass
            if LEFT in self.shown:
                break
        return self.ends()

    def ends(self) -> int:
        """Exit code, after the last of the text."""
        while self._more(PATIENCE):
            pass
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.keyboard)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    started: list[Terminal] = []

    def start(*words: str) -> Terminal:
        started.append(Terminal(tmp_path, *words))
        return started[-1]

    yield start
    for one in started:
        one.close()


Start = Callable[..., Terminal]


def test_a_bare_table_becomes_a_curve_by_three_questions(terminal: Start, tmp_path: Path) -> None:
    (tmp_path / "bare.txt").write_text(BARE)
    screen = terminal("import", "bare.txt")
    screen.reads("Which quantity do the numbers limit?")
    screen.reads("quantity")
    screen.types("sigma_SI")
    screen.reads("x_unit (of the masses, such as GeV): ")
    screen.types("GeV")
    screen.reads("y_unit (of the limits, such as cm2): ")
    screen.types("pb")
    screen.reads("experiment: ")
    screen.types("TOY")
    screen.reads("reference (arXiv number or DOI): ")
    screen.types("arXiv:2001.01234v2")
    assert screen.ends() == 0, screen.shown
    (curve,) = load(tmp_path)
    assert (curve.id, curve.reference.text) == ("si_toy", "arXiv:2001.01234v2")
    assert curve.y.tolist() == [1e-45, 1e-47]


def test_an_answer_that_will_not_do_is_asked_again_at_once(terminal: Start, tmp_path: Path) -> None:
    (tmp_path / "bare.txt").write_text(BARE)
    screen = terminal("import", "bare.txt", "--experiment", "TOY")
    screen.reads("quantity")
    screen.types("sigma_SJ")
    screen.reads("unknown quantity 'sigma_SJ'; near it: sigma_SI")
    screen.types("")
    screen.reads("quantity is needed")
    screen.types("sigma_SI")
    screen.reads("x_unit (of the masses, such as GeV): ")
    screen.types("kg")
    screen.reads("unit 'kg' is unknown; GeV is wanted")
    screen.types("GeV")
    screen.reads("y_unit (of the limits, such as cm2): ")
    screen.types("cm2")
    screen.reads("1e-09 cm2 contradicts the unit or the quantity")
    screen.types("pb")
    assert screen.ends() == 0, screen.shown
    assert load(tmp_path).ids == ["si_toy"]


def test_what_was_read_is_offered_and_taken_by_the_return_key(terminal: Start, tmp_path: Path) -> None:
    (tmp_path / "half.csv").write_text("# arXiv:2001.01234v2\nm_GeV,limit_cm3_s\n10,1e-25\n20,1e-25\n")
    screen = terminal("import", "half.csv")
    assert "quantity" not in screen.reads("experiment: ")
    screen.types("TOY")
    screen.reads("reference (arXiv number or DOI) [2001.01234v2]: ")
    screen.types("")
    screen.reads("channel (bb")
    screen.types("")
    assert screen.ends() == 0, screen.shown
    (curve,) = load(tmp_path)
    assert (curve.quantity, curve.channel) == ("sigmav", "unknown")
    assert curve.reference.text == "arXiv:2001.01234v2"
    assert "the user's" not in curve.provenance.treatment


def test_a_quantity_with_channels_asks_for_the_channel(terminal: Start, tmp_path: Path) -> None:
    (tmp_path / "bare.txt").write_text("10 1e-25\n20 1e-25\n")
    screen = terminal("import", "bare.txt", "--experiment", "TOY", "--x-unit", "GeV", "--y-unit", "1")
    screen.reads("quantity (kappa, g_ae,")
    screen.types("g_ae")
    screen.reads("contradicts the unit or the quantity")
    assert screen.leaves(b"\x03") == 130
    screen = terminal("import", "bare.txt", "--experiment", "TOY", "--x-unit", "GeV")
    screen.reads("quantity")
    screen.types("sigmav")
    screen.reads("y_unit (of the limits, such as cm2): ")
    screen.types("cm3/s")
    screen.reads("channel (bb, tautau")
    screen.types("bbb")
    screen.reads("unknown channel 'bbb'")
    screen.types("bb")
    assert screen.ends() == 0, screen.shown
    assert load(tmp_path)[0].channel == "bb"


def test_the_last_answer_is_offered_for_the_next_curve_of_a_file(terminal: Start, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text("""
independent_variables:
- {header: {name: mass, units: GeV}, values: [{value: 100}, {value: 200}]}
dependent_variables:
- {header: {name: A, units: pb}, values: [{value: 1e-3}, {value: 2e-3}]}
- {header: {name: B, units: pb}, values: [{value: 3e-3}, {value: 4e-3}]}
""")
    screen = terminal("import", "t.yaml", "--channel", "dijet")
    screen.reads("quantity (sigma_SI")
    screen.types("sigma_B")
    screen.reads("[sigma_B]: ")
    screen.types("")
    assert screen.ends() == 0, screen.shown
    assert [(curve.quantity, curve.channel) for curve in load(tmp_path)] == [("sigma_B", "dijet")] * 2


def test_a_new_curve_is_described_step_by_step(terminal: Start, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text(BARE)
    screen = terminal("new")
    screen.reads("quantities: sigma_SI")
    for question, answer in (
        ("quantity: ", "sigma_SI"),
        ("file of numbers", "yours.txt"),
        ("yours.txt is no file", "mine.txt"),
        ("experiment (who): ", ""),
        ("experiment is needed", "TOY"),
        ("year", "soon"),
        ("year 'soon' is not a number", "2026"),
        ("reference", ""),
        ("cl (", "90"),
        ("cl is 90", "0.9"),
        ("x_unit", "GeV"),
        ("y_unit", "pb"),
    ):
        screen.reads(question)
        screen.types(answer)
    assert screen.ends() == 0, screen.shown
    (curve,) = load(tmp_path)
    assert (curve.id, curve.cl, curve.y.tolist()) == ("si_toy_2026", 0.9, [1e-45, 1e-47])


@pytest.mark.parametrize("key", [b"\x03", b"\x04"])
@pytest.mark.parametrize(
    ("words", "after"),
    [(("import", "bare.txt"), "x_unit (of the masses, such as GeV): "), (("new",), "fill in a table): ")],
)
def test_who_leaves_leaves_no_trace(
    terminal: Start, tmp_path: Path, words: tuple[str, ...], after: str, key: bytes
) -> None:
    (tmp_path / "bare.txt").write_text(BARE)
    screen = terminal(*words)
    screen.reads("quantity: ")
    screen.types("sigma_SI")
    screen.reads(after)
    assert screen.leaves(key) == 130
    assert LEFT in screen.shown
    assert "Traceback" not in screen.shown
    assert [path.name for path in tmp_path.iterdir()] == ["bare.txt"]


def test_yes_asks_nothing(terminal: Start, tmp_path: Path) -> None:
    (tmp_path / "bare.txt").write_text(BARE)
    screen = terminal("import", "--yes", "bare.txt")
    assert screen.ends() == 1
    assert "bare.txt leaves open: Which quantity" in screen.shown


def test_numbers_that_are_a_limit_in_no_unit_are_not_asked_about(terminal: Start, tmp_path: Path) -> None:
    (tmp_path / "bare.txt").write_text("6 1e-9\n30 -1e-11\n")
    screen = terminal("import", "bare.txt")
    assert screen.ends() == 1
    assert "bare.txt row 2, column limit: -1e-11 is not a positive finite number" in screen.shown
    assert "Which quantity" not in screen.shown


def test_a_hostile_file_cannot_move_the_cursor(terminal: Start, tmp_path: Path) -> None:
    (tmp_path / "bare.csv").write_text('# experiment: "\\u001b[2J"\n6 1e-9\n30 1e-11\n')
    screen = terminal("import", "bare.csv", "--quantity", "sigma_SI", "--x-unit", "GeV", "--y-unit", "kg")
    screen.ends()
    assert "\x1b" not in screen.shown
