"""MADHATv2: Fermi-LAT photons of dwarf galaxies, empirical backgrounds, J factors and the b b̄ spectrum."""

from pathlib import Path

import numpy as np

from builders.seed import raw
from builders.seed.model import Column, Container, Dataset, File, Metadata, Source, record

BINS = 16


def describe(title: str, description: str, kind: str, path: str) -> Metadata:
    return record(
        title=title,
        description=description,
        experiment="Fermi-LAT",
        technique="gamma rays",
        kind=kind,
        year=2024,
        arxiv="2401.05327",
        licence="MIT",
        source=f"MADHATdm/MADHATv2 commit b282386648b8, {path}",
        citation="K. Boddy et al., New dark matter analysis of Milky Way dwarf satellite galaxies with "
        "MADHATv2, Phys. Rev. D 109 (2024), arXiv:2401.05327",
    )


def dataset(
    name: str, columns: tuple[Column, ...], raw_name: str, metadata: Metadata, **more: frozenset[float]
) -> Dataset:
    file = File(f"madhat.{name}.parquet", columns, f"flows/{raw_name}", **more)
    return Dataset("madhat", name, ("DESY-DCACHE",), metadata, (file,))


def counts(folder: Path) -> Dataset:
    table = raw.matrix(folder / "flows/madhat_nobs8bpd.dat")
    columns = (
        Column("dwarf_id", "1", "MADHAT number of the dwarf galaxy, 1 to 93", table[:, 0].astype(int)),
        Column("energy_bin", "1", "1 to 16, eight per decade from 1 to 100 GeV", table[:, 1].astype(int)),
        Column("photons", "1", "observed photons", table[:, 2].astype(int)),
        Column("exposure", "cm2 s", "effective area times observation time", table[:, 3]),
    )
    metadata = describe(
        "Fermi-LAT photons and exposures of 93 dwarf galaxies, 14 years",
        "One row a dwarf and energy bin. The source gives no unit for the exposure; cm2 s is its magnitude.",
        "counts",
        "PMFdata/nobs8bpd.dat",
    )
    return dataset("counts", columns, "madhat_nobs8bpd.dat", metadata)


def backgrounds(folder: Path) -> Dataset:
    table = raw.matrix(folder / "flows/madhat_pmf8bpd.dat.gz")
    probabilities = np.ascontiguousarray(table[:, 1:].T)
    number = np.arange(len(probabilities))
    columns = (
        Column(
            "dwarf_id", "1", "MADHAT number of the dwarf galaxy, 1 to 93", number // BINS + 1, derived=True
        ),
        Column(
            "energy_bin", "1", "1 to 16, eight per decade from 1 to 100 GeV", number % BINS + 1, derived=True
        ),
        Column(
            "probability",
            "1",
            "probability of N background photons; the position is N, from 0",
            probabilities,
        ),
    )
    metadata = describe(
        "Empirical background photons of 93 dwarf galaxies, sampled on blank sky",
        "One row a dwarf and energy bin: the probability mass function of the background, "
        "Fermi Pass 8 R3, 14 years.",
        "background",
        "PMFdata/pmf8bpd.dat",
    )
    implied = frozenset(table[:, 0].tolist())
    return dataset("backgrounds", columns, "madhat_pmf8bpd.dat.gz", metadata, implied=implied)


def jfactors(folder: Path) -> Dataset:
    table = raw.matrix(folder / "flows/madhat_set1.dat")
    columns = (
        Column("dwarf_id", "1", "MADHAT number of the dwarf galaxy", table[:, 0].astype(int)),
        Column("log10J", "dex(GeV2 / cm5)", "log10 of the J factor", table[:, 1]),
        Column("sigma_up_dex", "dex", "upper uncertainty of log10J", table[:, 2]),
        Column("sigma_down_dex", "dex", "lower uncertainty of log10J", table[:, 3]),
    )
    metadata = describe(
        "J factors of MADHAT's dwarf set 1",
        "45 dwarfs with the J factors collected in arXiv:1611.03184, rounded to 0.1 dex.",
        "table",
        "Input/set1.dat",
    )
    return dataset("set1", columns, "madhat_set1.dat", metadata)


def spectrum(folder: Path) -> Dataset:
    table = raw.matrix(folder / "flows/madhat_dmbb.dat")
    columns = (
        Column("mDM_GeV", "GeV", "mass of the dark-matter particle", table[:, 0]),
        Column("photons", "1", "photons per annihilation from 1 to 100 GeV", table[:, 1]),
        Column("fraction", "1", "fraction of them in each of the 16 energy bins", table[:, 2:]),
    )
    metadata = describe(
        "Photons of annihilation into b b̄ in MADHAT's energy bins",
        "9 masses from 10 GeV to 5 TeV; made with PPPC4DMID (arXiv:1012.4515, arXiv:1009.0224).",
        "spectrum",
        "Input/dmbb.dat",
    )
    return dataset("spectrum.bb", columns, "madhat_dmbb.dat", metadata | {"simulated": True})


def read(folder: Path) -> Source:
    datasets = (counts(folder), backgrounds(folder), jfactors(folder), spectrum(folder))
    metadata = describe(
        "MADHATv2: model-independent dwarf limits",
        "Photons, exposures, empirical backgrounds, J factors and the b b̄ spectrum.",
        "analysis",
        "PMFdata and Input",
    )
    children = tuple(f"madhat:{each.name}" for each in datasets)
    scopes = {"madhat": "Model-Agnostic Dark Halo Analysis Tool, version 2: inputs of its dwarf analysis"}
    return Source(scopes, datasets, (Container("madhat", "v2", children, metadata),))
