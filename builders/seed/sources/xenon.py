"""XENON1T S2-only (2019): response matrix, S2 binning, events and the published spin-independent limits."""

from pathlib import Path
from typing import Any

import numpy as np

from builders.seed import raw
from builders.seed.model import Column, Container, Dataset, File, Metadata, Source, record

RSES = ("CERN-EOSPILOT", "CNAF-STORM")
EXPOSURE_TONNE_YEAR = 0.97678  # README of the release: raw exposure of the search data
ENERGY_CUT_KEV = 0.7  # README of the release: conventional cutoff, not applied inside the response matrix


def describe(title: str, description: str, kind: str, path: str, **more: Any) -> Metadata:
    return record(
        title=title,
        description=description,
        experiment="XENON1T",
        technique="direct detection",
        kind=kind,
        year=2019,
        arxiv="1907.11485",
        doi="10.1103/PhysRevLett.123.251801",
        licence="other-open (stated in .zenodo.json); cite the paper",
        source=f"XENON1T/s2only_data_release commit 5a364bc8709f, {path}",
        citation="E. Aprile et al. (XENON), Phys. Rev. Lett. 123 (2019) 251801",
        **more,
    )


def dataset(name: str, columns: tuple[Column, ...], raw_name: str, metadata: Metadata) -> Dataset:
    file = File(f"s2only.{name}.parquet", columns, f"flows/{raw_name}")
    return Dataset("xenon", f"s2only.{name}", RSES, metadata, (file,))


def response(folder: Path) -> Dataset:
    name = "xenon1t_s2only_response_nr.csv.gz"
    table = raw.csv(folder / "flows" / name)
    matrix = np.ascontiguousarray(table.filter(like="s2_bin_").to_numpy())
    columns = (
        Column("energy_keV", "keV", "nuclear-recoil energy", table["energy_kev"].to_numpy()),
        Column(
            "energy_lo_keV",
            "keV",
            "lower edge when energies are bins",
            table["energy_bin_start_kev"].to_numpy(),
        ),
        Column(
            "energy_hi_keV",
            "keV",
            "upper edge when energies are bins",
            table["energy_bin_end_kev"].to_numpy(),
        ),
        Column("response", "1", "fraction of recoils seen in each S2 bin of s2only.binning", matrix),
    )
    metadata = describe(
        "XENON1T S2-only: response to nuclear recoils",
        "Fraction of recoils of one energy that end in each S2 bin, all selections included. The 0.7 keV cut "
        "of the published limits is not applied. Events = sum over energies of rate, bin width, response and "
        "exposure.",
        "response",
        "s2_response_nr.csv",
        exposure_tonne_year=EXPOSURE_TONNE_YEAR,
        energy_cut_keV=ENERGY_CUT_KEV,
    )
    return dataset("response", columns, name, metadata)


def binning(folder: Path) -> Dataset:
    name = "xenon1t_s2only_binning.csv"
    table = raw.csv(folder / "flows" / name)
    columns = (
        Column(
            "s2_bin",
            "1",
            "number of the bin, the position in the response",
            table["s2_bin_number"].to_numpy(),
        ),
        Column("s2_lo_PE", "PE", "start of the bin, inclusive", table["start_pe"].to_numpy()),
        Column("s2_hi_PE", "PE", "end of the bin, exclusive", table["end_pe"].to_numpy()),
        Column("s2_center_PE", "PE", "mean of the edges", table["linear_center_pe"].to_numpy()),
        Column("s2_log_center_PE", "PE", "geometric mean of the edges", table["log_center_pe"].to_numpy()),
    )
    metadata = describe(
        "XENON1T S2-only: S2 bins",
        "Edges of the bins of the response matrix, in photoelectrons (PE).",
        "binning",
        "s2_binning_info.csv",
    )
    return dataset("binning", columns, name, metadata)


def events(folder: Path) -> Dataset:
    name = "xenon1t_s2only_events.csv"
    table = raw.csv(folder / "flows" / name)
    columns = (
        Column("s2_area_PE", "PE", "uncorrected S2 area", table["s2_area_pe"].to_numpy()),
        Column("s2_width_ns", "ns", "width of the S2 signal", table["s2_width_ns"].to_numpy()),
        Column("has_s1", "1", "whether a valid S1 belongs to the S2", table["has_s1"].to_numpy()),
    )
    metadata = describe(
        "XENON1T S2-only: events of the search data after cuts",
        "All selections but the S2 region of interest of a model; S2 between 90 and 3000 PE.",
        "events",
        "events_after_cuts.csv",
        exposure_tonne_year=EXPOSURE_TONNE_YEAR,
    )
    return dataset("events", columns, name, metadata)


def limits(folder: Path) -> Dataset:
    name = "xenon1t_s2only_published_SI_limits.csv"
    table = raw.csv(folder / "flows" / name)
    meaning = (
        ("mass_GeV", "GeV", "mass of the dark-matter particle", "mass_gev"),
        (
            "limit_cm2",
            "cm2",
            "upper limit on the spin-independent WIMP-nucleon cross section, 90 % CL",
            "limit_cm2",
        ),
        ("s2_roi_min_PE", "PE", "lower edge of the S2 region of interest", "s2_roi_min"),
        ("s2_roi_max_PE", "PE", "upper edge of the S2 region of interest", "s2_roi_max"),
        ("n_observed", "1", "events observed in the region", "n_observed"),
        (
            "n_signal_mean",
            "1",
            "90 % CL upper limit on the mean number of signal events",
            "n_expected_signal_mean",
        ),
        (
            "n_signal_sigma",
            "1",
            "uncertainty of the signal expectation at that limit",
            "n_expected_signal_sigma",
        ),
        ("n_background_mean", "1", "mean of the expected background events", "n_expected_background_mean"),
        ("n_background_sigma", "1", "standard deviation of them", "n_expected_background_sigma"),
    )
    columns = tuple(Column(new, unit, text, table[old].to_numpy()) for new, unit, text, old in meaning)
    metadata = describe(
        "XENON1T S2-only: published spin-independent limits",
        "Observed 90 % CL upper limits for nuclear recoils with the 0.7 keV cut, one row a mass.",
        "limits",
        "limits/5a_results_si_nr.csv",
        cl=0.9,
        energy_cut_keV=ENERGY_CUT_KEV,
    )
    return dataset("limits", columns, name, metadata)


def read(folder: Path) -> Source:
    datasets = (response(folder), binning(folder), events(folder), limits(folder))
    metadata = describe(
        "XENON1T S2-only 2019: all that a limit needs",
        "Response, binning, events and the published limits to compare with.",
        "analysis",
        "all of the above",
        exposure_tonne_year=EXPOSURE_TONNE_YEAR,
    )
    children = tuple(f"xenon:{each.name}" for each in datasets)
    scopes = {"xenon": "XENON1T: light dark matter with ionisation signals only"}
    return Source(scopes, datasets, (Container("xenon", "s2only.2019", children, metadata),))
