"""AxionLimits text: walls and closers stripped, aloud; curves split where a wall stands between."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.limits.interchange.conftest import SAMPLES
from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import read

Put = Callable[[str, str], Path]
TOY = SAMPLES / "DarkPhoton" / "TOY.txt"


def test_walls_are_dropped_and_part_the_curve() -> None:
    first, second = read(TOY)
    assert first.x.tolist() == [1e-7, 2e-7, 3e-7]
    assert first.y.tolist() == [4e-13, 3e-13, 5e-13]
    assert second.x.tolist() == [7e-7, 9e-7]
    assert "3 points dropped that only close a polygon" in first.provenance.treatment
    assert "part 2 of 2, split at walls" in second.provenance.treatment


def test_comments_state_quantity_units_and_paper() -> None:
    curve = read(TOY)[0]
    assert (curve.quantity, curve.label) == ("kappa", "TOY haloscope")
    assert (curve.reference.arxiv, curve.reference.arxiv_version) == ("2001.01234", "v3")
    assert (curve.experiment, curve.licence, curve.cl) == ("unknown", "unknown", None)


@pytest.mark.parametrize(
    ("folder", "quantity", "channel"),
    [("HeavyMediator", "sigma_e", "F=1"), ("LightMediator", "sigma_e", "F~1/q2"), ("SDn", "sigma_SDn", "")],
)
def test_the_folder_says_what_the_comment_leaves_out(
    put: Put, folder: str, quantity: str, channel: str
) -> None:
    path = put(f"{folder}/toy.txt", "# mass [MeV]  limit [cm^2]\n1 1e-37\n2 1e-38\n")
    curve = read(path)[0]
    assert (curve.quantity, curve.channel) == (quantity, channel)


def test_projections_are_known_by_their_folder_and_fog_by_its_name(put: Put) -> None:
    text = "# mass [eV] g_ae\n1 1e-12\n2 1e-12\n"
    assert read(put("Projections/toy.txt", text))[0].kind == "projection"
    fog = "# neutrino fog\n# mass [GeV] sigma_SI [cm^2]\n1 1e-45\n2 1e-46\n"
    assert read(put("fog.txt", fog))[0].kind == "theory"


def test_a_vertical_end_below_the_ceiling_is_a_wall_too(put: Put) -> None:
    curve = read(put("a.txt", "# mass [eV] g_ae\n5 1e-6\n5 1e-12\n6 1e-12\n6 1e-6\n"))[0]
    assert curve.x.tolist() == [5e-9, 6e-9]


def test_a_closed_polygon_is_a_contour_and_keeps_all_its_points(put: Put) -> None:
    text = "# mass [GeV] sigma_SI [cm^2]\n5 1e-45\n9 1e-45\n9 1e-40\n5 1e-40\n5 1e-45\n"
    curve = read(put("a.txt", text))[0]
    assert (curve.geometry, len(curve.x)) == ("contour", 5)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("1 1e-12\n2 x\n", "row 3, column limit: 'x' is not a finite number"),
        ("1 1e-12\n2\n", "row 3: 1 cells where 2 are expected"),
        ("1 1e-12\n2 inf\n", "row 3, column limit: 'inf' is not a finite number"),
        ("1 1e-12\n2 1e-12\n2 1e-13\n3 1e-13\n", "row 4, column m_GeV: mass 2e-09 comes twice"),
        ("1 1e-12\n3 1e-12\n2 1e-13\n", "row 4, column m_GeV: mass 2e-09 follows 3e-09"),
        ("1 1e-12\n2 0\n", "row 3, column limit_1: 0 is not a positive"),
        ("1 1\n2 1\n", "no two points are left"),
    ],
)
def test_bad_rows_are_refused_by_place_and_reason(put: Put, body: str, message: str) -> None:
    with pytest.raises(InvalidCurve, match=message):
        read(put("bad.txt", "# mass [eV] g_ae\n" + body), "axionlimits")


def test_falling_masses_are_turned_round_aloud(put: Put) -> None:
    curve = read(put("a.txt", "# mass [eV] g_ae\n3 1e-12\n2 1e-13\n"))[0]
    assert curve.x.tolist() == [2e-9, 3e-9]
    assert "rows reversed" in curve.provenance.treatment
