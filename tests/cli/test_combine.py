"""`vre-dm combine`: files of likelihoods become a limit, a document, a curve in the catalogue's format."""

import contextlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.physics.combination.conftest import J, Toys
from vre_dm.cli import main
from vre_dm.limits.catalogue import load
from vre_dm.limits.inspection import inspect
from vre_dm.physics.combination import Combination, on_one_grid, write_likelihoods
from vre_dm.physics.dwarfs.roster import JFactor

Run = Callable[..., Result]
LAT = Toys.table("Fermi-LAT", J)
ARRAY = Toys.table("VERITAS", {"segue_1": J["segue_1"]}, seen=-0.5, scale=3e-25, masses=np.array([1000.0]))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    write_likelihoods([LAT, replace(LAT, channel="tautau")], tmp_path / "lat.parquet")
    write_likelihoods(ARRAY, tmp_path / "veritas.csv")
    files = [str(tmp_path / name) for name in ("lat.parquet", "veritas.csv")]
    return lambda *words: CliRunner().invoke(main, ["combine", *files, *words])


def test_the_table_shows_what_each_adds(run: Run) -> None:
    found = run()
    assert found.exit_code == 0, found.output
    title, head, light, heavy, note = found.stdout.splitlines()
    assert title.startswith("bb: upper limits on sigma_v in cm3/s, 95% CL")
    assert head.split() == ["mass", "in", "GeV", "combined", "Fermi-LAT", "VERITAS"]
    together = Combination([LAT, ARRAY]).scan()["limit"].to_numpy()
    assert light.split() == ["100", f"{together[0]:.4g}", f"{together[0]:.4g}"]
    assert heavy.split()[:2] == ["1000", f"{together[1]:.4g}"]
    assert note == "2 targets, J of each profiled once"


def test_the_document_and_the_curve_hold_the_same_numbers(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    found = run("--json", "--to", str(tmp_path / "mine"))
    assert found.exit_code == 0, found.output
    rows = json.loads(found.stdout)["limits"]
    assert rows[0]["VERITAS_cm3_s"] is None
    curve = load(tmp_path / "mine")["sv_fermi-lat_veritas_bb"]
    assert [row["combined_cm3_s"] for row in rows] == curve.y.tolist()
    assert inspect(tmp_path / "mine", to_ship=False).sound


def test_j_factors_and_regions_are_options(run: Run, tmp_path: Path) -> None:
    other = {"segue_1": JFactor(19.0, 0.4)}
    write_likelihoods(replace(ARRAY, instrument="MAGIC", jfactors=other), tmp_path / "magic.csv")
    magic = str(tmp_path / "magic.csv")
    refused = run(magic)
    assert refused.exit_code == 1
    assert "segue_1: Fermi-LAT assumes log10 J = 19.3" in refused.output
    given = run(magic, "--j", "segue_1=19.3,0.4", "--json")
    kept = run(magic, "--own-region", "segue_1", "--json")
    assert given.exit_code == kept.exit_code == 0
    limits = [json.loads(done.stdout)["limits"][1]["combined_cm3_s"] for done in (given, kept)]
    assert (
        limits[0] < limits[1]
    )  # MAGIC's table was made for a smaller J: with the larger one it excludes more


def test_an_instrument_that_sets_no_limit_alone_still_takes_part(run: Run, tmp_path: Path) -> None:
    weak = Toys.table("Weak", {"draco": J["draco"]}, scale=1e-17)
    write_likelihoods(weak, tmp_path / "weak.csv")
    found = run(str(tmp_path / "weak.csv"), "--json")
    assert found.exit_code == 0, found.output
    rows = json.loads(found.stdout)["limits"]
    assert [row["Weak_cm3_s"] for row in rows] == [None, None]
    expected = Combination([LAT, ARRAY]).scan()["limit"]
    np.testing.assert_allclose([row["combined_cm3_s"] for row in rows], expected, rtol=1e-3)


def test_what_cannot_be_combined_is_said_in_one_line(run: Run, tmp_path: Path) -> None:
    write_likelihoods(replace(LAT, instrument="LAT again"), tmp_path / "again.csv")
    cases = {
        ("--channel", "WW"): "unknown channel of lat.parquet 'WW'",
        ("--j", "segue_1=19.3"): "should read TARGET=LOG10J,SIGMA",
        ("--cl", "1.5"): "confidence level",
        (str(tmp_path / "lat.parquet"),): "Fermi-LAT is there twice",
    }
    for words, said in cases.items():
        found = run(*words)
        assert found.exit_code == 1, words
        assert said in found.output
        assert found.output.count("\n") == 1


def test_tables_on_other_cross_sections_are_put_on_one_grid_when_asked(run: Run, tmp_path: Path) -> None:
    finer = Toys.table("MAGIC", {"draco": J["draco"]}, sigma_v=np.geomspace(2e-29, 5e-21, 601))
    write_likelihoods(finer, tmp_path / "magic.csv")
    refused = run(str(tmp_path / "magic.csv"))
    assert refused.exit_code == 1
    assert "--resample" in refused.output
    found = run(str(tmp_path / "magic.csv"), "--resample", "--json")
    assert found.exit_code == 0, found.output
    expected = Combination(on_one_grid([LAT, ARRAY, finer])).scan()["limit"]
    limits = [row["combined_cm3_s"] for row in json.loads(found.stdout)["limits"]]
    np.testing.assert_allclose(limits, expected, rtol=1e-12)


def test_on_a_terminal_no_line_is_wider_and_no_name_of_a_stranger_reaches_it_raw(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_likelihoods(replace(ARRAY, instrument="\x1b]0;pwned\x07B\nline\u202e"), tmp_path / "odd.csv")
    shown, terminal = os.openpty()
    with os.fdopen(terminal, "w") as screen:
        monkeypatch.setattr("sys.stdout", screen)
        monkeypatch.setenv("COLUMNS", "60")
        main(["combine", str(tmp_path / "lat.parquet"), str(tmp_path / "odd.csv")], standalone_mode=False)
    pieces = []
    with contextlib.suppress(OSError):  # so a terminal says that nobody writes any more
        while piece := os.read(shown, 100_000):
            pieces.append(piece)
    os.close(shown)
    said = b"".join(pieces).decode().replace("\r\n", "\n")
    assert not [line for line in said.splitlines() if len(line) > 60 or not line.isprintable()]
    assert r"\x1b]0;pwned\x07B\nline\u202e" in said
    assert "mass in GeV: 100" in said
