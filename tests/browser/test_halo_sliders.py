"""`dm.HaloSliders` in JupyterLab and Notebook 7: keys move the halo, the plot goes on in place."""

from collections.abc import Callable

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab

LabPage = Callable[..., Page]
RUN_ALL = "() => jupyterapp.commands.execute('notebook:run-all-cells').then(() => null)"
CELL = """
import vre_dm as dm
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.derived import derived, theory
from vre_dm.physics.direct_detection import recoil_spectrum

def limit(halo):
    if halo.v0_km_s < 236:
        raise ValueError("too slow")
    rate = recoil_spectrum([30, 100], [10.0], halo=halo)[:, 0]
    columns = (mass_column([30, 100]), limit_column(1e-45 / rate, "sigma_SI"))
    about = halo.assumptions()
    said = {"id": "ours", "formula": "toy", "quantity": "sigma_SI", "inputs": {}, "assumptions": about}
    return derived(theory("ours"), columns=columns, **said)

dm.HaloSliders(limit, dm.curves("si_lz_2024", "si_xenonnt_2025"))
"""


@pytest.fixture
def opened(lab: Lab, lab_page: LabPage) -> Callable[[str], Page]:
    """Open a notebook with the sliders at an address, run it, and wait for the plot."""

    def make(address: str) -> Page:
        name = f"halo{'lab' in address}.ipynb"
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        cell = nbformat.v4.new_code_cell(CELL)
        nbformat.write(
            nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel}), lab.root / name
        )
        page = lab_page(address.format(name))
        page.locator(".jp-CodeCell").first.wait_for()
        page.wait_for_function("() => jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel")
        page.evaluate(RUN_ALL)
        page.get_by_role("button", name="Save PNG").wait_for()
        return page

    return make


@pytest.mark.parametrize("address", ["/lab/tree/{}?reset", "/notebooks/{}"], ids=["JupyterLab", "Notebook 7"])
def test_keys_move_the_halo_and_the_plot_goes_on_in_place(
    opened: Callable[[str], Page], address: str
) -> None:
    page = opened(address)
    plot, halo = page.locator(".vre-limits"), page.get_by_role("group", name="Halo")
    speed = halo.get_by_role("slider", name="v₀")
    record = plot.locator(".vre-record")
    expect(record).to_contain_text("v0 km s: 238")
    plot.get_by_label("Show LZ 2024").uncheck()
    page.evaluate("() => { document.querySelector('.vre-canvas').dataset.same = 'yes' }")

    speed.press("ArrowLeft")
    expect(record).to_contain_text("v0 km s: 237")
    expect(plot.locator("[data-same=yes]")).to_have_count(1)
    expect(plot.get_by_label("Show LZ 2024")).not_to_be_checked()

    for _ in range(2):
        speed.press("ArrowLeft")
    expect(halo.get_by_role("status")).to_have_text("no limit with this halo: ValueError: too slow")
    expect(plot.get_by_role("row", name="ours")).to_have_count(0)
    halo.get_by_role("button", name="As at the start").click()
    expect(record).to_contain_text("v0 km s: 238")
    expect(halo.get_by_role("status")).to_be_empty()
    assert page.locator(".jp-CodeCell").count() == 1
