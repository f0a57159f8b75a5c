"""Fermi-LAT dwarf spheroidals: bin-by-bin likelihoods and the J factors of the 41-target sample."""

from pathlib import Path

import numpy as np

from builders.seed import raw
from builders.seed.model import Column, Container, Dataset, File, Source, record

CITATION = "A. Albert et al. (Fermi-LAT, DES), Astrophys. J. 834 (2017) 110"
PAPER = {
    "experiment": "Fermi-LAT",
    "technique": "gamma rays",
    "year": 2017,
    "arxiv": "1611.03184",
    "doi": "10.3847/1538-4357/834/2/110",
}


def likelihood(path: Path) -> File:
    target = path.stem.removeprefix("like_")
    e_min, e_max, eflux, delta = raw.matrix(path).T
    columns = (
        Column("e_min_MeV", "MeV", "lower edge of the energy bin", e_min),
        Column("e_max_MeV", "MeV", "upper edge of the energy bin", e_max),
        Column("eflux", "MeV / (cm2 s)", "energy flux in the bin", eflux),
        Column("dlnL", "1", "difference of the log-likelihood at this energy flux", delta),
    )
    bins = len(np.unique(e_min))
    more = {"target": target, "energy_bins": bins, "flux_points": len(e_min) // bins}
    return File(f"dsph.likelihood.{target}.parquet", columns, f"{path.parent.name}/{path.name}", more)


def likelihoods(folder: Path) -> Dataset:
    files = tuple(likelihood(path) for path in sorted((folder / "fermi_lat_dsph").glob("like_*.txt")))
    metadata = record(
        title="Fermi-LAT likelihoods of 48 dwarf spheroidals, bin by bin",
        description=(
            "One table a target: 24 energy bins from 500 MeV to 500 GeV, 25 energy fluxes each, and the "
            "difference of the log-likelihood. The rows of one bin are a profile in the energy flux."
        ),
        kind="likelihood",
        licence="public data release of the Fermi-LAT collaboration, no licence text",
        source="maddmhep/maddm commit bb8d861, Fermi_Data/likelihoods",
        citation=CITATION,
        targets=len(files),
        **PAPER,
    )
    return Dataset("fermi", "dsph.likelihoods", ("CERN-EOSPILOT",), metadata, files)


def jfactors(folder: Path) -> Dataset:
    name = "flows/dsph_jfactors_albert2017.csv"
    table = raw.csv(folder / name)
    columns = (
        Column("target", "", "name as in the likelihood files", table["target"].to_numpy(str)),
        Column("log10J", "dex(GeV2 / cm5)", "log10 of the J factor", table["log10J_GeV2cm-5"].to_numpy()),
        Column("sigma_dex", "dex", "uncertainty of log10J", table["sigma_dex"].to_numpy()),
        Column("reference", "", "where the roster takes the value from", table["source"].to_numpy(str)),
    )
    metadata = record(
        title="J factors of the 41-target dwarf spheroidal sample, unrounded",
        description=(
            "Unrounded log10 J of the sample of Albert et al. 2017; the rounded values of tables shift the "
            "limits of single dwarfs by up to 16 %."
        ),
        kind="table",
        licence="MIT",
        source="fermiPy/dmsky commit b9712bb37fdf, rosters/roster.yaml (albert2017_dsphs)",
        citation=CITATION,
        targets=len(table),
        **PAPER,
    )
    file = File("dsph.jfactors.parquet", columns, name)
    return Dataset(
        "fermi", "dsph.jfactors", ("CERN-EOSPILOT", "CNAF-STORM", "DESY-DCACHE"), metadata, (file,)
    )


def read(folder: Path) -> Source:
    metadata = record(
        title="Fermi-LAT dwarf spheroidals 2017: all that the stacked limit needs",
        description="Likelihoods, J factors and photon spectra for limits on the annihilation cross section.",
        kind="analysis",
        licence="see each dataset",
        source="see each dataset",
        citation=CITATION,
        **PAPER,
    )
    children = ("fermi:dsph.likelihoods", "fermi:dsph.jfactors", "pppc4dmid:gamma.ew", "pppc4dmid:gamma.noew")
    return Source(
        {"fermi": "Fermi Large Area Telescope: gamma rays from dwarf spheroidal galaxies"},
        (likelihoods(folder), jfactors(folder)),
        (Container("fermi", "dsph.2017", children, metadata),),
    )
