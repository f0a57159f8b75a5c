"""The builder treats what it understands, refuses the rest, and says either."""

import csv
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from builders import curves_manifest
from builders.curves import Refused, build, build_all, treat
from builders.curves_facts import FACTS
from vre_dm.errors import InvalidCurve
from vre_dm.limits.catalogue import load
from vre_dm.limits.metadata import UNKNOWN

ROW = {
    "id": "si_toy_2020_s2only",
    "file": "toy.csv",
    "experiment": "TOY",
    "year": "2007",
    "arxiv": "0706.0001",
    "doi": "",
    "quantity": "sigma_SI nucleon",
    "channel": "",
    "kind": "observed",
    "geometry": "line",
    "source_repo": "someone/curves",
    "source_path": "toy.csv",
    "source_commit": "a" * 40,
    "source_blob_sha1": "b" * 40,
    "licence": "CC0-1.0 (own words)",
    "licence_class": "A",
    "provenance": "WebPlotDigitizer",
    "notes": "",
}
SOUND = "m_GeV,limit_cm2\n5,1e-44\n10,1e-45\n100,1e-46\n"


def candidates(folder: Path, *rows: dict[str, str], numbers: str = SOUND) -> Path:
    (folder / "toy.csv").write_text(numbers)
    with (folder / "manifest.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(ROW))
        writer.writeheader()
        writer.writerows(ROW | row for row in rows)
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "catalogue"
    folder.mkdir()
    return folder


def test_a_sound_candidate_becomes_a_curve_that_loads(tmp_path: Path, target: Path) -> None:
    (line,) = build(candidates(tmp_path, {}), target)
    assert line.startswith("written si_toy_2020_s2only: 3 points")
    (curve,) = load(target)
    assert (curve.label, curve.licence) == ("TOY 2007", "CC0-1.0")
    assert (curve.provenance.type, curve.provenance.tool) == ("digitised", "WebPlotDigitizer")
    np.testing.assert_array_equal(curve.y, [1e-44, 1e-45, 1e-46])


def test_what_the_source_does_not_state_stays_unknown(tmp_path: Path, target: Path) -> None:
    list(build(candidates(tmp_path, {}), target))
    (curve,) = load(target)
    assert curve.cl is None
    assert curve.reference.doi == curve.reference.arxiv_version == curve.reference.figure == UNKNOWN
    assert curve.assumptions["halo"] == UNKNOWN
    # An old identifier keeps its leading zero.
    assert curve.reference.arxiv == "0706.0001"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"licence_class": "C"}, "licence class C"),
        ({"licence_class": "B"}, "licence class B"),
        ({"source_repo": "computed here"}, "derived"),
        ({"licence": "GPL-3.0"}, "licence"),
        ({"arxiv": "808.36070"}, "reference/arxiv"),
    ],
)
def test_a_candidate_that_may_not_ship_is_refused_with_the_reason(
    tmp_path: Path, target: Path, change: dict[str, str], reason: str
) -> None:
    (line,) = build(candidates(tmp_path, change), target)
    assert line.startswith("refused si_toy_2020_s2only")
    assert reason in line
    assert list(target.iterdir()) == []


def test_a_quantity_the_catalogue_has_no_word_for_is_refused(tmp_path: Path, target: Path) -> None:
    (line,) = build(candidates(tmp_path, {"quantity": "sigma_DarkBanana"}), target)
    assert "no quantity of the catalogue: sigma_DarkBanana" in line


def test_the_code_beside_the_numbers_may_have_another_licence(tmp_path: Path, target: Path) -> None:
    licence = "HEPData table, CC0-1.0 (repo code itself GPL-3.0)"
    list(build(candidates(tmp_path, {"licence": licence}), target))
    assert load(target)[0].licence == "CC0-1.0"


def test_a_line_that_turns_back_is_not_repaired_by_guessing(tmp_path: Path, target: Path) -> None:
    turning = "m_GeV,limit_cm2\n5,1e-44\n10,1e-45\n6,2e-45\n20,2e-45\n"
    (line,) = build(candidates(tmp_path, {}, numbers=turning), target)
    assert "monotonic mass" in line


def test_every_projection_of_the_catalogue_says_so_in_its_label_and_nothing_else_does() -> None:
    for curve in load():
        assert ("projection" in curve.label) == (curve.kind == "projection"), curve.label


def test_two_shipped_curves_on_one_axis_have_different_labels() -> None:
    seen = [(curve.quantity, curve.label) for curve in load()]
    assert len(set(seen)) == len(seen)


def test_a_refusal_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        treat(ROW | {"licence_class": "C"}, tmp_path / "toy.csv")
    assert not issubclass(Refused, InvalidCurve)


def test_a_correction_of_the_name_reaches_the_curve(tmp_path: Path, target: Path) -> None:
    list(
        build(
            candidates(tmp_path, {"id": "si_dama_iodine_2008", "experiment": "DAMA/LIBRA", "year": "2008"}),
            target,
        )
    )
    (curve,) = load(target)
    assert curve.id == "si_dama_sodium_2008"
    assert "arXiv:0808.3607" in curve.notes


def test_a_correction_is_added_to_the_notes_that_are_there(tmp_path: Path, target: Path) -> None:
    list(build(candidates(tmp_path, {"id": "si_lz_2025_lowmass", "notes": "as found"}), target))
    (curve,) = load(target)
    assert curve.reference.arxiv_version == "v1"
    assert curve.notes == "as found; version of the preprint from the name of the source file"


def test_every_correction_leaves_a_note_and_two_names_are_exchanged_not_lost() -> None:
    changes = curves_manifest.CORRECTIONS
    assert all(change["notes"] for change in changes.values())
    renamed = {old: change["id"] for old, change in changes.items() if "id" in change}
    assert sorted(renamed) == sorted(renamed.values())


def test_a_row_without_a_correction_stays_as_it_is() -> None:
    plain = curves_manifest.corrected(ROW)
    assert {key: plain[key] for key in ROW} == ROW
    assert (plain["arxiv_version"], plain["cited"]) == ("", "TOY")


def test_a_confidence_level_is_given_with_the_place_that_states_it(tmp_path: Path, target: Path) -> None:
    list(
        build(candidates(tmp_path, {"id": "si_cresst2_2015", "arxiv": "1509.01515", "year": "2015"}), target)
    )
    (curve,) = load(target)
    assert curve.cl == 0.9
    assert curve.notes == "90 % CL is stated in the title of the DMTools file"


def test_a_digitisation_error_is_given_with_the_file_it_was_compared_with(
    tmp_path: Path, target: Path
) -> None:
    list(build(candidates(tmp_path, {"id": "sdp_xenon1t_2019", "quantity": "sigma_SD proton"}), target))
    (curve,) = load(target)
    assert curve.provenance.error_dex == 0.01
    assert curve.notes == "digitisation error by comparison with the DMTools file XENON1T_Proton"


def test_numbers_that_a_collaboration_gave_elsewhere_are_its_own(tmp_path: Path, target: Path) -> None:
    list(build(candidates(tmp_path, {"id": "si_xenon100_2016", "provenance": "not stated"}), target))
    (curve,) = load(target)
    assert curve.provenance.type == "collaboration file"
    assert "the same numbers as in the DMTools file" in curve.notes


def test_masses_in_ev_become_gev_and_headers_get_their_unit(tmp_path: Path, target: Path) -> None:
    row = {"id": "gae_toy_2020", "quantity": "g_ae"}
    list(build(candidates(tmp_path, row, numbers="m_eV,limit\n1000,1e-12\n2000,1e-13\n"), target))
    (curve,) = load(target)
    assert [column.name for column in curve.columns] == ["m_GeV", "limit_1"]
    np.testing.assert_array_equal(curve.x, [1e-6, 2e-6])


def test_a_header_whose_unit_is_not_the_quantitys_is_refused(tmp_path: Path, target: Path) -> None:
    row = {"quantity": "g_ae"}
    (line,) = build(candidates(tmp_path, row, numbers="m_GeV,limit_cm2\n1e-6,1e-12\n"), target)
    assert "column limit_cm2 is in cm2, where g_ae is in 1" in line


def test_the_atlas_table_whose_header_says_pb_is_in_fb(tmp_path: Path, target: Path) -> None:
    row = {"id": "xs_atlas_2019_dilepton139", "quantity": "sigma_fid x B", "channel": "dilepton"}
    list(build(candidates(tmp_path, row, numbers="m_GeV,xs_w0_pb,xs_w3_pb\n250,3.5,4.1\n"), target))
    (curve,) = load(target)
    assert [column.name for column in curve.columns] == ["m_GeV", "limit_fb", "limit_w3_fb"]
    assert "the values are fb" in curve.notes


def test_another_table_in_pb_is_not_taken_for_fb(tmp_path: Path, target: Path) -> None:
    row = {"quantity": "sigma_fid x B", "channel": "dilepton"}
    (line,) = build(candidates(tmp_path, row, numbers="m_GeV,xs_w0_pb\n250,3.5\n"), target)
    assert "column xs_w0_pb is in pb, where sigma_fid_B is in fb" in line


def test_limits_on_three_final_states_become_three_curves(tmp_path: Path, target: Path) -> None:
    row = {"id": "xs_cms_2018_dijet36", "quantity": "sigma x B x A", "channel": "dijet gg/gq/qq"}
    numbers = "m_GeV,xs_qq_pb,xs_gg_pb,xs_gq_pb\n600,1,3,2\n700,0.5,1.5,1\n"
    list(build(candidates(tmp_path, row, numbers=numbers), target))
    found = {curve.id.rpartition("_")[2]: curve.y.tolist() for curve in load(target)}
    assert found == {"qq": [1, 0.5], "gg": [3, 1.5], "gq": [2, 1]}


def test_a_line_with_a_gap_becomes_two_curves_named_by_their_range(tmp_path: Path, target: Path) -> None:
    row = {"id": "gae_xenonnt_2022", "quantity": "g_ae", "experiment": "XENONnT"}
    numbers = "m_eV,limit\n1000,1e-12\n38000,1e-13\n47000,2e-13\n140000,3e-13\n"
    list(build(candidates(tmp_path, row, numbers=numbers), target))
    first, second = load(target)
    assert (first.id, first.x.size, second.x.size) == ("gae_xenonnt_2022_part1", 2, 2)
    assert second.label == "XENONnT 2007 (47 to 140 keV)"


def test_the_area_under_a_contour_in_the_mass_plane_is_closed(tmp_path: Path, target: Path) -> None:
    row = {"id": "mm_atlas_2017_monophoton_A1", "geometry": "contour", "quantity": "(mMed,mDM) contour"}
    numbers = "mmed_GeV,mdm_GeV\n17,29\n870,338\n1203,49\n"
    list(build(candidates(tmp_path, row, numbers=numbers), target))
    (curve,) = load(target)
    assert curve.x.tolist() == [17, 870, 1203, 17, 17]
    assert curve.y.tolist() == [29, 338, 49, 29, 29]
    assert "closed along the least" in curve.provenance.treatment


def test_a_folder_built_anew_holds_no_curve_of_before(tmp_path: Path, target: Path) -> None:
    list(build(candidates(tmp_path, {"id": "si_gone_2001"}), target))
    lines = list(build_all(candidates(tmp_path, {}), target))
    assert "removed si_gone_2001" in lines
    assert not (target / "si_gone_2001.csv").exists()
    assert "si_toy_2020_s2only" in load(target).ids


def test_what_public_text_says_belongs_to_candidates_that_there_are() -> None:
    """A misspelt identifier in the facts would be lost without a word."""
    known = tomllib.loads(FACTS.read_text(encoding="utf-8"))
    shipped = load()
    candidate = {re.sub("_(part[12]|qq|gg|gq)$", "", name) for name in shipped.ids}
    told = {name.lower() for name, facts in known["curve"].items() if "refused" not in facts}
    assert told <= candidate | set(shipped.ids)
    cited = {curve.reference.arxiv for curve in shipped}
    assert {name for name in known["paper"] if re.fullmatch(r"\d{4}\.\d{4,5}", name)} <= cited


def test_a_confidence_level_is_never_given_without_the_place_that_states_it() -> None:
    known = tomllib.loads(FACTS.read_text(encoding="utf-8"))
    for each in (*known["paper"].values(), *known["curve"].values()):
        assert ("cl" in each) == ("cl_source" in each)


def test_a_measured_digitisation_error_names_what_it_was_measured_with_and_belongs_to_a_digitised_curve():
    known = tomllib.loads(FACTS.read_text(encoding="utf-8"))["curve"]
    assert all(("error_dex" in each) == ("error_source" in each) for each in known.values())
    assert {curve.provenance.type for curve in load() if curve.provenance.error_dex} == {"digitised"}


def test_the_local_density_moves_what_is_about_dark_matter_around_us_and_nothing_else():
    moving = {curve.id for curve in load() for s in curve.scalings if s.parameter == "rho0_ratio"}
    assert {"si_lz_2024", "kappa_pandax4t_2024", "e_heavy_damicm_2025", "sdn_xenon1t_2019"} <= moving
    others = {"sdp_icecube_2016_tautau", "kappa_solar_2023", "si_lz_2025_crdm", "si_atlas_2023_hinv_scalar"}
    assert others <= set(load().ids)
    assert not others & moving
