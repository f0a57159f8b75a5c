"""HEPData both ways: bands from errors, grids, contours, units that lie, and the rules of its validator."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings

from tests.limits.conftest import HOSTILE, make
from tests.limits.interchange.conftest import SAMPLES, curves
from vre_dm.errors import InvalidCurve
from vre_dm.limits.column import Column, mass_column
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import hepdata_yaml, read, write, yaml_text

Put = Callable[[str, str], Path]

CELL = {"type": "object", "required": ["value"], "properties": {"value": {"type": ["string", "number"]}}}
HEADER = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {"name": {"type": "string"}, "units": {"type": "string"}},
}
QUALIFIER = {
    "type": "object",
    "required": ["name", "value"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "value": {"type": ["string", "number"]},
        "units": {"type": "string"},
    },
}
VARIABLE: dict[str, Any] = {
    "type": "object",
    "required": ["header", "values"],
    "additionalProperties": False,
    "properties": {"header": HEADER, "values": {"type": "array", "items": CELL}},
}
DEPENDENT = {**VARIABLE, "properties": {**VARIABLE["properties"], "qualifiers": {"items": QUALIFIER}}}
TABLE = {
    "type": "object",
    "required": ["independent_variables", "dependent_variables"],
    "additionalProperties": False,
    "properties": {"independent_variables": {"items": VARIABLE}, "dependent_variables": {"items": DEPENDENT}},
}
KEYWORD = {
    "type": "object",
    "required": ["name", "values"],
    "additionalProperties": False,
    "properties": {
        "name": {"enum": ["cmenergies", "observables", "reactions", "phrases"]},
        "values": {"items": {"type": ["string", "number"], "maxLength": 128}},
    },
}
SUBMISSION = {
    "type": "object",
    "required": ["name", "description", "keywords", "data_file"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "maxLength": 64},
        "location": {"type": "string", "maxLength": 256},
        "description": {"type": "string"},
        "keywords": {"type": "array", "items": KEYWORD},
        "data_file": {"type": "string"},
        "data_license": {
            "required": ["name", "url"],
            "additionalProperties": False,
            "properties": {"name": {"maxLength": 256}, "url": {"maxLength": 256}, "description": {}},
        },
    },
}
RANGE = re.compile(r"^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?\s*-\s*[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$")


def validate(files: dict[str, str]) -> None:
    """Rules of HEPData's submission schema 1.1.0, as far as a table of points can break them."""
    first, *tables = yaml_text.documents(files["submission.yaml"], "submission.yaml")
    assert set(first) <= {"comment", "record_ids", "additional_resources"}
    assert len({table["name"] for table in tables}) == len(tables)
    for head in tables:
        jsonschema.validate(head, SUBMISSION)
        (table,) = yaml_text.documents(files[head["data_file"]], head["data_file"])
        jsonschema.validate(table, TABLE)
        every = [*table["independent_variables"], *table["dependent_variables"]]
        assert len({len(variable["values"]) for variable in every}) == 1
        assert table["dependent_variables"]
        for cell in (cell for variable in every for cell in variable["values"]):
            assert not RANGE.match(str(cell["value"]))
            assert math.isfinite(cell["value"])
    assert {head["data_file"] for head in tables} == set(files) - {"submission.yaml"}


@settings(deadline=None, max_examples=40)
@given(curves())
def test_every_submission_passes_the_rules_of_the_validator(curve: Curve) -> None:
    validate(hepdata_yaml.write([curve]))


def test_two_tables_never_share_a_name_however_long_the_ids_are() -> None:
    validate(hepdata_yaml.write([make(id="a" * 70), make(id="a" * 71, licence="MIT")]))


def test_a_licence_without_a_known_address_is_left_to_the_qualifiers() -> None:
    (_, head) = yaml_text.documents(hepdata_yaml.write([make(licence="my own")])["submission.yaml"], "")
    assert "data_license" not in head


def test_errors_of_an_expected_limit_become_its_bands() -> None:
    curve = read(SAMPLES / "hepdata.json")[0]
    assert [column.stem for column in curve.columns] == [
        "m", "limit", "median",
        "sensitivity_m1sigma", "sensitivity_p1sigma", "sensitivity_m2sigma", "sensitivity_p2sigma",
    ]  # fmt: skip
    np.testing.assert_allclose(curve.column("sensitivity_p2sigma_1"), [0.16, 0.14])
    np.testing.assert_allclose(curve.column("sensitivity_m1sigma_1"), [0.09, 0.08])
    assert curve.x.tolist() == [600.0, 700.0]


def test_what_the_table_states_is_kept_and_the_rest_is_unknown() -> None:
    curve = read(SAMPLES / "hepdata.json")[0]
    assert (curve.quantity, curve.cl, curve.reference.figure) == ("g_q", 0.95, "Figure 13")
    assert curve.provenance.source == "10.17182/hepdata.1.v1/t5"
    assert dict(curve.assumptions) == {"SQRT_S": "13 TeV"}
    assert (curve.licence, curve.experiment, curve.reference.arxiv) == ("unknown",) * 3
    assert "1 rows with empty cells left out" in curve.provenance.treatment


def test_two_masses_make_a_grid_with_the_mediator_first() -> None:
    grid, contour = read(SAMPLES / "submission")
    assert (grid.geometry, grid.quantity, grid.licence) == ("grid", "signal_strength", "CC0-1.0")
    assert [column.name for column in grid.columns] == ["m_GeV", "m_DM_GeV", "limit_1"]
    np.testing.assert_allclose(grid.x, [100, 200, 200])
    assert dict(grid.assumptions) == {"SQRT_S": "13000 GEV"}
    assert (contour.geometry, contour.quantity, contour.licence) == ("contour", "mediator_plane", "unknown")
    assert contour.y.tolist() == [20.0, 100.0, 300.0]


def test_a_grid_keeps_both_its_masses_on_the_way_out_and_back(tmp_path: Path) -> None:
    grid = read(SAMPLES / "submission")[0]
    write(grid, tmp_path, "hepdata")
    assert read(tmp_path)[0] == grid


def fiducial(value: str) -> str:
    table = {
        "name": "t",
        "description": "Limits on the fiducial cross-section times branching ratio at 95% CL",
        "headers": [
            {"name": "Mass [GeV]", "colspan": 1},
            {"name": "Cross section upper limit [pb]", "colspan": 2},
        ],
        "qualifiers": {
            "RELATIVE WIDTH": [
                {"group": 0, "colspan": 1, "value": "0 %"},
                {"group": 1, "colspan": 1, "value": "3 %"},
            ],
            "CHANNEL": [{"group": 0, "colspan": 2, "value": "dilepton"}],
        },
        "x_count": 1,
        "values": [
            {"x": [{"value": "250"}], "y": [{"value": value}, {"value": value}]},
            {"x": [{"value": "251"}], "y": [{"value": "1e-3"}, {"value": "2e-3"}]},
        ],
    }
    return json.dumps(table)


def test_pb_that_are_fb_are_refused_with_the_row_and_accepted_when_the_user_says_so(put: Put) -> None:
    path = put("limits.json", fiducial("3.573"))
    with pytest.raises(
        InvalidCurve, match=r"limits.json row 1, column limit_fb: 3573 fb contradicts the unit"
    ):
        read(path)
    curve = read(path, y_unit="fb")[0]
    assert curve.y[0] == 3.573
    assert "unit fb of limit is the user's, the file says pb" in curve.provenance.treatment


def test_each_column_that_differs_in_a_qualifier_is_a_curve(put: Put) -> None:
    both = read(put("limits.json", fiducial("0.5")))
    assert [curve.assumptions["RELATIVE_WIDTH"] for curve in both] == ["0 %", "3 %"]
    assert {curve.channel for curve in both} == {"dilepton"}
    assert both.ids == ["limits_1", "limits_2"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"0.12"', '"nan"', r"row 1, column Observed .*'nan' is not a finite number"),
        ('"0.12"', '"-0.12"', r"row 1, column limit_1: -0.12 is not a positive finite number"),
        ('"0.12"', '"120"', r"row 1, column limit_1: 120 1 contradicts"),
        ('[{"value": "0.6"}]', "[]", r"row 1: 3 cells where the headers have 4"),
        ('"value": "0.7"', '"value": "0.6"', r"row 2, column m_GeV: mass 600 comes twice"),
        ('{"value": "0.6"}', '{"low": 0.5, "high": 0.7}', "row 1, column Resonance mass: NoneType is not a"),
        ('"x_count": 1', '"x_count": 4', "x_count is no number of masses among 4"),
        (
            '"plus": "0.02"}, "label": "1 s.d."',
            '"plus": "x"}, "label": "1 s.d."',
            "plus: 'x' is not a finite",
        ),
        ("[TEV]", "[furlong]", "unit 'furlong' is unknown; GeV is wanted"),
    ],
)
def test_a_spoiled_table_is_refused_by_place_and_reason(put: Put, old: str, new: str, message: str) -> None:
    text = (SAMPLES / "hepdata.json").read_text()
    assert old in text
    with pytest.raises(InvalidCurve, match=message):
        read(put("spoiled.json", text.replace(old, new, 1)), "hepdata")


def test_a_submission_cannot_name_a_file_elsewhere(put: Put) -> None:
    path = put("in/submission.yaml", "---\nname: x\ndata_file: ../secret.yaml\n")
    put("secret.yaml", (SAMPLES / "submission" / "contour.yaml").read_text())
    with pytest.raises(InvalidCurve, match="only plain names in the same folder"):
        read(path)


def test_markup_in_a_description_stays_text(put: Put) -> None:
    text = (SAMPLES / "hepdata.json").read_text().replace("Coupling limits", json.dumps(HOSTILE)[1:-1])
    curve = read(put("hostile.json", text))[0]
    assert curve.label == HOSTILE
    assert "<img" not in curve._repr_html_()


def test_the_quantity_is_asked_for_when_no_word_names_it(put: Put) -> None:
    text = (SAMPLES / "hepdata.json").read_text().replace("g_{q}", "k")
    path = put("open.json", text)
    with pytest.raises(InvalidCurve, match=r"leaves open: Which quantity .* kappa, g_ae, signal_strength"):
        read(path)
    assert read(path, quantity="g_l")[0].quantity == "g_l"


def test_bands_of_our_own_are_columns_of_their_own(tmp_path: Path) -> None:
    columns = [mass_column([5, 10])]
    columns += [Column(f"{stem}_cm2", "cm2", np.array([1e-45, 2e-45])) for stem in ("limit", "median")]
    write(make(columns=tuple(columns)), tmp_path, "hepdata")
    (table,) = yaml_text.documents((tmp_path / "si_toy_2020.yaml").read_text(), "")
    assert [variable["header"]["name"] for variable in table["dependent_variables"]] == ["limit", "median"]
