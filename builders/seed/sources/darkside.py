"""DarkSide-50 high-mass search (2018): acceptances, quenching, recombination, published inputs and limits."""

from pathlib import Path

import numpy as np

from builders.seed import raw
from builders.seed.model import Column, Container, Dataset, File, Metadata, Source, record

README = "darkside50/README.md"
CARRIER = "PaoloSalomone/DarkSide50_High_Mass_Recast commit 482f61b"
AXES = {
    "Enr": ("energy_keV", "keV", "nuclear-recoil energy"),
    "S1": ("s1_PE", "PE", "S1 signal in photoelectrons"),
}
# name, value, uncertainty, unit, meaning: as published; each number also stands in the raw README
INPUTS = (
    ("exposure", 16660.0, np.nan, "kg d", "fiducial exposure"),
    ("observed_events", 0.0, np.nan, "1", "events in the search region"),
    ("expected_background", 0.09, 0.04, "1", "background events expected"),
    ("light_yield", 8.0, 0.2, "PE / keV", "photoelectrons per keV"),
    ("W", 19.5, np.nan, "eV", "work function of liquid argon"),
)


def describe(title: str, description: str, kind: str, source: str) -> Metadata:
    return record(
        title=title,
        description=description,
        experiment="DarkSide-50",
        technique="direct detection",
        kind=kind,
        year=2018,
        arxiv="1802.07198",
        doi="10.1103/PhysRevD.98.102006",
        licence="no licence stated",
        source=source,
        citation="P. Agnes et al. (DarkSide), Phys. Rev. D 98 (2018) 102006",
    )


def dataset(name: str, files: tuple[File, ...], metadata: Metadata) -> Dataset:
    return Dataset("darkside", f"ds50.highmass.{name}", ("DESY-DCACHE",), metadata, files)


def acceptance(folder: Path, selection: str, axis: str) -> File:
    name = f"darkside50/ds50_highmass_{selection}_nr_acceptance_vs_{axis}.dat"
    x, y = raw.matrix(folder / name).T
    label, unit, meaning = AXES[axis]
    columns = (Column(label, unit, meaning, x), Column("acceptance", "1", "acceptance of nuclear recoils", y))
    metadata = {"selection": selection, "axis": label}
    return File(f"ds50.highmass.acceptance.{selection}.{axis.lower()}.parquet", columns, name, metadata)


def acceptances(folder: Path) -> Dataset:
    files = tuple(acceptance(folder, s, a) for s in ("f90", "overall") for a in ("Enr", "S1"))
    metadata = describe(
        "DarkSide-50 high mass: acceptance of nuclear recoils",
        "Digitised from Fig. 10, for the f90 cut and overall, against recoil energy and against S1. Points "
        "are in the order in which they were digitised, not sorted, and several share one abscissa: sort and "
        "average first.",
        "response",
        f"published figure (Fig. 10), digitised in {CARRIER}",
    )
    return dataset("acceptance", files, metadata)


def leff(folder: Path) -> Dataset:
    name = "darkside50/leff.dat"
    x, y = raw.matrix(folder / name).T
    columns = (
        Column("energy_keV", "keV", "nuclear-recoil energy", x),
        Column("leff", "1", "quenching factor of nuclear recoils", y),
    )
    metadata = describe(
        "DarkSide-50: quenching of nuclear recoils",
        "The last two rows prolong the table to very high energies.",
        "response",
        f"{CARRIER}, data/leff.dat (marked internal there)",
    )
    return dataset("leff", (File("ds50.highmass.leff.parquet", columns, name),), metadata)


def recombination(folder: Path) -> Dataset:
    name = "darkside50/nr_reco.dat"
    x, y = raw.matrix(folder / name).T
    columns = (
        Column("quenched_energy_keV", "keV", "recoil energy times its quenching factor", x),
        Column("recombination", "1", "recombination probability r", y),
    )
    metadata = describe(
        "DarkSide-50: recombination of nuclear recoils",
        "r against the quenched energy (recoil energy times leff): the visible energy is the quenched one "
        "times (1 + r) / 2. The last row prolongs the table.",
        "response",
        f"{CARRIER}, data/nr_reco.dat (marked internal there)",
    )
    return dataset("recombination", (File("ds50.highmass.recombination.parquet", columns, name),), metadata)


def inputs() -> Dataset:
    names, numbers, errors, units, meanings = zip(*INPUTS, strict=True)
    columns = (
        Column("name", "", "quantity", np.array(names)),
        Column("value", "", "value in the unit of its row", np.array(numbers)),
        Column(
            "uncertainty",
            "",
            "uncertainty in the unit of its row, NaN where none is stated",
            np.array(errors),
        ),
        Column("unit", "", "unit of the row", np.array(units)),
        Column("meaning", "", "what it is", np.array(meanings)),
    )
    metadata = describe(
        "DarkSide-50 high mass: published inputs of the analysis",
        "Exposure, events, background, light yield and work function as published.",
        "table",
        "published paper",
    )
    return dataset("inputs", (File("ds50.highmass.inputs.parquet", columns, README),), metadata)


def limits() -> Dataset:
    columns = (
        Column(
            "mass_GeV", "GeV", "mass of the dark-matter particle", np.array([100.0, 1000.0]), derived=True
        ),
        Column(
            "limit_cm2",
            "cm2",
            "upper limit on the spin-independent cross section",
            np.array([1.14e-44, 3.78e-44]),
        ),
    )
    metadata = describe(
        "DarkSide-50 high mass: published limits at two masses",
        "90 % CL upper limits on the spin-independent WIMP-nucleon cross section, as stated by the paper.",
        "limits",
        "published paper",
    )
    return dataset("limits", (File("ds50.highmass.limits.parquet", columns, README),), metadata | {"cl": 0.9})


def read(folder: Path) -> Source:
    datasets = (acceptances(folder), leff(folder), recombination(folder), inputs(), limits())
    metadata = describe(
        "DarkSide-50 high mass 2018: all that a recast needs",
        "Acceptances, quenching, recombination, published inputs and limits.",
        "analysis",
        "published paper and figures",
    )
    children = tuple(f"darkside:{each.name}" for each in datasets)
    scopes = {"darkside": "DarkSide-50: dark matter in liquid argon"}
    return Source(scopes, datasets, (Container("darkside", "ds50.highmass.2018", children, metadata),))
