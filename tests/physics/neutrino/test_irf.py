"""Responses are read whole and with their units, or not at all."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from astropy.io import fits

from vre_dm.errors import OutOfRange
from vre_dm.physics.neutrino.irf import Responses, edges, read_response, read_responses

Changed = Callable[[str, Callable[[fits.BinTableHDU], None]], list[Path]]
NU = "arca230.bkg.nu"


def test_the_responses_have_the_axes_of_the_release(responses: Responses) -> None:
    area = responses.effective_area
    assert area.dims == ("zenith", "energy")
    np.testing.assert_allclose(edges(area, "energy"), np.geomspace(1e2, 1e8, 49), rtol=1e-6)
    np.testing.assert_allclose(np.cos(np.deg2rad(edges(area, "zenith"))), np.linspace(1, -1, 13), atol=1e-6)
    assert responses.dispersion.dims == ("zenith", "migra", "energy")
    assert responses.point_spread.dims == ("rad", "zenith", "energy")
    assert sorted(responses.backgrounds) == ["arca230.bkg.mu", NU]


def test_the_whole_sky_gives_228_neutrinos_and_a_muon_a_day(responses: Responses) -> None:
    per_day = {}
    for name, rate in responses.backgrounds.items():
        width_mev = np.diff(edges(rate, "energy")) * 1e3
        solid_angle = -2 * np.pi * np.diff(np.cos(np.deg2rad(edges(rate, "zenith"))))
        per_day[name] = 86400 * np.einsum("ze,e,z->", rate.to_numpy(), width_mev, solid_angle)
    assert per_day == pytest.approx({NU: 228.4, "arca230.bkg.mu": 0.889}, rel=1e-3)


def test_the_background_shows_that_the_dispersion_holds_probabilities(responses: Responses) -> None:
    """An atmospheric flux, folded, must give the energies at which the same release has its background."""
    row, coarse = 9, 4  # zenith angles of 120 to 132 deg
    area, dispersion, background = (
        responses.effective_area,
        responses.dispersion,
        responses.backgrounds[NU],
    )
    migra = edges(dispersion, "migra")
    true = np.geomspace(1e2, 1e7, 201)
    centre = np.sqrt(true[1:] * true[:-1])
    # The conventional flux falls as E^-3.35 at 300 GeV and as E^-3.7 above 1 TeV, roughly.
    flux = centre**-3.7 * np.minimum(centre / 1e3, 1) ** 0.35
    rate = flux * np.diff(true) * np.interp(np.log(centre), np.log(area["energy"]), area[row])

    def median(probability: np.ndarray) -> float:
        column = np.digitize(centre, edges(dispersion, "energy")[1:-1])
        position = np.log10(migra[1:])[:, None] + np.log10(centre)
        weight = (probability[:, column] / probability[:, column].sum(axis=0)) * rate
        order = np.argsort(position, axis=None)
        share = np.cumsum(weight.ravel()[order]) / weight.sum()
        return float(np.interp(0.5, share, position.ravel()[order]))

    seen = background[row].to_numpy() * np.diff(edges(background, "energy"))
    wanted = float(np.interp(0.5, np.cumsum(seen) / seen.sum(), np.log10(edges(background, "energy")[1:])))
    probabilities = dispersion[coarse].to_numpy()
    assert median(probabilities) == pytest.approx(wanted, abs=0.15)
    assert median(probabilities * np.diff(migra)[:, None]) > wanted + 0.4


def test_a_true_density_is_read_as_the_same_probabilities(changed: Changed, responses: Responses) -> None:
    def as_density(table: fits.BinTableHDU) -> None:
        width = table.data["MIGRA_HI"][0] - table.data["MIGRA_LO"][0]
        table.data["MATRIX"][0] /= width[None, :, None]

    again = read_responses(changed("edisp", as_density))
    np.testing.assert_allclose(again.dispersion, responses.dispersion, rtol=1e-6)


def test_a_background_with_its_axes_the_other_way_round_is_the_same(
    tmp_path: Path, paths: list[Path], responses: Responses
) -> None:
    """As the repository of the collaboration has them."""
    (original,) = (path for path in paths if "bkg.nu" in path.name)
    with fits.open(original, memmap=False) as opened:
        old = opened[1]
        rates = np.ascontiguousarray(old.data["BKG"][0].T)
        columns = [column for column in old.columns if column.name != "BKG"]
        turned = fits.Column("BKG", "768D", unit=old.columns["BKG"].unit, dim="(12,64)", array=rates[None])
        fits.BinTableHDU.from_columns([*columns, turned]).writeto(tmp_path / original.name)
    again = read_responses([tmp_path / original.name, *(path for path in paths if path != original)])
    xr.testing.assert_allclose(again.backgrounds[NU], responses.backgrounds[NU])


def gap(table: fits.BinTableHDU) -> None:
    table.data["ENERG_LO"][0][20] *= 1.1


def hole(table: fits.BinTableHDU) -> None:
    table.data["EFFAREA"][0][3, 4] = np.nan


def below_zero(table: fits.BinTableHDU) -> None:
    table.data["EFFAREA"][0][3, 4] = -1


def in_cm2(table: fits.BinTableHDU) -> None:
    table.columns["EFFAREA"].unit = "cm2"


def unfilled(table: fits.BinTableHDU) -> None:
    table.data["MATRIX"][0] *= 0.7


def test_responses_that_do_not_belong_together_are_refused(changed: Changed) -> None:
    def shifted(table: fits.BinTableHDU) -> None:
        for end in ("ENERG_LO", "ENERG_HI"):
            table.data[end][0] *= 10

    with pytest.raises(
        OutOfRange, match=r"psf\.fits covers energy from 1000 to 1e\+09 GeV, the effective area 100"
    ):
        read_responses(changed("psf", shifted))

    def cut_short(table: fits.BinTableHDU) -> None:
        table.data["THETA_HI"][0][-1] = 3.0

    with pytest.raises(OutOfRange, match=r"bkg\.nu\.fits covers zenith from 0 to 171\.887 deg"):
        read_responses(changed("bkg.nu", cut_short))


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("aeff", gap, r"arca230\.aeff\.fits: ENERG has a gap or overlap at 31622"),
        ("aeff", hole, "EFFAREA holds 1 values that are not finite"),
        ("aeff", below_zero, "EFFAREA is negative in 1 bins"),
        ("aeff", in_cm2, "EFFAREA is in cm2, not in m2"),
        ("edisp", unfilled, "MATRIX adds up to one neither over the bins of MIGRA nor over dmigra"),
    ],
)
def test_a_damaged_response_is_refused_by_name(
    changed: Changed, name: str, change: Callable[[fits.BinTableHDU], None], said: str
) -> None:
    with pytest.raises(OutOfRange, match=said):
        read_responses(changed(name, change))


def test_what_is_missing_or_no_response_is_said(paths: list[Path], tmp_path: Path) -> None:
    with pytest.raises(OutOfRange, match="no file with the point spread"):
        read_responses([path for path in paths if "psf" not in path.name])
    with pytest.raises(OutOfRange, match=r"no file with the background"):
        read_responses([path for path in paths if "bkg" not in path.name])
    (tmp_path / "other.fits").write_bytes(paths[0].read_bytes())
    with pytest.raises(OutOfRange, match=r"arca230\.aeff and other are each"):
        read_responses([*paths, tmp_path / "other.fits"])
    (tmp_path / "text.fits").write_text("no FITS")
    with pytest.raises(OutOfRange, match=r"text\.fits is not a readable FITS file"):
        read_responses([tmp_path / "text.fits"])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("NAXIS2", "-1"),  # leads back to the same table
        ("NAXIS2", "1000000000000"),
        ("NAXIS2", "0"),
        ("NAXIS1", "'abc'"),
        ("TFORM5", "'1000000000000E'"),
        ("TTYPE5", "5"),
        ("PCOUNT", "9999999999"),
    ],
)
def test_a_header_that_lies_is_refused_in_one_line(
    key: str, value: str, paths: list[Path], tmp_path: Path
) -> None:
    raw = paths[0].read_bytes()
    at = raw.index(f"{key:8}=".encode(), 2880)
    (tmp_path / "lies.fits").write_bytes(
        raw[:at] + f"{key:8}= {value:>20}".ljust(80).encode() + raw[at + 80 :]
    )
    with pytest.raises(
        OutOfRange, match=r"^lies\.fits (is not a readable FITS file|must hold one response).*$"
    ):
        read_response(tmp_path / "lies.fits")


def test_a_file_cut_short_packed_or_too_large_is_not_read(paths: list[Path], tmp_path: Path) -> None:
    raw, file = paths[0].read_bytes(), tmp_path / "other.fits"
    for begin, said in (
        (raw[:-1440], "it is damaged"),
        (gzip.compress(raw), "it does not begin like one"),
    ):
        file.write_bytes(begin)
        with pytest.raises(OutOfRange, match=rf"other\.fits is not a readable FITS file: {said}"):
            read_response(file)
    with file.open("wb") as sparse:
        sparse.write(raw)
        sparse.truncate(200_000_000)
    with pytest.raises(OutOfRange, match=r"other\.fits has 200 MB; a response has at most 100 MB"):
        read_response(file)
    with pytest.raises(OutOfRange, match=r"null is not a readable FITS file"):
        read_response(Path("/dev/null"))
    with pytest.raises(OutOfRange, match=r"gone\.fits is not a readable FITS file: No such file"):
        read_response(tmp_path / "gone.fits")


def test_a_column_of_text_is_no_response(tmp_path: Path, paths: list[Path]) -> None:
    (original,) = (path for path in paths if "aeff" in path.name)
    with fits.open(original, memmap=False) as opened:
        columns = [column for column in opened[1].columns if column.name != "ENERG_LO"]
        text = fits.Column("ENERG_LO", "8A", unit="GeV", array=["12345678"])
        fits.BinTableHDU.from_columns([*columns, text]).writeto(tmp_path / original.name)
    with pytest.raises(OutOfRange, match=r"arca230\.aeff\.fits is not a readable FITS file: it is damaged"):
        read_response(tmp_path / original.name)
