"""MLFermiDwarfs (Alvarez et al. 2020): dwarfs with exposures, counts, backgrounds, voids, J posteriors."""

from pathlib import Path
from typing import Any

import numpy as np

from builders.seed import raw
from builders.seed.model import Column, Container, Dataset, File, Metadata, Source, record

BINS = 6  # edges 0.5, 0.67, 0.89, 1.19, 1.58, 2.81, 500 GeV
EDGES = np.array([0.5, 0.67, 0.89, 1.19, 1.58, 2.81, 500.0])
TABLE = "flows/mlfermi_dwarf_table.dat"


def describe(title: str, description: str, kind: str, path: str, **more: Any) -> Metadata:
    return record(
        title=title,
        description=description,
        experiment="Fermi-LAT",
        technique="gamma rays",
        kind=kind,
        year=2020,
        arxiv="2002.01229",
        doi="10.1088/1475-7516/2020/09/004",
        licence="MIT",
        source=f"pooja1984/MLFermiLATDwarfs commit c9cb4037cefe, {path}",
        citation="A. Alvarez et al., JCAP 09 (2020) 004",
        **more,
    )


def dwarfs(folder: Path) -> Dataset:
    fields = raw.rows(folder / TABLE)
    numbers = np.array([[float(value) for value in row[1:]] for row in fields])
    columns = (
        Column("dwarf", "", "name of the dwarf galaxy", np.array([row[0] for row in fields])),
        Column("l_deg", "deg", "Galactic longitude", numbers[:, 0]),
        Column("b_deg", "deg", "Galactic latitude", numbers[:, 1]),
        Column("log10J", "dex(GeV2 / cm5)", "log10 of the J factor", numbers[:, 2]),
        Column("sigma_dex", "dex", "scatter of log10J", numbers[:, 3]),
        Column("exposure", "cm2 s", "LAT exposure in 24 energy bins from 0.5 to 500 GeV", numbers[:, 4:]),
    )
    metadata = describe(
        "25 dwarf galaxies: position, J factor and Fermi-LAT exposure",
        "One row a dwarf; the exposure is an array of 24 energy bins between 0.5 and 500 GeV.",
        "table",
        "dwarf table",
    )
    return Dataset(
        "fermi",
        "mlfermi.dwarfs",
        ("CERN-EOSPILOT",),
        metadata,
        (File("mlfermi.dwarfs.parquet", columns, TABLE),),
    )


def counts(folder: Path) -> Dataset:
    name = "flows/mlfermi_lncounts_lnbkg_6bins.csv"
    table = raw.csv(folder / name)
    names = np.array([row[0] for row in raw.rows(folder / TABLE)])
    measured = np.stack([table[f"ln_counts_bin{bin}"] for bin in range(BINS)], axis=1).ravel()
    predicted = np.stack([table[f"ln_bkg_pred_bin{bin}"] for bin in range(BINS)], axis=1).ravel()
    edges = np.tile(EDGES[:-1], len(table)), np.tile(EDGES[1:], len(table))
    columns = (
        Column("dwarf", "", "name as in mlfermi.dwarfs", np.repeat(names, BINS)),
        Column("e_min_GeV", "GeV", "lower edge of the energy bin", edges[0], derived=True),
        Column("e_max_GeV", "GeV", "upper edge of the energy bin", edges[1], derived=True),
        Column(
            "counts",
            "1",
            "measured photons, exp(ln_counts)",
            np.rint(np.exp(measured)).astype(int),
            derived=True,
        ),
        Column("ln_counts", "1", "natural logarithm of the measured photons", measured),
        Column("ln_background", "1", "natural logarithm of the predicted background photons", predicted),
    )
    metadata = describe(
        "Photons measured at 25 dwarfs and the backgrounds predicted from the sky around them",
        "One row a dwarf and energy bin (6 bins from 0.5 to 500 GeV).",
        "counts",
        "bkg_data",
    )
    file = File("mlfermi.counts.parquet", columns, name)
    return Dataset("fermi", "mlfermi.counts", ("CERN-EOSPILOT",), metadata, (file,))


def voids(folder: Path) -> Dataset:
    name = "flows/mlfermi_voids.csv.gz"
    table = raw.csv(folder / name)
    found = table[[f"n{bin}" for bin in range(BINS)]].to_numpy()
    columns = (
        Column("l_deg", "deg", "Galactic longitude", table["l_deg"].to_numpy()),
        Column("b_deg", "deg", "Galactic latitude", table["b_deg"].to_numpy()),
        *(
            Column(f"counts_{i}", "1", f"photons from {EDGES[i]:g} to {EDGES[i + 1]:g} GeV", found[:, i])
            for i in range(BINS)
        ),
    )
    metadata = describe(
        "Blank-sky positions (voids) and their Fermi-LAT photons",
        "13178 positions without known sources, for the empirical probability of a background.",
        "counts",
        "misc",
    )
    file = File("mlfermi.voids.parquet", columns, name)
    return Dataset("fermi", "mlfermi.voids", ("CNAF-STORM",), metadata, (file,))


def posteriors(folder: Path) -> Dataset:
    name = "flows/mlfermi_empirical_J_hist.csv"
    table = raw.csv(folder / name)
    columns = (
        Column("dwarf", "", "name of the dwarf galaxy (UMi: Ursa Minor)", table["dwarf"].to_numpy(str)),
        Column(
            "log10J_lo", "dex(GeV2 / cm5)", "lower edge of the bin in log10 J", table["log10J_lo"].to_numpy()
        ),
        Column(
            "log10J_hi", "dex(GeV2 / cm5)", "upper edge of the bin in log10 J", table["log10J_hi"].to_numpy()
        ),
        Column("samples", "1", "posterior samples in the bin", table["n"].to_numpy()),
    )
    metadata = describe(
        "Empirical J-factor distributions of 9 dwarfs",
        "Histograms (60 bins) of posterior samples of log10 J, inferred without a parametric profile.",
        "posterior",
        "Jfactors",
    )
    file = File("mlfermi.jposteriors.parquet", columns, name)
    return Dataset("fermi", "mlfermi.jposteriors", ("CNAF-STORM",), metadata, (file,))


def read(folder: Path) -> Source:
    datasets = (dwarfs(folder), counts(folder), voids(folder), posteriors(folder))
    metadata = describe(
        "MLFermiDwarfs 2020: dwarf limits with a background learnt from the sky",
        "Dwarf table, photons, predicted backgrounds, blank-sky positions and J posteriors.",
        "analysis",
        "all of the above",
    )
    children = tuple(f"{dataset.scope}:{dataset.name}" for dataset in datasets)
    return Source({}, datasets, (Container("fermi", "mlfermi.2020", children, metadata),))
