"""PPPC4DMID: photon and muon-neutrino spectra of dark-matter annihilation at production."""

from pathlib import Path

from builders.seed import raw
from builders.seed.model import UNKNOWN, Column, Container, Dataset, File, Metadata, Source, record

CHANNELS = {
    "mumu": "μ+μ−",
    "tautau": "τ+τ−",
    "cc": "c c̄",
    "bb": "b b̄",
    "tt": "t t̄",
    "WW": "W+W−",
    "ZZ": "ZZ",
}
CITATION = (
    "M. Cirelli et al., JCAP 03 (2011) 051, Erratum JCAP 10 (2012) E01; "
    "electroweak corrections: P. Ciafaloni et al., JCAP 03 (2011) 019"
)
CARRIER = "pooja1984/MLFermiLATDwarfs commit c9cb4037cefe"
# name, raw file, particle, corrections, source, licence, replicas, what to beware of
TABLES = (
    ("gamma.ew", "pppc4dmid_gamma_EW_7ch", "photon", True, f"{CARRIER}, AtProduction_gammas.dat", ""),
    (
        "gamma.noew",
        "pppc4dmid_gamma_noEW_7ch",
        "photon",
        False,
        f"{CARRIER}, AtProductionNoEW_gammas.dat",
        "",
    ),
    (
        "numu.ew",
        "pppc4dmid_numu_EW_7ch",
        "muon neutrino",
        True,
        "PPPC4DMID AtProduction_neutrinos_mu as carried by a public repository, commit unknown",
        " Muon neutrinos without antineutrinos: mu+ mu- gives one. The tau channel (2.28 a pair at 5 GeV) was"
        " not compared with another source.",
    ),
)


def describe(title: str, description: str, kind: str, source: str, licence: str, technique: str) -> Metadata:
    return record(
        title=title,
        description=description,
        experiment="PPPC4DMID",
        technique=technique,
        kind=kind,
        year=2011,
        arxiv="1012.4515",
        doi="10.1088/1475-7516/2011/03/051",
        licence=licence,
        source=source,
        citation=CITATION,
        simulated=True,
    )


def dataset(
    folder: Path, name: str, stem: str, particle: str, corrected: bool, source: str, beware: str
) -> Dataset:
    table = raw.csv(folder / f"flows/{stem}.csv.gz")
    columns = (
        Column("mDM_GeV", "GeV", "mass of the dark-matter particle", table["mDM_GeV"].to_numpy(float)),
        Column(
            "log10x",
            "1",
            f"log10 of kinetic energy of the {particle} over the mass",
            table["log10x"].to_numpy(),
        ),
        *(
            Column(key, "1", f"dN/dlog10x per annihilation into {label}", table[key].to_numpy(float))
            for key, label in CHANNELS.items()
        ),
    )
    photon = particle == "photon"
    corrections = "with" if corrected else "without"
    metadata = describe(
        f"{particle.capitalize()} spectra of dark-matter annihilation, {corrections} electroweak corrections",
        f"dN/dlog10x at production for 7 channels, 5 GeV to 100 TeV; nothing may be extrapolated.{beware}",
        "spectrum",
        source,
        f"{'MIT (carrier); ' if photon else ''}PPPC4DMID asks for its citation, no licence text",
        "gamma rays" if photon else "neutrinos",
    )
    metadata |= {"particle": particle, "electroweak_corrections": corrected}
    rses = ("CERN-EOSPILOT", "CNAF-STORM") if photon else ("CNAF-STORM",)
    file = File(f"pppc4dmid.{name}.parquet", columns, f"flows/{stem}.csv.gz")
    return Dataset("pppc4dmid", name, rses, metadata, (file,))


def read(folder: Path) -> Source:
    datasets = tuple(dataset(folder, *row) for row in TABLES)
    metadata = describe(
        "PPPC4DMID spectra at production",
        "Photons with and without electroweak corrections, muon neutrinos with them.",
        "spectrum",
        UNKNOWN,
        "PPPC4DMID asks for its citation, no licence text",
        "summary",
    )
    children = tuple(f"{each.scope}:{each.name}" for each in datasets)
    scopes = {"pppc4dmid": "A poor particle physicist cookbook for dark matter indirect detection: spectra"}
    return Source(scopes, datasets, (Container("pppc4dmid", "spectra", children, metadata),))
