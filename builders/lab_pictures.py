"""The pictures of docs/lab.md: each main view of JupyterLab with the extension, in light and in dark."""

import argparse
import shutil
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.lab import Lab, on_lake
from tests.browser.panel import PATIENT, Panel
from vre_dm import sandbox

COLOURS = 256  # keeps a picture small
DATASET = "fermi:dsph.jfactors"
CURVES = ["si_lz_2024", "si_xenonnt_2025", "si_pandax4t_2024", "si_cresst3_2019"]
FILE = "my-limit.csv"
QUIET = "@jupyterlab/apputils-extension:notification"


def browse(panel: Panel) -> None:
    """The tree above the details of a dataset."""
    panel.close("Search")
    panel.expand("fermi", "dsph.2017")
    panel.row("dsph.jfactors").first.dblclick()
    expect(panel.section("Details")).to_contain_text("1611.03184")


def search(panel: Panel) -> None:
    """Hits of a search for metadata."""
    panel.close("Browse")
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


def rules(panel: Panel) -> None:
    """A rule, and what can be done with it."""
    panel.close("Search")
    panel.keep(DATASET, "DESY-DCACHE")
    expect(panel.rule(DATASET)).to_contain_text("OK")


def publish(panel: Panel) -> None:
    """A file that is described before it is published."""
    panel.command("vre-dm:publish", paths=[FILE])
    panel.page.get_by_role("dialog").get_by_label("Name of the dataset").wait_for()


def limits(panel: Panel) -> None:
    """Curves over each other in the main area."""
    panel.command("vre-dm:open-limits", curves=CURVES)
    panel.page.get_by_role("button", name="Save PNG").wait_for()


VIEWS = (browse, search, fetch, rules, publish, limits)


def pictures(lab: Lab, page: Page, folder: Path) -> None:
    """One picture a view and theme."""
    for view in VIEWS:
        panel = Panel(lab.open(page)).open()
        view(panel)
        for theme in ("dark", "light"):
            panel.command("apputils:change-theme", theme=f"JupyterLab {theme.title()}")
            page.wait_for_timeout(1500)  # what moves has come to rest
            file = folder / f"lab-{view.__name__}-{theme}.png"
            page.screenshot(path=file)
            Image.open(file).quantize(COLOURS).save(file, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go, docs/pictures")
    folder = parser.parse_args().folder
    root = sandbox.default_root().with_name("lake-of-the-pictures")  # nothing of the user's is in them
    expect.set_options(timeout=PATIENT)
    with TemporaryDirectory() as own, sync_playwright() as playwright, ExitStack() as ends:
        ends.callback(sandbox.reset, root)
        lab = on_lake(sandbox.up(root), Path(own)).start()
        ends.callback(lab.stop)
        lab.setting(QUIET, fetchNews="false", doNotDisturbMode=True)
        (lab.root / FILE).write_text("mass_GeV,limit_cm2\n10,1e-45\n")
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        ends.callback(chromium.close)
        page = chromium.new_page(viewport={"width": 1280, "height": 850})
        page.set_default_timeout(PATIENT)
        pictures(lab, page, folder)


if __name__ == "__main__":
    main()
