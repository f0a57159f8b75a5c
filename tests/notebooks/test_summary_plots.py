"""The summary plots: built in a clean kernel without a network, complete, and with numbers that hold."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from vre_dm.limits.catalogue import curves, load
from vre_dm.limits.convert import higgs_portal, mediators, relic_contour
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.overlay import MIME
from vre_dm.limits.plot.model import Model
from vre_dm.resources import shipped

NOTEBOOK = shipped("notebooks") / "10_summary_plots.ipynb"
# A kernel talks to its client through this machine's own sockets; everything else fails at once.
NO_NETWORK = """
import socket
def refuse(*address, **more):
    raise OSError(f"the notebook asked the network for {address}")
socket.getaddrinfo = socket.create_connection = socket.gethostbyname = refuse
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("summary")


@pytest.fixture(scope="module")
def executed(folder: Path) -> NotebookNode:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(NO_NETWORK))
    client = NotebookClient(
        notebook,
        timeout=240,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=40"],
    )
    client.execute()
    return notebook


def tagged(notebook: NotebookNode, tag: str) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", ())]


def plots(notebook: NotebookNode) -> dict[str, Model]:
    return {cell.id: output.data[MIME] for cell in tagged(notebook, "plot") for output in cell.outputs}


def printed(notebook: NotebookNode, name: str) -> str:
    (cell,) = (cell for cell in notebook.cells if cell.id == name)
    return "".join(output.get("text", "") for output in cell.outputs)


def prose() -> list[str]:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


def said(plot: Model) -> str:
    return "; ".join(plot["notes"])


def test_every_plot_is_drawn_and_followed_by_the_table_of_its_curves(executed: NotebookNode) -> None:
    cells = executed.cells
    for place, cell in enumerate(cells):
        if "plot" in cell.metadata.get("tags", ()):
            (output,) = cell.outputs
            (table,) = cells[place + 1].outputs
            shown = [line["id"] for line in output.data[MIME]["curves"]]
            assert "image/svg+xml" in output.data
            assert table.data["text/html"].count("<tr>") == len(shown) + 1
            assert all(name in table.data["text/html"] for name in shown)
    assert len(plots(executed)) == 15


def test_nothing_is_written_but_the_files_it_speaks_of(executed: NotebookNode, folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {
        f"higgs_portal.{form}" for form in ("pdf", "html", "png")
    }
    assert (folder / "higgs_portal.pdf").read_bytes().startswith(b"%PDF")
    streams = [output for cell in executed.cells for output in cell.get("outputs", ()) if "name" in output]
    assert {stream.name for stream in streams} == {"stdout"}


def test_the_benchmarks_of_the_european_strategy_and_the_overviews_are_there(executed: NotebookNode) -> None:
    quantities = {name: plot["y"]["label"] for name, plot in plots(executed).items()}
    assert [quantities[name] for name in ("si", "higgs-majorana", "higgs-scalar", "scalar-si")] == [
        "σ SI (nucleon)"
    ] * 4
    assert [quantities[name] for name in ("sv", "pseudo")] == ["⟨σv⟩"] * 2
    assert [quantities[name] for name in ("plane", "pseudo-plane")] == ["dark-matter mass"] * 2
    others = {quantities[name] for name in ("sdp", "sdn", "electron", "alp", "photon")}
    assert len(others) == 5


@pytest.mark.parametrize("name", ["higgs-majorana", "higgs-scalar"])
def test_both_confidence_levels_are_said_on_the_higgs_portal(executed: NotebookNode, name: str) -> None:
    plot = plots(executed)[name]
    assert "90 % and 95 % confidence levels are mixed" in plot["notes"]
    assert "colliders 95 % CL, direct detection 90 % CL" in plot["title"]


def test_projections_have_no_area_and_the_fog_has_its_own(executed: NotebookNode) -> None:
    for plot in plots(executed).values():
        for line in plot["curves"]:
            if line["kind"] == "projection":
                assert line["fill"] == "none", line["id"]
            if line["id"].startswith("si_nufog"):
                assert line["fill"] == "below"


def test_form_factors_and_channels_that_are_mixed_are_said(executed: NotebookNode) -> None:
    found = plots(executed)
    assert "form factors" in said(found["electron"])
    assert "channels" in said(found["sv"])
    assert "channels bb and tt are mixed" in said(found["pseudo"])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("si", {"rho0_ratio"}),
        ("rho", {"rho0"}),
        ("higgs-majorana", {"BR", "f_N", "rho0_ratio"}),
        ("scalar-si", {"g_q", "g_DM", "rho0_ratio"}),
    ],
)
def test_the_sliders_that_the_text_promises_are_there(
    executed: NotebookNode, name: str, parameters: set[str]
) -> None:
    assert {slider["parameter"] for slider in plots(executed)[name]["sliders"]} == parameters


@pytest.mark.parametrize(
    ("label", "mass"),
    [
        ("ATLAS 2023 H→inv, Majorana", 9.0),
        ("FCC-ee 2026 H→inv, Majorana (projection)", 32.3),
        ("ATLAS 2023 H→inv, scalar", 3.7),
        ("FCC-ee 2026 H→inv, scalar (projection)", 8.6),
    ],
)
def test_colliders_and_direct_detection_meet_where_the_notebook_says(
    executed: NotebookNode, label: str, mass: float
) -> None:
    (found,) = re.findall(rf"{re.escape(label)} .*leads below +([\d.]+) GeV", printed(executed, "cross"))
    assert float(found) == mass
    # Beside the crossing, each side is the stronger one; computed from the formula, not from the curve.
    ratio = 0.107 if "ATLAS" in label else 0.0015
    particle = label.removesuffix(" (projection)").split(", ")[1]
    direct = curves("si_xenonnt_2026_s2only", "si_lz_2025_lowmass", "si_lz_2024").envelope()
    beside = np.array([mass - 0.1, mass + 0.1])
    width = higgs_portal.invisible_width(ratio)
    sigma = higgs_portal.cross_section_per_width(beside, particle) * width  # type: ignore[arg-type]
    assert (sigma < direct.at(beside)).tolist() == [True, False]


def test_lz_excludes_the_scalar_relics_that_the_text_names() -> None:
    assert any("mediators from 26 GeV to 1.6 TeV" in text for text in prose())
    portal = SimplifiedModel(mediator="scalar", g_q=1, g_dm=1)
    relic = relic_contour.contour(portal, [24, 27, 1550, 1700], id="relic")
    covered = np.clip(relic.y, *curves("si_lz_2024")[0].range)
    excluded = mediators.cross_section(portal, relic.x, relic.y) > curves("si_lz_2024")[0].at(covered)
    assert (excluded & (covered == relic.y)).tolist() == [False, True, True, False]


def test_the_text_says_that_a_pseudoscalar_does_not_scatter_and_that_fermi_may_not_ship() -> None:
    (text,) = (text for text in prose() if "Pseudoscalar portal" in text)
    assert "there is **no** σ_SI" in text
    assert not [curve.id for curve in load() if "fermi" in curve.experiment.casefold()]
    assert (
        sum("Fermi-LAT" in line and "CC-BY-NC-SA" in line for text in prose() for line in text.split("\n"))
        >= 2
    )


def test_every_section_with_published_curves_lists_what_is_missing_and_why() -> None:
    tables = [text for text in prose() if "| wanted | here | why |" in text]
    assert len(tables) == 8
    rows = [line for text in tables for line in text.split("\n") if line.startswith("| ")]
    assert all(row.count("|") == 4 for row in rows)


def test_every_curve_that_the_text_names_is_in_the_catalogue() -> None:
    named = {name for text in prose() for name in re.findall(r"`(s[div]\w?_\w+)`", text)}
    assert named
    assert named <= set(load().ids)


def test_citations_and_the_script_cover_what_is_drawn(executed: NotebookNode) -> None:
    plot = plots(executed)["higgs-majorana"]
    cited = printed(executed, "cite")
    references = {line["text"]["reference"].split(" ")[0].removeprefix("arXiv:") for line in plot["curves"]}
    assert all(re.sub(r"v\d+$", "", reference) in cited for reference in references)
    drawn = plots(executed)["electron"]["curves"]
    assert all(line["id"] in printed(executed, "script") for line in drawn)


def test_the_executed_notebook_stays_small(executed: NotebookNode) -> None:
    # Two megabytes are allowed for five plots of twenty curves.
    assert len(nbformat.writes(executed).encode()) < 4_000_000


def test_the_shipped_notebook_is_without_outputs_and_its_cells_are_short() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in codes)
    assert max(cell.source.count("\n") + 1 for cell in codes) <= 30
