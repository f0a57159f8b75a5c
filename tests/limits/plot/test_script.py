"""The script of a plot: it runs, draws the same model, and notices other numbers."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.limits.conftest import HOSTILE, make
from vre_dm.limits.catalogue import curves
from vre_dm.limits.metadata import Assumptions, Reference, Scaling
from vre_dm.limits.overlay import Overlay, overlay


def run(script: str) -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "script"}
    exec(compile(script, "script.py", "exec"), space)
    return space


@pytest.mark.parametrize(
    "shown",
    [
        overlay(curves("si_lz_2024", "si_xenonnt_2025"), bands=["si_lz_2024"], title="two", x_range=(5, 500)),
        overlay(
            make(scalings=(Scaling("rho0", 0.3, -1.0),)), highlight=["si_toy_2020"], assume={"rho0": 0.4}
        ),
        overlay([make(), *curves("si_lz_2024")], colour_by="technique", theme="dark"),
    ],
    ids=["published", "moved", "own and published"],
)
def test_the_script_draws_the_same_model(shown: Overlay) -> None:
    assert run(shown.script())["plot"].model == shown.model


def test_published_curves_are_named_and_own_ones_copied() -> None:
    text = overlay([make(), *curves("si_lz_2024")]).script()
    space = run(text)
    assert list(space["PUBLISHED"]) == ["si_lz_2024"]
    assert list(space["OWN"]) == ["si_toy_2020"]
    assert curves("si_lz_2024")[0].csv not in text


def test_a_published_curve_that_was_changed_is_copied() -> None:
    changed = make(id="si_lz_2024")
    assert run(overlay(changed).script())["plot"].curves[0] == changed


def test_other_numbers_than_those_drawn_are_noticed() -> None:
    text = overlay(curves("si_lz_2024")).script().replace(curves("si_lz_2024")[0].sha256, "0" * 64)
    with pytest.raises(SystemExit, match="si_lz_2024: these are not the numbers"):
        run(text)


def test_every_curve_is_cited() -> None:
    text = overlay(curves("si_lz_2024", "si_xenonnt_2025")).script()
    for curve in curves("si_lz_2024", "si_xenonnt_2025"):
        assert f"# {curve.label}: {curve.reference.text}" in text
    assert "doi:10.1103/4dyc-z8zf" in text


def test_hostile_text_does_not_become_code() -> None:
    nasty = "x\nraise SystemExit('run')\n'''" + HOSTILE
    curve = make(
        label=nasty, reference=Reference(doi=nasty), notes=nasty, assumptions=Assumptions({"halo": nasty})
    )
    assert run(overlay(curve, title=nasty).script())["plot"].curves[0] == curve


def test_the_script_runs_by_itself_and_saves(tmp_path: Path) -> None:
    (tmp_path / "plot.py").write_text(overlay(curves("si_lz_2024")).script(), encoding="utf-8")
    command = [sys.executable, "plot.py", "plot.svg"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr, done.returncode) == ("plot.svg", "", 0)
    assert (tmp_path / "plot.svg").read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize("own", [False, True], ids=["published", "own and published"])
def test_the_cell_shows_the_same_model(own: bool) -> None:
    shown = overlay([*([make()] if own else []), *curves("si_lz_2024")], title="as a cell")
    *definitions, last = shown.cell().rstrip().splitlines()
    assert run("\n".join(definitions))[last].model == shown.model


def test_the_cell_names_published_curves_and_does_nothing_else() -> None:
    cell = overlay(curves("si_lz_2024", "si_xenonnt_2025")).cell()
    assert "sha256" not in cell
    assert [line.strip() for line in cell.splitlines() if "si_" in line] == [
        "'si_lz_2024',  # LZ 2024: arXiv:2410.17036 (version unknown), doi:10.1103/4dyc-z8zf",
        "'si_xenonnt_2025',  # XENONnT 2025: arXiv:2502.18005 (version unknown)",
    ]


def test_hostile_text_does_not_become_code_of_a_cell() -> None:
    nasty = "x\nraise SystemExit('run')\n'''" + HOSTILE
    cell = overlay([make(label=nasty, notes=nasty), *curves("si_lz_2024")], title=nasty).cell()
    assert run(cell)["plot"].model["title"] == overlay(make(), title=nasty).model["title"]
