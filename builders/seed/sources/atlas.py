"""ATLAS dileptons, 139/fb: spectra, limits, resolutions, parton luminosities; HL-LHC, mono-photon limits."""

from pathlib import Path
from typing import Any

from builders.seed import raw
from builders.seed.model import UNKNOWN, Column, Container, Dataset, File, Metadata, Source, record

FLAVOURS = {"ee": "ee", "mm": "mumu"}
ZPEED = "kahlhoefer/ZPEED commit 4c311602d656 (arXiv:1912.06374)"
COUPLING_SCAN = "LHC-DMWG/DMWG-couplingScan-code commit b55d44e9bee4"
WIDTHS = {"0": "0 %", "0.5": "0.5 %", "1.2": "1.2 %", "3": "3 %", "6": "6 %", "10": "10 %"}
MASS = ("mass_GeV", "GeV", "invariant mass of the lepton pair")


def describe(title: str, description: str, kind: str, licence: str, source: str, **more: Any) -> Metadata:
    paper = {
        "year": 2019,
        "arxiv": "1903.06248",
        "arxiv_version": "v3",
        "doi": "10.1016/j.physletb.2019.07.016",
        "citation": "G. Aad et al. (ATLAS), Phys. Lett. B 796 (2019) 68",
    }
    return record(
        title=title,
        description=description,
        experiment="ATLAS",
        technique="collider",
        kind=kind,
        licence=licence,
        source=source,
        **(paper | more),
    )


def dataset(name: str, files: tuple[File, ...], metadata: Metadata) -> Dataset:
    return Dataset("atlas", name, ("CNAF-STORM",), metadata, files)


def columns(folder: Path, name: str, meaning: tuple[tuple[str, str, str, str], ...]) -> tuple[Column, ...]:
    """Columns (new name, unit, description) taken from those of a CSV file (its own names come last)."""
    table = raw.csv(folder / name)
    return tuple(Column(new, unit, text, table[old].to_numpy()) for new, unit, text, old in meaning)


def per_flavour(
    folder: Path, stem: str, raw_name: str, meaning: tuple[tuple[str, str, str, str], ...]
) -> tuple[File, ...]:
    return tuple(
        File(
            f"{stem}.{flavour}.parquet",
            columns(folder, f"flows/{raw_name.format(short)}", meaning),
            f"flows/{raw_name.format(short)}",
            {"flavour": flavour},
        )
        for short, flavour in FLAVOURS.items()
    )


def spectra(folder: Path) -> Dataset:
    meaning = (
        ("mass_lo_GeV", "GeV", "lower edge of the bin", "m_lo_GeV"),
        ("mass_hi_GeV", "GeV", "upper edge of the bin", "m_hi_GeV"),
        ("observed", "1", "observed events", "observed"),
        ("background", "1", "events of the fitted background", "background"),
    )
    metadata = describe(
        "ATLAS dilepton mass spectra, 139/fb at 13 TeV",
        "Observed events and fitted background in 98 bins from 225 GeV to 6 TeV, a file for ee, one for μμ.",
        "spectrum",
        "BSD-3-Clause (carrier); data CC0 (default licence of HEPData)",
        f"{ZPEED}; data of HEPData ins1725190",
        luminosity_fb=139.0,
    )
    files = per_flavour(folder, "dilepton.2018.spectrum", "atlas_dilepton_139fb_{}_spectrum.csv", meaning)
    return dataset("dilepton.2018.spectra", files, metadata)


def resolutions(folder: Path) -> Dataset:
    meaning = ((*MASS, "m_GeV"), ("sigma_GeV", "GeV", "resolution of the dilepton mass", "sigma_GeV"))
    metadata = describe(
        "ATLAS dilepton mass resolutions",
        "Width of the reconstructed mass against the mass, for ee and μμ.",
        "response",
        "BSD-3-Clause",
        ZPEED,
    )
    files = per_flavour(folder, "dilepton.2018.resolution", "atlas_dilepton_{}_resolution.csv", meaning)
    return dataset("dilepton.2018.resolutions", files, metadata)


def xi(folder: Path) -> Dataset:
    meaning = (
        (*MASS, "m_GeV"),
        (
            "efficiency_times_K",
            "1",
            "selection efficiency times rescaling to higher order",
            "efficiency_times_K",
        ),
    )
    metadata = describe(
        "ATLAS dilepton efficiency times K factor (ZPEED's ξ)",
        "WARNING: contains the efficiency and the K factor. Multiply predicted events with it; never apply "
        "it to a fiducial cross section.",
        "response",
        "BSD-3-Clause",
        ZPEED,
    )
    files = per_flavour(folder, "dilepton.2018.xi", "atlas_dilepton_{}_xi.csv", meaning)
    return dataset("dilepton.2018.xi", files, metadata)


def luminosities(folder: Path) -> Dataset:
    name = "flows/lo_parton_luminosity_13TeV_fiducial.csv"
    meaning = (
        (*MASS, "mll_GeV"),
        *(
            (
                f"{flavour}_{quark}",
                "1",
                f"T(m) of {kind}-type quarks in the {flavour} acceptance",
                f"{short}_{quark}",
            )
            for short, flavour in FLAVOURS.items()
            for quark, kind in (("u", "up"), ("d", "down"))
        ),
    )
    metadata = describe(
        "Leading-order parton luminosities at 13 TeV inside the ATLAS dilepton acceptance",
        "Integrated over rapidity with the fiducial cuts, every 8th point of the source, such that "
        "dσ/dm [fb/GeV] = 1e12/2.56819 (m/2)/(24π) / ((m²−M²)²+M²Γ²) Σ_q 2(g_qv²+g_qa²)(g_lv²+g_la²) T_q(m), "
        "masses in GeV.",
        "parton luminosity",
        "BSD-3-Clause",
        f"{ZPEED}, T_Lists",
    )
    file = File("dilepton.2018.partonlumi.parquet", columns(folder, name, meaning), name)
    return dataset("dilepton.2018.partonlumi", (file,), metadata)


def limits(folder: Path) -> Dataset:
    name = "flows/hepdata_ins1725190_observed_limit_dilepton.csv"
    meaning = (
        ("mass_GeV", "GeV", "pole mass of the resonance", "mass_GeV"),
        *(
            (
                f"limit_fb_width{width}",
                "fb",
                f"limit for a relative width of {label}",
                f"limit_fb_width{width}pct",
            )
            for width, label in WIDTHS.items()
        ),
    )
    metadata = describe(
        "ATLAS dilepton resonances: observed limits for six widths",
        "95 % CL upper limits on fiducial cross section times branching ratio, 250 GeV to 6 TeV. The header "
        "in HEPData says pb, the values are fb (3.57 at 250 GeV, 0.014 at 6 TeV): stored as fb.",
        "limits",
        "CC0 (default licence of HEPData)",
        f"HEPData ins1725190 table 4, as carried by {COUPLING_SCAN}",
        doi="10.17182/hepdata.88425.v1/t4",
        cl=0.95,
        luminosity_fb=139.0,
    )
    return dataset(
        "dilepton.2018.limits",
        (File("dilepton.2018.limits.parquet", columns(folder, name, meaning), name),),
        metadata,
    )


def hllhc(folder: Path) -> Dataset:
    name = "flows/hllhc_14TeV_expected_dilepton_limit.csv"
    meaning = (
        ("mass_TeV", "TeV", "mass of the Z′", "mZp_TeV"),
        ("limit_pb_ee", "pb", "expected limit, ee", "ee_pb"),
        ("limit_pb_mumu", "pb", "expected limit, μμ", "mumu_pb"),
        ("limit_pb_ll", "pb", "expected limit, both", "ll_pb"),
    )
    metadata = describe(
        "HL-LHC: expected dilepton limits at 14 TeV",
        "Expected limits on the fiducial cross section for 10 masses. The unit pb is not stated: the source "
        "multiplies by 1000 before comparing with fb.",
        "limits",
        "MIT",
        "jared-little/atlas-dilepton commit bfb8ab9b99c2, python/MakeLimit.py",
        year=2022,
        arxiv="2206.03456",
        arxiv_version=UNKNOWN,
        doi=UNKNOWN,
        citation="ATLAS reinterpretation in ESCAPE, limits of arXiv:2206.03456",
        cl_source=UNKNOWN,
        simulated=True,
    )
    return dataset(
        "dilepton.14TeV.limits",
        (File("dilepton.14TeV.limits.parquet", columns(folder, name, meaning), name),),
        metadata,
    )


def monophoton(folder: Path) -> Dataset:
    meaning = (
        ("m_mediator_GeV", "GeV", "mass of the mediator", "$m_{med}$ [GEV]"),
        ("m_dm_GeV", "GeV", "mass of the dark-matter particle", r"$m_\chi$ [GeV]"),
    )
    models = {"V1": ("vector", "t10"), "A1": ("axial-vector", "t2")}
    files = tuple(
        File(
            f"monophoton.2017.contour.{model}.parquet",
            columns(folder, f"flows/hepdata_atlas_monophoton_{model}_contour.csv", meaning),
            f"flows/hepdata_atlas_monophoton_{model}_contour.csv",
            {"model": model, "mediator": mediator, "doi": f"10.17182/hepdata.77382.v1/{table}"},
        )
        for model, (mediator, table) in models.items()
    )
    metadata = describe(
        "ATLAS mono-photon: observed exclusion contours",
        "Observed 95 % CL contours in mediator and dark-matter mass, simplified models V1 and A1. Points "
        "follow the contour.",
        "limits",
        "CC0 (default licence of HEPData)",
        f"HEPData 10.17182/hepdata.77382.v1, as carried by {COUPLING_SCAN}",
        year=2017,
        arxiv="1704.03848",
        arxiv_version=UNKNOWN,
        doi="10.17182/hepdata.77382.v1",
        citation="M. Aaboud et al. (ATLAS), mono-photon search, arXiv:1704.03848",
        cl=0.95,
    )
    return dataset("monophoton.2017.contours", files, metadata)


def read(folder: Path) -> Source:
    dileptons = tuple(part(folder) for part in (spectra, limits, resolutions, xi, luminosities, hllhc))
    contours = monophoton(folder)
    metadata = describe(
        "ATLAS dilepton resonances, 139/fb of 2015 to 2018",
        "Spectra, limits, resolutions, parton luminosities and the HL-LHC expectation.",
        "analysis",
        "see each dataset",
        "see each dataset",
    )
    summary = contours.metadata | {"title": "ATLAS mono-photon search 2017"}
    children = tuple(f"atlas:{each.name}" for each in dileptons)
    containers = (
        Container("atlas", "dilepton.2018", children, metadata),
        Container("atlas", "monophoton.2017", (f"atlas:{contours.name}",), summary),
    )
    return Source(
        {"atlas": "ATLAS: searches for mediators of dark matter"}, (*dileptons, contours), containers
    )
