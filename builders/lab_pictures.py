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
SLOW = """\
def limit(mass_gev):
    import time
    time.sleep(2)  # something slow
    return 1e-46 * mass_gev

dm.scan(limit, {"mass_gev": list(range(10, 70))}, on=cluster, batch=1)"""
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


def clusters(panel: Panel) -> None:
    """A cluster of this machine at work, which ends by itself a minute after it."""
    for section in ("Browse", "Search", "Details"):
        panel.close(section)
    panel.command("vre-dm:start-cluster")
    dialog = panel.page.get_by_role("dialog")
    dialog.get_by_label("Workers").fill("2")
    dialog.get_by_label("Memory of each worker").fill("500 MB")
    dialog.get_by_label("Minutes without work").fill("1")
    dialog.get_by_role("button", name="Start", exact=True).click()
    row = panel.section("Clusters").get_by_role("listitem")
    expect(row).to_contain_text("2 of 2 workers")
    row.get_by_role("button", name="Insert connect cell").click()
    panel.cell("dm.cluster(name=").wait_for()
    panel.write_below(SLOW)
    panel.page.keyboard.press("Shift+Enter")
    expect(row).to_contain_text("running,")


def publish(panel: Panel) -> None:
    """A file that is described before it is published."""
    panel.command("vre-dm:publish", paths=[FILE])
    panel.page.get_by_role("dialog").get_by_label("Name of the dataset").wait_for()


def limits(panel: Panel) -> None:
    """Curves over each other in the main area."""
    panel.command("vre-dm:open-limits", curves=CURVES)
    panel.page.get_by_role("button", name="Save PNG").wait_for()


VIEWS = (browse, search, fetch, rules, clusters, publish, limits)


def dashboard(panel: Panel, file: Path) -> None:
    """Dask's own pages of that cluster, through the Jupyter server."""
    with panel.page.context.expect_page() as opened:
        panel.section("Clusters").get_by_role("link", name="Dashboard").click()
    page = opened.value
    page.set_viewport_size({"width": 1280, "height": 850})
    page.locator("canvas").first.wait_for()
    page.wait_for_timeout(6000)  # some tasks are over
    taken(page, file)
    page.close()


def taken(page: Page, file: Path) -> None:
    """A small file."""
    page.screenshot(path=file)
    Image.open(file).quantize(COLOURS).save(file, optimize=True)


def pictures(lab: Lab, page: Page, folder: Path) -> None:
    """One picture a view and theme."""
    for view in VIEWS:
        panel = Panel(lab.open(page)).open()
        view(panel)
        for theme in ("dark", "light"):
            panel.command("apputils:change-theme", theme=f"JupyterLab {theme.title()}")
            page.wait_for_timeout(1500)  # what moves has come to rest
            file = folder / f"lab-{view.__name__}-{theme}.png"
            taken(page, file)
        if view is clusters:
            dashboard(panel, folder / "lab-dashboard.png")


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
