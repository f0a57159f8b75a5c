"""KM3NeT/ARCA: instrument responses for muon neutrinos, as GADF tables under their usual extension names."""

from pathlib import Path

import numpy as np
from astropy.io import fits

from builders.seed.formats.fits import native
from builders.seed.model import Column, Dataset, File, Source, record

DOCUMENT = "https://github.com/open-gamma-ray-astro/gamma-astro-data-formats"
MEANING = {
    "ENERG": "edge of the bin in neutrino energy (reconstructed energy for backgrounds)",
    "THETA": "edge of the bin in zenith angle, which takes the place of the offset",
    "MIGRA": "edge of the bin in reconstructed over true energy",
    "RAD": "edge of the bin in angle from the source",
    "EFFAREA": "effective area",
    "RPSF": "point spread function",
    "MATRIX": "energy dispersion: probability of the bin",  # GADF wants dP/dmigra; these add up to one
    "BKG": "background rate",
}
# name: raw file, EXTNAME that gammapy looks for, HDUCLAS2, HDUCLAS4, meaning
RESPONSES = {
    "aeff": ("EFFECTIVE AREA", "EFF_AREA", "AEFF_2D", "effective area"),
    "psf": ("PSF_2D_TABLE", "RPSF", "PSF_TABLE", "point spread function"),
    "edisp": ("ENERGY DISPERSION", "EDISP", "EDISP_2D", "energy dispersion"),
    "bkg_nu": ("BACKGROUND", "BKG", "BKG_2D", "background of atmospheric neutrinos"),
    "bkg_mu": ("BACKGROUND", "BKG", "BKG_2D", "background of atmospheric muons"),
}


def column(table: fits.BinTableHDU, name: str) -> Column:
    values = native(table.data[name][0])
    if name == "BKG":  # the raw file has energy as the slow axis; GADF has it as the fast one
        values = np.ascontiguousarray(values.T)
    return Column(
        name, table.columns[name].unit or "1", MEANING[name.removesuffix("_LO").removesuffix("_HI")], values
    )


def response(folder: Path, name: str) -> File:
    extension, second, fourth, meaning = RESPONSES[name]
    raw = f"flows/km3net_arca_{name}.fits"
    with fits.open(folder / raw, memmap=False) as opened:
        columns = tuple(column(opened[1], each) for each in opened[1].columns.names)
    header = {
        "EXTNAME": extension,
        "HDUDOC": DOCUMENT,
        "HDUVERS": "0.2",
        "HDUCLASS": "GADF",
        "HDUCLAS1": "RESPONSE",
        "HDUCLAS2": second,
        "HDUCLAS3": "FULL-ENCLOSURE",
        "HDUCLAS4": fourth,
        "INSTRUME": "ARCA230",
    }
    more = {"response": meaning, "extension": extension}
    return File(f"arca230.{name.replace('_', '.')}.fits", columns, raw, more, header)


def read(folder: Path) -> Source:
    metadata = record(
        title="KM3NeT/ARCA230: instrument responses for muon neutrinos",
        description=(
            "Effective area, point spread function, energy dispersion and the two atmospheric backgrounds of "
            "230 lines; tracks of charged-current muon neutrinos, valid for zenith angles above 80 deg."
        ),
        experiment="KM3NeT/ARCA",
        technique="neutrinos",
        kind="response",
        year=2023,
        arxiv="2309.03007",
        licence="BSD-3-Clause",
        source="KM3NeT/Analysis-galactic-sources-CTA-KM3NeT commit 079dfa8851cb, data/km3net/irfs",
        citation="Prospects for combined analyses of hadronic emission with CTA and KM3NeT, arXiv:2309.03007",
        simulated=True,
    )
    files = tuple(response(folder, name) for name in RESPONSES)
    dataset = Dataset("km3net", "arca230.irf", ("CNAF-STORM",), metadata, files)
    return Source({"km3net": "KM3NeT: neutrinos in the deep sea"}, (dataset,))
