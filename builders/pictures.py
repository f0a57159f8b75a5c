"""The pictures of docs/limits.md: a saved page in Debian's Chromium, a plot of the notebook as it prints."""

import argparse
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from vre_dm.limits.catalogue import curves
from vre_dm.limits.overlay import overlay

CURVES = (
    "si_lz_2024",
    "si_xenonnt_2025",
    "si_pandax4t_2024",
    "si_lz_2022",
    "si_ds50_2022_nq",
    "si_pandax4t_2025_s2only",
    "si_deap3600_2019",
    "si_xlzd_2024_200ty",
    "si_atlas_2023_hinv_majorana",
    "si_fccee_2026_hinv_majorana",
    "si_nufog_ohare2021_xe",
    "si_cresst3_2019",
    "si_cosine100_2018",
    "si_dama_sodium_2008",
)
POINTED_AT = "LZ 2024"
PORTAL = ("si_cms_2022_hinv_majorana", "si_atlas_2023_hinv_majorana", "si_fccee_2026_hinv_majorana")
DIRECT = ("si_xenonnt_2026_s2only", "si_lz_2025_lowmass", "si_lz_2024")
FUTURE = ("si_xlzd_2024_1000ty", "si_nufog_ohare2021_xe")


def overlay_png(target: Path) -> None:
    """A page of `overlay.save` with one curve pointed at, through its row in the table."""
    plot = overlay(
        curves(*CURVES),
        bands=["si_lz_2024"],
        title="Spin-independent scattering and the Higgs portal",
        x_range=(0.5, 1e4),
        y_range=(1e-50, 1e-36),
    )
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        saved = plot.save(Path(folder, "overlay.html"))
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1280, "height": 850})
        page.goto(saved.as_uri())
        page.get_by_role("button", name=POINTED_AT, exact=True).focus()
        page.locator(".vre-tip").wait_for()
        page.screenshot(path=target)
        chromium.close()


def higgs_portal_png(target: Path) -> None:
    """The Majorana portal of notebooks/10_summary_plots.ipynb."""
    plot = overlay(
        curves(*PORTAL, *DIRECT, *FUTURE),
        title="Higgs portal, Majorana dark matter: colliders 95 % CL, direct detection 90 % CL",
        x_range=(1, 1e3),
        y_range=(1e-50, 1e-41),
    )
    plot.matplotlib().savefig(target, dpi=130)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go, docs/pictures")
    folder = parser.parse_args().folder
    overlay_png(folder / "overlay.png")
    higgs_portal_png(folder / "higgs-portal.png")


if __name__ == "__main__":
    main()
