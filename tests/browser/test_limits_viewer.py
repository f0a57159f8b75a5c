"""Limits in JupyterLab's main area: curves ticked from the catalogue, from files, and what comes of them."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, ready
from tests.limits.conftest import HOSTILE, make
from vre_dm.limits.scaffold import write_pairs

LabPage = Callable[..., Page]
OPEN = "([command, args]) => jupyterapp.commands.execute(command, args).then(() => null)"


def run(page: Page, command: str, **arguments: object) -> None:
    page.evaluate(OPEN, [command, arguments])


def viewer(page: Page) -> Locator:
    run(page, "vre-dm:open-limits")
    expect(page.get_by_role("row").first).to_be_visible()
    return page.locator(".vre-limits-viewer")


def tick(view: Locator, label: str) -> None:
    view.get_by_role("searchbox", name="Words in a curve").fill(label)
    view.get_by_role("checkbox", name=f"Show {label}, σ SI (nucleon)", exact=True).check()


@pytest.fixture
def page(shared_page: Page) -> Page:
    """JupyterLab, one for all these stories."""
    return shared_page


@pytest.fixture
def own(lab: Lab, request: pytest.FixtureRequest) -> Path:
    """A folder of the user with curves."""
    folder = lab.root / request.node.name.partition("[")[0]
    folder.mkdir()
    write_pairs([make()], folder)
    return folder


def test_ticked_curves_are_laid_over_each_other_and_go_on_in_a_notebook(lab: Lab, page: Page) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": kernel}), lab.root / "overlay.ipynb")
    run(page, "docmanager:open", path="overlay.ipynb")
    page.locator(".jp-CodeCell").first.wait_for()
    view = viewer(page)
    tick(view, "LZ 2024")
    tick(view, "XENONnT 2025")
    expect(view.get_by_role("img", name="2 curves")).to_be_visible()
    view.get_by_role("button", name="Open as notebook cell").click()
    cell = page.locator(".jp-Notebook .jp-Cell", has_text="dm.overlay")
    expect(cell).to_contain_text("si_xenonnt_2025")


def test_a_curve_of_another_quantity_is_not_ticked_and_the_plot_stays(page: Page) -> None:
    view = viewer(page)
    run(page, "vre-dm:open-limits", curves=["si_lz_2024", "sdp_lz_2024"])
    expect(view.get_by_role("img", name="σ SI (nucleon) against")).to_be_visible()
    said = "LZ 2024 is not added: it shows σ SD (proton), and the plot shows σ SI (nucleon)."
    expect(view.get_by_role("alert")).to_have_text(said)
    view.get_by_role("searchbox", name="Words in a curve").fill("LZ 2024")
    other = view.get_by_role("checkbox", name="Show LZ 2024, σ SD (proton)", exact=True)
    expect(other).not_to_be_checked()
    view.get_by_role("button", name="Show LZ 2024 alone").click()
    expect(view.get_by_role("img", name="σ SD (proton) against")).to_be_visible()
    expect(other).to_be_checked()
    expect(view.get_by_role("alert")).to_be_empty()


def test_the_list_is_narrowed_by_every_property(page: Page) -> None:
    view = viewer(page)
    view.get_by_role("combobox", name="Technique").select_option("collider")
    view.get_by_role("combobox", name="Experiment").select_option("ATLAS")
    view.get_by_role("spinbutton", name="From year").fill("2019")
    expect(view.get_by_text("of 145 curves")).not_to_contain_text("145 of 145")
    rows = view.get_by_role("row")
    expect(rows.first).to_be_visible()
    for text in rows.all_inner_texts():
        assert "ATLAS" in text
    view.get_by_role("button", name="Show all").click()
    expect(view.get_by_text("145 of 145 curves")).to_be_visible()


def test_the_keyboard_ticks_the_curve_that_has_the_focus(page: Page) -> None:
    view = viewer(page)
    view.get_by_role("row").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(view.get_by_role("row").nth(1).get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("Enter")
    expect(view.get_by_role("row").nth(1).get_by_role("checkbox")).not_to_be_checked()


def test_what_was_ticked_is_ticked_after_a_reload(lab_page: LabPage) -> None:
    page = lab_page("/lab/workspaces/limits")
    run(page, "vre-dm:open-limits", curves=["si_lz_2024"])
    expect(page.get_by_role("img", name="1 curves")).to_be_visible()
    # The tick before may be on its way to the workspace only now.
    with page.expect_response(
        lambda said: "/api/workspaces/" in said.url and "si_xenonnt_2025" in (said.request.post_data or "")
    ) as saved:
        run(page, "vre-dm:open-limits", curves=["si_xenonnt_2025"])
    assert saved.value.ok
    page.reload()
    ready(page)
    expect(page.get_by_role("img", name="2 curves")).to_be_visible()


def test_a_double_click_on_a_sidecar_opens_its_plot(own: Path, page: Page) -> None:
    run(page, "filebrowser:open-path", path=own.name)
    page.get_by_role("listitem", name="si_toy_2020.json").dblclick()
    view = page.locator(".vre-curve-view")
    expect(view.get_by_role("img", name="1 curves")).to_be_visible()
    expect(view).to_contain_text("facts are known")
    view.get_by_role("button", name="Compare with published curves").click()
    expect(page.locator(".vre-limits-viewer").get_by_role("img", name="1 curves")).to_be_visible()


def test_a_file_that_is_only_named_like_a_curve_says_so_and_opens_as_text(own: Path, page: Page) -> None:
    (own / "e_run_2018.json").write_text('{"beam": 1}')
    run(page, "docmanager:open", path=f"{own.name}/e_run_2018.json")
    view = page.locator(".vre-curve-view")
    expect(view.get_by_role("alert")).to_contain_text("this is no sidecar of a limit curve")
    view.get_by_role("button", name="Open as text").click()
    expect(page.locator(".jp-FileEditor")).to_contain_text('"beam"')


def test_a_broken_file_says_what_is_wrong_in_place_of_a_plot(own: Path, page: Page) -> None:
    numbers = own / "si_toy_2020.csv"
    numbers.write_text(numbers.read_text().replace("e-", "e+", 1))
    run(page, "docmanager:open", path=f"{own.name}/si_toy_2020.csv", factory="Limit curve")
    view = page.locator(".vre-curve-view")
    expect(view.get_by_role("alert")).to_contain_text("check 'checksum'")
    expect(view.get_by_role("button", name="Copy citations")).to_be_disabled()


def test_hostile_metadata_of_a_file_are_text(own: Path, page: Page) -> None:
    write_pairs([make(id="hostile", label=HOSTILE, notes=HOSTILE)], own)
    run(page, "vre-dm:open-limits", paths=[f"{own.name}/hostile.json"])
    expect(page.get_by_role("img", name="1 curves")).to_be_visible()
    assert page.locator("img[src='x'], script[src*='evil'], iframe").count() == 0
