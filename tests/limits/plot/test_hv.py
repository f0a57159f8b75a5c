"""HoloViews objects on request: the same vertices, imported only then, a clear word when missing."""

import subprocess
import sys

import pytest

from tests.limits.conftest import make
from vre_dm.errors import MissingExtra
from vre_dm.limits.catalogue import curves
from vre_dm.limits.overlay import overlay
from vre_dm.limits.plot import hv


def test_nothing_of_it_is_imported_before() -> None:
    asked = "print([name for name in ('holoviews', 'hvplot', 'panel') if name in sys.modules])"
    code = f"import sys, vre_dm\nvre_dm.overlay(vre_dm.curves('si_lz_2024')).bokeh()\n{asked}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("call", [lambda: hv.overlay(overlay(make()).model), lambda: make().hvplot()])
def test_what_is_missing_is_named_with_the_command(call: object, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("holoviews", "hvplot", "hvplot.pandas"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match=r"pip install 'vre-dm\[hvplot\]'"):
        call()  # type: ignore[operator]


@pytest.mark.filterwarnings("default")
def test_holoviews_draws_the_vertices_of_the_model() -> None:
    library = pytest.importorskip("holoviews")
    shown = overlay(curves("si_lz_2024", "si_dama_iodine_2008"), bands=["si_lz_2024"])
    drawn = shown.holoviews()
    paths = drawn.Contours.I.split(datatype="dictionary")
    for line, path in zip(shown.model["curves"], paths, strict=True):
        assert (list(path["x"]), list(path["y"]), path["label"]) == (line["x"], line["y"], line["label"])
    assert len(drawn.Polygons.I.split()) == 3
    plot = library.render(drawn, backend="bokeh")
    assert (plot.x_range.start, plot.x_range.end) == tuple(shown.model["x"]["range"])


@pytest.mark.filterwarnings("default")
def test_a_curve_is_drawn_through_hvplot() -> None:
    pytest.importorskip("hvplot")
    (curve,) = curves("si_lz_2024")
    drawn = curve.hvplot(color="black")
    assert drawn.dimension_values("m_GeV").tolist() == curve.x.tolist()
    assert drawn.label == "LZ 2024"
