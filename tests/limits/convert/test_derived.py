"""A derived curve says what went in and whose numbers they were."""

import json

import numpy as np
import pytest

from tests.limits.conftest import HOSTILE, make
from vre_dm.errors import InvalidCurve
from vre_dm.limits.checks import check_record
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.derived import Origin, derived
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import Assumptions, Headline, Provenance, Reference, Scaling, Validity
from vre_dm.limits.sidecar import from_record, to_record

COLUMNS = (mass_column([1, 2]), limit_column([1e-40, 1e-41], "sigma_SI"))


def half(source: Curve | Origin, **changes: object) -> Curve:
    fields = {"id": "half", "formula": "half/1", "quantity": "sigma_SI", "columns": COLUMNS}
    return derived(source, **(fields | {"inputs": {"factor": 0.5}} | changes))  # type: ignore[arg-type]


def test_experiment_year_kind_cl_reference_and_licence_come_from_the_source() -> None:
    source = make(
        kind="expected", statistic="CLs", reference=Reference(arxiv="1234.56789"), label="TOY, late"
    )
    result = half(source)
    for name in ("experiment", "year", "kind", "cl", "statistic", "reference", "licence", "label"):
        assert getattr(result, name) == getattr(source, name)


def test_a_number_the_source_states_is_not_one_the_result_passes_through() -> None:
    source = make(
        headline=Headline(10, 1e-45, 0.1, "abstract"),
        validity=Validity(5, 10, "threshold"),
        scalings=(Scaling("rho0", 0.3, -1),),
        supersedes="older",
    )
    result = half(source)
    assert (result.headline, result.validity, result.scalings, result.supersedes) == (None, None, (), "")


def test_assumptions_are_added_to_those_of_the_source_and_win_over_them() -> None:
    source = make(assumptions=Assumptions({"halo": "SHM", "f_N": 0.326}))
    result = half(source, assumptions={"f_N": 0.308})
    assert dict(result.assumptions) == {"halo": "SHM", "f_N": 0.308}


def test_the_source_is_named_with_its_checksum_and_every_input_with_its_value() -> None:
    source = make()
    provenance = half(source).provenance
    assert (provenance.type, provenance.formula) == ("derived", "half/1")
    assert provenance.source == "curve si_toy_2020"
    assert provenance.inputs == ("factor = 0.5", "curve si_toy_2020", f"sha256:{source.sha256}")


def test_what_was_derived_twice_tells_of_both() -> None:
    first = half(make())
    second = half(first, id="quarter", formula="half/2").provenance
    assert second.source == "curve half"
    assert "itself derived: half/1" in second.inputs
    assert "curve si_toy_2020" in second.inputs


def test_what_was_read_off_a_figure_stays_so() -> None:
    read = make(provenance=Provenance(type="digitised", tool="WebPlotDigitizer", error_dex=0.03))
    result = half(read).provenance
    assert (result.type, result.tool, result.error_dex) == ("derived", "WebPlotDigitizer", 0.03)


def test_a_stated_number_is_traced_to_its_publication() -> None:
    origin = Origin(experiment="TOY", cl=0.9, reference=Reference(arxiv="1234.56789", arxiv_version="v2"))
    result = half(origin)
    assert result.provenance.source == "arXiv:1234.56789v2"
    assert half(Origin(experiment="TOY")).provenance.source == "unknown"


@pytest.mark.parametrize(
    ("files", "recorded"),
    [(("a:b adler32:01", "c"), ("file 1 = a:b adler32:01", "file 2 = c")), ("a:b", ("file 1 = a:b",))],
)
def test_files_stand_behind_the_numbers_in_their_order(files: object, recorded: tuple[str, ...]) -> None:
    result = half(Origin(experiment="TOY"), files=files)
    assert result.provenance.inputs == ("factor = 0.5", *recorded)


@pytest.mark.parametrize("bad", [0.0, -1e-45, np.inf, np.nan])
def test_a_result_that_is_no_positive_number_becomes_no_curve(bad: float) -> None:
    columns = (mass_column([1, 2]), limit_column([1e-40, bad], "sigma_SI"))
    with pytest.raises(InvalidCurve, match=r"^curve half: column limit_cm2, row 2 comes out as"):
        half(make(), columns=columns)


def test_it_fits_the_sidecar_and_comes_back_from_it() -> None:
    source = make(assumptions=Assumptions({"halo": HOSTILE[:100]}))
    result = half(source, assumptions={"f_N": 0.308}, scalings=(Scaling("f_N", 0.308, 2),))
    record = json.loads(json.dumps(to_record(result)))
    check_record(record, "half.json")
    assert from_record(record, result.csv, "half.csv") == result
