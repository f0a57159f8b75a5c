"""Names of records as a physicist prints them: the one place for tooltips, tables, comparisons and text."""

WORDS = {
    "cl": "CL",
    "doi": "DOI",
    "arxiv": "arXiv",
    "arxiv_version": "arXiv version",
    "figure": "figure or table",
    "tool": "digitisation tool",
    "error_dex": "digitisation error",
    "form_factor": "nuclear form factor",
    "local_density": "local density [GeV/cm³]",
    "rho0": "local density ρ₀ [GeV/cm³]",
    "rho0_ratio": "local density ρ₀ / assumed ρ₀",
    "m_DM_GeV": "dark-matter mass [GeV]",
    "v_GeV": "Higgs field v [GeV]",
    "f_N": "Higgs-nucleon coupling f_N",
    "BR": "BR(H → invisible)",
    "BR_inv": "BR(H → invisible)",
    "g_q": "quark coupling g_q",
    "g_l": "lepton coupling g_l",
    "g_DM": "dark-matter coupling g_DM",
    "J_factor": "J factor",
    "D_factor": "D factor",
}


UNITS = {"cm2": "cm²", "cm3/s": "cm³/s", "1": ""}


def shown_unit(unit: str) -> str:
    """Write the unit of a column header as people write it; a pure number has none."""
    return UNITS.get(unit, unit)


def spelled(name: str) -> str:
    """Give the words for a name of a record; a name without any loses its underscores."""
    return WORDS.get(name) or name.replace("_", " ")
