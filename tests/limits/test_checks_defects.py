"""Defects that were found in published collections, rebuilt small: each is refused by the check it names."""

import shutil
from pathlib import Path

import pytest

from vre_dm.errors import InvalidCurve
from vre_dm.limits.catalogue import SEAL, SHIPPED, load
from vre_dm.limits.catalogue.entry import read_seal, sidecars_in
from vre_dm.limits.inspection import inspect

DEFECTS = Path(__file__).parent / "defects"
# folder -> check, curve, row, column. Where each was seen first stands beside it.
EXPECTED = {
    # XENONnT/cevns_data_release: five files for five quantities are one git blob.
    "equal_numbers": ("equal numbers", "si_toy_equal_2020", 0, ""),
    "equal_values_other_header": ("equal numbers", "si_toy_values_2020", 0, ""),
    # XENONnT/s2_only_data_release: keV and couplings below a header of GeV and cm2.
    "kev_masses_under_gev": ("magnitude", "gae_toy_kev_2020", 1, "m_GeV"),
    "coupling_under_cm2": ("unit of the quantity", "gae_toy_cm2_2020", 0, ""),
    "kappa_against_g_ae": ("kappa against g_ae", "kappa_toy_pair_2020", 0, ""),
    "header_unit": ("header unit", "si_toy_header_2020", 0, "limit_pb"),
    # kdund/dd_limit_plot: names shifted by one; request 9: limits overwritten with masses.
    "shifted_bands": ("bands ordered", "sdn_toy_shifted_2020", 1, "median_cm2"),
    "limit_is_mass": ("repeated column", "sdn_toy_mass_2020", 0, "limit_cm2"),
    "median_twice": ("repeated column", "si_toy_median_2020", 0, "sensitivity_p1sigma_cm2"),
    "limit_outside_bands": ("limit inside its bands", "si_toy_bands_2020", 1, "limit_cm2"),
    "column_count": ("column count", "si_toy_cells_2020", 3, ""),
    # The same: LZ's projection labelled XENONnT, a result of 2018 labelled 2023, a file without metadata.
    "projection_of_another_experiment": ("other experiment", "si_lz_toy_proj", 0, ""),
    "year_of_another_result": ("year", "si_toy_year_2023", 0, ""),
    "table_without_sidecar": ("sidecar", "si_toy_alone_2015", 0, ""),
    "bibtex_backslash": ("schema", "si_toy_backslash_2020", 0, ""),
    # moritzhuetten/dmbounds: a quoted confidence level in every file.
    "malformed_cl": ("schema", "sv_toy_cl_2020", 0, ""),
    "missing_cl": ("schema", "sv_toy_nocl_2020", 0, ""),
    # cajohare/DirectDetectionPlots: EDELWEISS below a comment that says PandaX.
    "header_of_another_experiment": ("other experiment", "kappa_edelweiss_toy_2018", 0, ""),
    # mvirgato's plotter: XENON1T a decade off; AndreasAlbert/monojet-limitplot: grids 100 times apart.
    "one_decade_off": ("cross-source distance", "si_toy_b_2018", 0, ""),
    "grids_of_one_analysis": ("cross-source distance", "mu_toy_b_2021", 0, ""),
    # lhctodd: PICO-60 of arXiv v1. PandaX-4T 2021 before its correction.
    "retired_version": ("retired version", "sdp_pico60_toy_2019", 0, ""),
    "retired_numbers_version_unknown": ("retired version", "sdp_pico60_toy_b_2019", 0, ""),
    "corrected_later": ("retired version", "si_pandax4t_toy_2021", 0, ""),
    # ATLAS dilepton table: fb below a header that says pb.
    "pb_that_are_fb": ("magnitude", "xs_toy_dilepton_2019", 1, "limit_pb"),
    # AxionLimits and digitised figures: points that only draw borders.
    "sentinel_one": ("magnitude", "si_toy_one_2020", 1, "limit_cm2"),
    "polygon_closer": ("sentinel", "si_toy_closer_2020", 10, "limit_cm2"),
    "power_of_ten_far_away": ("sentinel", "si_toy_power_2020", 9, "limit_cm2"),
    "wall": ("sentinel", "si_toy_wall_2020", 2, "limit_cm2"),
    "doubled_mass": ("monotonic mass", "si_toy_doubled_2020", 2, ""),
    "x_span": ("sentinel", "si_toy_span_2020", 7, "limit_cm2"),
    "open_contour": ("closed contour", "si_toy_open_2020", 0, ""),
    # SidAhmedMa/DM_limits: invented points for LZ.
    "invented_points": ("headline", "si_toy_invented_2024", 0, ""),
    "not_a_number": ("positive finite values", "si_toy_nan_2020", 4, "limit_cm2"),
    "negative": ("positive finite values", "si_toy_negative_2020", 2, "limit_cm2"),
    "unsorted_line": ("monotonic mass", "si_toy_unsorted_2020", 4, ""),
    "changed_after_the_sidecar": ("checksum", "si_toy_digit_2020", 0, ""),
    "channel_not_stated": ("channel", "sv_toy_channel_2020", 0, ""),
    "validity_beside_the_table": ("validity", "si_toy_validity_2020", 0, ""),
}
# One mistake that two checks see.
ALSO = {"limit_is_mass": {"magnitude"}, "sentinel_one": {"sentinel"}}


def test_every_defect_has_its_folder_and_its_expectation() -> None:
    assert {path.name for path in DEFECTS.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_defect_is_found_where_it_is_by_the_check_that_names_it(name: str) -> None:
    inspection = inspect(DEFECTS / name)
    found = {(p.check, p.curve, p.row, p.column) for p in inspection.problems}
    assert EXPECTED[name] in found
    assert {check for check, *_ in found} == {EXPECTED[name][0]} | ALSO.get(name, set())
    assert not inspection.sound


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - {"table_without_sidecar"}))
def test_a_folder_with_a_defect_does_not_load_and_the_message_names_the_curve(name: str) -> None:
    with pytest.raises(InvalidCurve) as refused:
        load(DEFECTS / name)
    assert EXPECTED[name][1].removesuffix("_a_2020") in str(refused.value)
    assert "\n" not in str(refused.value)


def test_defects_planted_in_the_good_catalogue_are_found_and_nothing_else_is(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "catalogue")
    for name in EXPECTED:
        shutil.copytree(DEFECTS / name, tmp_path / "catalogue", dirs_exist_ok=True)
    inspection = inspect(tmp_path / "catalogue", sealed=read_seal(SEAL))
    found = {(p.check, p.curve, p.row, p.column) for p in inspection.problems if p.grave}
    assert set(EXPECTED.values()) <= found
    assert {curve for _, curve, *_ in found} == {curve for _, curve, *_ in EXPECTED.values()}


def test_the_shipped_catalogue_has_no_problem_even_when_nothing_is_taken_on_trust() -> None:
    inspection = inspect(SHIPPED, to_ship=True)
    assert inspection.problems == ()
    assert len(inspection.curves) == len(sidecars_in(SHIPPED))


@pytest.mark.parametrize("place", ["nowhere", "file"])
def test_what_is_no_folder_of_curves_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidCurve, match="is no folder"):
        inspect(tmp_path / place)
    with pytest.raises(InvalidCurve, match="holds no curve"):
        inspect(tmp_path)
