"""Written and read again a curve is the same, in every format, whatever its record says."""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.limits.conftest import HOSTILE, make
from tests.limits.interchange.conftest import SAMPLES, curves
from vre_dm.errors import InvalidCurve, NotWritable
from vre_dm.limits.catalogue import load
from vre_dm.limits.column import Column, limit_column, mass_column
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import FORMATS, read, write

DIRECT = ("sigma_SI", "sigma_SDn", "sigma_SDp")
EXACT = {
    "hepdata": curves(),
    "plain": curves(),
    "dd_limit_plot": curves((*DIRECT, "sigma_e")),
    "dmtools": curves(DIRECT, bands=False),
    "darkmatterlive": curves(bands=False),
}
calm = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)


def through(curve: Curve, format: str) -> Curve:
    with tempfile.TemporaryDirectory() as folder:
        first, *rest = write(curve, folder, format)
        toml = [path for path in rest if path.suffix == ".toml"]
        return read(toml[0] if toml else first, format)[0]


@calm
@given(st.data(), st.sampled_from(sorted(EXACT)))
def test_numbers_and_record_come_back_to_the_last_bit(data: st.DataObject, format: str) -> None:
    curve = data.draw(EXACT[format])
    assert through(curve, format) == curve


@calm
@given(curves(("sigma_SI", "sigma_e", "kappa", "g_ae"), bands=False))
def test_axionlimits_text_comes_back_but_for_the_rounding_of_its_own_mass_units(curve: Curve) -> None:
    back = through(curve, "axionlimits")
    np.testing.assert_allclose(back.x, curve.x, rtol=3e-16)
    np.testing.assert_array_equal(back.y, curve.y)
    record = {"provenance": curve.provenance, "columns": curve.columns}
    assert replace(back, **record) == curve


@pytest.mark.parametrize("format", ["hepdata", "plain", "dd_limit_plot"])
def test_the_shipped_direct_detection_curves_survive_together(format: str, tmp_path: Path) -> None:
    shipped = [curve for curve in load() if curve.quantity in DIRECT and curve.geometry == "line"]
    written = write(shipped, tmp_path, format)
    if format == "plain":
        assert [read(path)[0] for path in written] == shipped
    else:
        main = next(path for path in written if path.name in {"submission.yaml", "result_metadata.toml"})
        assert list(read(main)) == shipped


@pytest.mark.parametrize("format", sorted(name for name, known in FORMATS.items() if known.write))
def test_what_was_written_is_recognised_without_being_told(format: str, tmp_path: Path) -> None:
    curve = make(notes=HOSTILE)
    first, *rest = write(curve, tmp_path, format)
    back = read(rest[-1] if format == "dd_limit_plot" else first)[0]
    assert back == curve


@pytest.mark.parametrize("format", ["dmtools", "darkmatterlive", "axionlimits"])
def test_a_median_does_not_become_a_limit_where_columns_have_no_names(format: str, tmp_path: Path) -> None:
    masses, values = mass_column([5, 10]), limit_column([1e-45, 2e-45], "sigma_SI")
    curve = make(columns=(masses, Column("median_cm2", "cm2", values.values)), kind="projection")
    assert read(write(curve, tmp_path, format)[0])[0] == curve


def test_a_submission_is_read_by_its_folder(tmp_path: Path) -> None:
    write(make(), tmp_path, "hepdata")
    assert read(tmp_path)[0] == make()


def test_one_curve_in_one_file_can_have_the_name_of_choice(tmp_path: Path) -> None:
    assert write(make(), tmp_path / "mine.xml", "dmtools") == [tmp_path / "mine.xml"]
    assert read(tmp_path / "mine.xml")[0] == make()


def test_several_files_need_a_folder(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="give a folder that exists"):
        write(make(), tmp_path / "mine.yaml", "hepdata")


@pytest.mark.parametrize("format", ["dmbounds", "darkplotter"])
def test_formats_that_are_only_read_say_which_are_written(format: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidCurve, match="can only be read; written are hepdata"):
        write(make(), tmp_path, format)


def test_no_curve_writes_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidCurve, match="no curve to write"):
        write([], tmp_path, "hepdata")


@pytest.mark.parametrize("format", ["dd_limit_plot", "dmtools", "axionlimits"])
def test_a_format_refuses_the_quantity_it_has_no_place_for(format: str, tmp_path: Path) -> None:
    gamma = make(quantity="sigmav", columns=(mass_column([5, 10]), limit_column([1e-25, 1e-26], "sigmav")))
    with pytest.raises(InvalidCurve, match=r"holds .*sigma_SI"):
        write(gamma, tmp_path, format)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../escape", "a/b", "", "CAPITAL", "x" * 100])
def test_an_id_that_is_no_plain_name_reaches_no_disk(name: str, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(InvalidCurve, match="fails the check 'schema'"):
        write(make(id=name), inside, "plain")
    assert [path.name for path in tmp_path.rglob("*")] == ["inside"]


def test_numbers_that_no_reader_would_take_are_not_written(tmp_path: Path) -> None:
    broken = make(columns=(mass_column([5, 10]), limit_column([1e-45, float("nan")], "sigma_SI")))
    with pytest.raises(InvalidCurve, match="si_toy_2020 row 2, column limit_cm2: nan"):
        write(broken, tmp_path, "plain")


def test_unknown_formats_and_answers_name_their_neighbours() -> None:
    with pytest.raises(InvalidCurve, match="unknown format 'hepdat'; near it: hepdata"):
        read(SAMPLES / "hepdata.json", "hepdat")
    with pytest.raises(InvalidCurve, match="unknown answer 'quantitiy'; near it: quantity"):
        read(SAMPLES / "hepdata.json", quantitiy="g_q")


def test_an_answer_goes_before_the_file_and_the_difference_is_noted() -> None:
    curve = read(SAMPLES / "dmtools.xml", year=2021, cl=0.95, reference="https://doi.org/10.1000/other")[0]
    assert (curve.year, curve.cl, curve.reference.doi) == (2021, 0.95, "10.1000/other")
    assert "year 2021 is the user's, the file says 2020" in curve.provenance.treatment
    assert "cl 0.95 is the user's, the file says 0.9" in curve.provenance.treatment


def test_an_id_for_several_curves_is_refused() -> None:
    with pytest.raises(InvalidCurve, match="holds 2 curves; id= can name only one"):
        read(SAMPLES / "submission", id="mine")
