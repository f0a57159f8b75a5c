"""CMS 2010: real Z → μμ candidates as a ROOT tree."""

from pathlib import Path

import numpy as np
import uproot

from builders.seed.model import Column, Dataset, File, Source, record

RAW = "flows/uproot-Zmumu.root"
CATEGORIES = ("GG", "GT", "TT")
MUON = (
    ("E", "GeV", "energy", "E"),
    ("px", "GeV", "momentum along x", "px"),
    ("py", "GeV", "momentum along y", "py"),
    ("pz", "GeV", "momentum along z", "pz"),
    ("pt", "GeV", "transverse momentum", "pt"),
    ("eta", "1", "pseudorapidity", "eta"),
    ("phi", "rad", "azimuth", "phi"),
    ("charge", "1", "electric charge in units of e", "Q"),
)


def read(folder: Path) -> Source:
    with uproot.open(folder / RAW) as opened:
        tree = opened["events"].arrays(library="np")
    category = np.array([CATEGORIES.index(each) for each in tree["Type"]], dtype=np.int32)
    columns = (
        Column("run", "1", "run number", tree["Run"]),
        Column("event", "1", "event number; one event may hold several candidates", tree["Event"]),
        Column("category", "1", "muon types of the pair: 0 GG, 1 GT, 2 TT (the source's labels)", category),
        *(
            Column(f"muon{which}_{name}", unit, f"{text} of muon {which}", tree[f"{old}{which}"])
            for which in (1, 2)
            for name, unit, text, old in MUON
        ),
        Column("mass", "GeV", "invariant mass of the pair", tree["M"]),
    )
    metadata = record(
        title="CMS 2010: Z → μμ candidates",
        description="2304 real candidates of proton-proton collisions as a TTree; a file to learn with.",
        experiment="CMS",
        technique="collider",
        kind="events",
        year=2010,
        licence="BSD-3-Clause (package that carries it); licence of the CMS data unknown",
        source="scikit-hep/scikit-hep-testdata commit f51b8fb0aa3b, uproot-Zmumu.root",
        citation="CMS collaboration, 2010 data, as distributed in scikit-hep-testdata",
    )
    dataset = Dataset(
        "cms", "zmumu.2010", ("DESY-DCACHE",), metadata, (File("zmumu.2010.root", columns, RAW),)
    )
    return Source({"cms": "CMS: open proton-proton collisions"}, (dataset,))
