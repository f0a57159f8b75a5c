"""The pictures of docs/lab.md: each main view of JupyterLab with the extension, in light and in dark."""

import argparse
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.lab import Lab, on_lake
from tests.browser.panel import PATIENT, Panel
from vre_dm import sandbox

DATASET = "fermi:dsph.jfactors"
CURVES = ["si_lz_2024", "si_xenonnt_2025", "si_pandax4t_2024", "si_cresst3_2019"]


def browse(panel: Panel) -> None:
    """The tree beside the details of a dataset."""
    panel.expand("fermi", "dsph.2017")
    panel.row("dsph.jfactors").first.dblclick()
    expect(panel.section("Details")).to_contain_text(DATASET)


def search(panel: Panel) -> None:
    """Hits of a search for metadata."""
    panel.section("Search")
    panel.search("year>=2016")
    panel.hits.get_by_role("option").first.wait_for()


def fetch(panel: Panel) -> None:
    """A fetch that is over, and its cell in a notebook."""
    panel.command("vre-dm:fetch", did=DATASET)
    job = panel.job(DATASET)
    expect(job).to_contain_text("Finished")
    job.get_by_role("button", name="Add to notebook").click()
    panel.cell("dsph_jfactors").wait_for()


def limits(panel: Panel) -> None:
    """Curves over each other in the main area."""
    panel.command("vre-dm:open-limits", curves=CURVES)
    panel.page.get_by_role("button", name="Save PNG").wait_for()


VIEWS = (browse, search, fetch, limits)


def pictures(lab: Lab, page: Page, folder: Path) -> None:
    """One picture a view and theme."""
    page.set_default_timeout(PATIENT)
    for theme in ("light", "dark"):
        for view in VIEWS:
            panel = Panel(lab.open(page)).open()
            panel.command("apputils:change-theme", theme=f"JupyterLab {theme.title()}")
            view(panel)
            page.wait_for_timeout(1500)  # what moves has come to rest
            page.screenshot(path=folder / f"lab-{view.__name__}-{theme}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go, docs/pictures")
    folder = parser.parse_args().folder
    expect.set_options(timeout=PATIENT)
    with TemporaryDirectory() as own, sync_playwright() as playwright:
        lab = on_lake(sandbox.up(), Path(own)).start()
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            pictures(lab, chromium.new_page(viewport={"width": 1280, "height": 850}), folder)
        finally:
            chromium.close()
            lab.stop()


if __name__ == "__main__":
    main()
