"""The shipped curves pass what they promise, and no broken file gets in unnoticed."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

import vre_dm
from tests.limits.conftest import make
from vre_dm.errors import InvalidCurve
from vre_dm.limits.catalogue import SEAL, SHIPPED, curves, load
from vre_dm.limits.catalogue.entry import read, read_seal, sidecars_in, write_seal
from vre_dm.limits.checks import PERMISSIVE, check_record
from vre_dm.limits.metadata import Assumptions, Headline, Provenance, Reference, Validity
from vre_dm.limits.quantities import QUANTITIES
from vre_dm.limits.scaffold import write_pairs

FULL = make(
    label="TOY 2020 (σ & more)",
    statistic="PLR",
    reference=Reference("2001.00001", "v2", "10.1000/xyz", "figure 3"),
    provenance=Provenance("digitised", tool="by hand", error_dex=0.03, inputs=("a", "b")),
    assumptions=Assumptions({"halo": "SHM", "v0_km_s": 220.0}),
    validity=Validity(6, 900, "efficiency known there"),
    headline=Headline(100, 2e-46, 0.01, "abstract"),
    supersedes="si_toy_2018",
    erratum="corrected in v3",
    notes="a note",
)


def test_the_catalogue_covers_the_experiments_of_the_field() -> None:
    assert len(load()) >= 120
    for experiment in (
        "LZ",
        "XENONnT",
        "PandaX-4T",
        "DarkSide-50",
        "CRESST-III",
        "DEAP-3600",
        "VERITAS",
        "CMS",
    ):
        assert curves(experiment=experiment, kind="observed"), experiment


@pytest.mark.parametrize(
    ("least", "quantities"),
    [
        (45, ("sigma_SI",)),
        (10, ("sigma_SDn",)),
        (10, ("sigma_SDp",)),
        (6, ("sigma_e",)),
        (12, ("g_ae",)),
        (12, ("kappa",)),
        (5, ("sigmav",)),
        (15, ("g_q", "sigma_B", "sigma_B_A", "sigma_fid_B", "mediator_plane", "signal_strength")),
    ],
)
def test_every_search_technique_is_there(least: int, quantities: tuple[str, ...]) -> None:
    assert sum(curve.quantity in quantities for curve in load()) >= least


def test_two_lines_come_from_neutrino_telescopes() -> None:
    found = [curve.id for curve in load() if curve.assumptions.get("technique") == "neutrinos"]
    assert found == ["sdp_icecube_2016_tautau", "sdp_superk_2015_tautau"]


def test_what_replaces_a_curve_says_why_and_both_are_there() -> None:
    replacing = [curve for curve in load() if curve.supersedes]
    assert len(replacing) >= 8
    for curve in replacing:
        assert curve.supersedes_reason
        older = load()[curve.supersedes]
        assert (older.quantity, older.channel) == (curve.quantity, curve.channel)
        assert (older.year or 0) < (curve.year or 0)


def test_every_shipped_sidecar_passes_the_schema_with_nothing_taken_on_trust() -> None:
    for sidecar in sidecars_in(SHIPPED):
        check_record(json.loads(sidecar.read_text(encoding="utf-8")), sidecar.name)
        read(sidecar)


def test_the_seal_lists_the_shipped_sidecars_and_no_others() -> None:
    sums = {hashlib.sha256(path.read_bytes()).hexdigest() for path in sidecars_in(SHIPPED)}
    assert read_seal(SEAL) == sums


def test_every_shipped_curve_may_be_shipped() -> None:
    assert {curve.licence for curve in load()} <= PERMISSIVE


@pytest.mark.parametrize(
    ("identifier", "mass", "value", "rtol"),
    [
        ("si_lz_2024", 40, 2.2e-48, 0.03),
        ("si_xenonnt_2023", 28, 2.58e-47, 0.03),
        ("si_xenon1t_2018", 30, 4.1e-47, 0.03),
        ("si_deap3600_2019", 100, 3.9e-45, 0.1),
        ("si_lux_2016", 50, 1.1e-46, 0.03),
        ("si_xenonnt_2026_s2only", 5, 6.0e-45, 0.02),
        ("si_pandax4t_2025_s2only", 3, 1.1e-43, 0.1),
        ("sdp_pico60_2019", 25, 3.2e-41, 0.03),
        ("sdp_pico60_2017", 30, 3.4e-41, 0.03),
        ("sdn_xenon1t_2019", 30, 6.3e-42, 0.05),
        ("sv_veritas_2017_dsph_bb", 1000, 1.35e-23, 0.005),
        ("sv_veritas_2017_dsph_tautau", 1000, 2.85e-24, 0.005),
        ("gae_gerda_2020", 150e-6, 3e-12, 0.25),
        ("kappa_gerda_2020", 150e-6, 6.5e-24**0.5, 0.25),
    ],
)
def test_curves_pass_through_the_number_of_their_abstract(
    identifier: str, mass: float, value: float, rtol: float
) -> None:
    assert load()[identifier].at(mass) == pytest.approx(value, rel=rtol)


@pytest.mark.parametrize(("nucleus", "low", "high"), [("sodium", 7, 15), ("iodine", 37, 112)])
def test_the_dama_regions_have_the_nucleus_that_can_recoil_there(
    nucleus: str, low: float, high: float
) -> None:
    curve = load()[f"si_dama_{nucleus}_2008"]
    assert low < curve.x.min() < curve.x.max() < high
    assert curve.label == f"DAMA/LIBRA {nucleus} 2008"
    assert "wrong way round" in curve.notes


def test_iodine_cannot_make_the_low_dama_region() -> None:
    """The least speed for a recoil of 22 keV, seen as 2 keVee, against the fastest particles."""
    mass, nucleus, recoil_gev = load()["si_dama_sodium_2008"].x, 126.9 * 0.9315, 22e-6
    reduced = mass * nucleus / (mass + nucleus)
    slowest = 299792.458 * np.sqrt(nucleus * recoil_gev / 2) / reduced
    assert slowest.min() > 544 + 232


def test_a_superseded_curve_says_what_supersedes_it() -> None:
    assert "superseded by arXiv:1808.09098" in load()["si_cdmslite_2017"].notes


def test_a_stated_confidence_level_names_its_source() -> None:
    stated = [curve for curve in load() if curve.cl is not None]
    assert len(stated) >= 65
    assert all(f"{100 * curve.cl:g} % CL is stated in the" in curve.notes for curve in stated if curve.cl)


def test_the_facade_selects_from_the_catalogue() -> None:
    assert vre_dm.curves("si_lz_2024").ids == ["si_lz_2024"]
    assert {curve.kind for curve in vre_dm.curves(kind="projection")} == {"projection"}


def test_the_schema_knows_the_quantities_of_the_code() -> None:
    schema = json.loads((SHIPPED / "schema.json").read_text())
    assert schema["properties"]["quantity"]["enum"] == list(QUANTITIES)


def test_what_is_written_reads_back_equal(tmp_path: Path) -> None:
    write_pairs([FULL], tmp_path)
    assert load(tmp_path)[0] == FULL


def test_a_curve_that_fails_a_check_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidCurve, match="unit of the quantity"):
        write_pairs([FULL, make(id="si_other", columns=FULL.columns[:1] * 2)], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_numbers_changed_by_one_digit_are_refused(tmp_path: Path) -> None:
    write_pairs([FULL], tmp_path)
    numbers = tmp_path / "si_toy_2020.csv"
    numbers.write_text(numbers.read_text().replace("1e-43", "1e-44"))
    with pytest.raises(InvalidCurve, match="'checksum'"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("limit_cm2", "limit_pb", "header"),
        ("1e-45", "1e-45,7", "row 2: 3 cells"),
        ("1e-45", "n/a", "row 2, column limit_cm2: 'n/a' is not a number"),
        ("1e-45", "nan", "row 2: nan is not a positive"),
        ("10.0,", "1.0,", "row 2: mass 1 does not rise above 5"),
    ],
)
def test_a_broken_table_is_refused_with_file_row_and_column(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    write_pairs([FULL], tmp_path)
    _rewrite_numbers(tmp_path, old, new)
    with pytest.raises(InvalidCurve, match=complaint):
        load(tmp_path)


def test_a_curve_under_another_name_is_refused(tmp_path: Path) -> None:
    write_pairs([FULL], tmp_path)
    (tmp_path / "si_toy_2020.json").rename(tmp_path / "si_other.json")
    with pytest.raises(InvalidCurve, match=r"si_other\.json"):
        load(tmp_path)


def test_a_folder_without_a_curve_is_an_error_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(InvalidCurve, match="holds no curve; `vre-dm curves new`"):
        load(tmp_path)
    with pytest.raises(InvalidCurve, match="nowhere is no folder"):
        load(tmp_path / "nowhere")


def test_a_sidecar_cannot_point_outside_its_folder(tmp_path: Path) -> None:
    write_pairs([FULL], tmp_path)
    sidecar = tmp_path / "si_toy_2020.json"
    sidecar.write_text(sidecar.read_text().replace('"path": "si_toy_2020.csv"', '"path": "other.csv"'))
    with pytest.raises(InvalidCurve, match=r"other\.csv"):
        load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"NaN"])
def test_a_sidecar_that_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.json").write_bytes(content)
    with pytest.raises(InvalidCurve, match=r"broken\.json"):
        load(tmp_path)


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    write_pairs([FULL], tmp_path)
    (tmp_path / "si_toy_2020.csv").unlink()
    with pytest.raises(InvalidCurve, match=r"si_toy_2020\.csv cannot be read"):
        load(tmp_path)


def test_a_huge_table_is_refused_without_reading_it_whole(tmp_path: Path) -> None:
    write_pairs([FULL], tmp_path)
    with (tmp_path / "si_toy_2020.csv").open("r+b") as stream:
        stream.truncate(100_000_000)
    with pytest.raises(InvalidCurve, match="larger than 4 MB"):
        load(tmp_path)


def test_the_same_numbers_twice_are_refused(tmp_path: Path) -> None:
    write_pairs([make()], tmp_path)
    write_pairs([make(id="sdp_toy_2020", quantity="sigma_SDp")], tmp_path)
    with pytest.raises(InvalidCurve, match="equal numbers"):
        load(tmp_path)


def test_a_seal_is_not_given_to_a_sidecar_that_breaks_the_schema(tmp_path: Path) -> None:
    write_pairs([FULL], tmp_path)
    sidecar = tmp_path / "si_toy_2020.json"
    sidecar.write_text(sidecar.read_text().replace('"observed"', '"guessed"'))
    with pytest.raises(InvalidCurve, match="kind"):
        write_seal(tmp_path, tmp_path / "seal")
    assert not (tmp_path / "seal").exists()


def test_masses_of_every_shipped_line_are_answered_inside_and_refused_outside() -> None:
    for curve in load():
        if curve.geometry == "line":
            np.testing.assert_array_equal(curve.at(curve.x), curve.y)


def _rewrite_numbers(folder: Path, old: str, new: str) -> None:
    """Change the table and make its checksum right again, so that only the content is wrong."""
    numbers, sidecar = folder / "si_toy_2020.csv", folder / "si_toy_2020.json"
    before = hashlib.sha256(numbers.read_bytes()).hexdigest()
    numbers.write_text(numbers.read_text().replace(old, new, 1))
    after = hashlib.sha256(numbers.read_bytes()).hexdigest()
    sidecar.write_text(sidecar.read_text().replace(before, after))
