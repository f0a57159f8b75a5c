"""The saved page: everything inside, nothing fetched, nothing run that was not written by us, small."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import HOSTILE, make
from vre_dm.limits.catalogue import load
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.metadata import Assumptions
from vre_dm.limits.overlay import Overlay, overlay
from vre_dm.limits.plot.payload import payload


class Reader(HTMLParser):
    """What a browser finds: elements, scripts, and the policy."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scripts: list[str] = []
        self.data = ""
        self.policy = ""
        self._open: dict[str, str | None] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        if tag == "script":
            self._open = found
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"] or ""

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._open.get("type") == "application/json":
            self.data += data
        elif self._open is not None:
            self.scripts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._open = None


def many(count: int) -> Overlay:
    masses = np.geomspace(1, 1e4, 200)
    rng = np.random.default_rng(3)
    return overlay(
        make(
            id=f"c{i}",
            experiment=f"experiment {i}",
            columns=(mass_column(masses), limit_column(1e-46 * masses ** rng.uniform(0.2, 1.2), "sigma_SI")),
        )
        for i in range(count)
    )


def test_the_page_carries_the_model() -> None:
    shown = overlay(make(label="a < b"))
    assert json.loads(Reader(shown.html()).data) == shown.model


@given(st.floats(1e-50, 1e-35), st.floats(1e-3, 1e5))
def test_numbers_travel_with_ten_digits(limit: float, mass: float) -> None:
    curve = make(columns=(mass_column([mass, mass * 2]), limit_column([limit, limit], "sigma_SI")))
    model = overlay(curve).model
    (sent,) = payload(model)["curves"]
    assert (sent["x"], sent["y"]) != ([], [])
    assert sent["x"] == pytest.approx(curve.x.tolist(), rel=1e-9)
    assert sent["y"] == pytest.approx(curve.y.tolist(), rel=1e-9)
    assert max(len(repr(number)) for number in sent["y"]) <= 16
    assert {**sent, "x": [], "y": []} == {**model["curves"][0], "x": [], "y": []}


def test_bands_travel_too_and_the_model_stays_as_it_was() -> None:
    model = overlay(load()["si_lz_2024"], bands=["si_lz_2024"]).model
    before = json.dumps(model)
    assert payload(model)["curves"][0]["band"] == model["curves"][0]["band"]
    assert json.dumps(model) == before


def test_only_the_scripts_of_the_page_itself_may_run() -> None:
    found = Reader(overlay(make(label=HOSTILE), title=HOSTILE).html())
    assert "'none'" in found.policy
    assert "unsafe-eval" not in found.policy
    directives = dict(part.strip().split(" ", 1) for part in found.policy.split(";"))
    sums = [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in found.scripts
    ]
    assert directives["script-src"].split() == sums
    assert directives["default-src"] == "'none'"
    assert not any("http" in value or "*" in value for value in directives.values())


def test_hostile_text_adds_no_element_and_no_attribute() -> None:
    quiet, loud = (
        Reader(
            overlay(
                make(label=text, experiment=text, assumptions=Assumptions({"halo": text})), title=text
            ).html()
        )
        for text in ("quiet", HOSTILE)
    )
    assert loud.tags == quiet.tags


def test_where_no_script_runs_there_is_a_picture_and_a_table() -> None:
    page = overlay(make()).html()
    (still,) = re.findall(r"<noscript>(.*?)</noscript>", page, flags=re.DOTALL)
    (data,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', still)
    assert base64.b64decode(data).startswith(b"<?xml")
    assert "TOY 2020" in still
    assert 'alt="Limit plot of TOY 2020"' in still


def test_a_hundred_curves_stay_below_two_and_a_half_megabytes() -> None:
    assert len(many(100).html().encode()) < 2_500_000


def test_a_notebook_with_five_overlays_of_twenty_curves_stays_below_two_megabytes() -> None:
    import nbformat

    notebook = nbformat.v4.new_notebook()
    for _ in range(5):
        output = nbformat.v4.new_output("display_data", data=many(20)._repr_mimebundle_())
        notebook.cells.append(nbformat.v4.new_code_cell("plot", outputs=[output]))
    nbformat.validate(notebook)
    assert len(nbformat.writes(notebook).encode()) < 2_000_000
