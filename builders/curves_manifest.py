"""Reads the manifest of candidate curves and corrects it visibly; both builders read it here.

The collected manifest stays as it is; a curve's notes say what was corrected and why.
"""

import csv
from pathlib import Path

MANIFEST = "manifest.csv"
Row = dict[str, str]

# Savage et al. is the citation, DAMA/LIBRA remains the experiment whose modulation is read.
_DAMA = (
    "the source only numbers its two regions (DAMA1, DAMA2), and the manifest they were collected in had "
    "sodium and iodine the wrong way round: at 15 GeV an iodine recoil of 22 keV, which is seen as 2 keVee, "
    "needs 813 km/s, and the halo ends at 776 km/s, so the region from 7 to 15 GeV is sodium and the one "
    "from 37 to 111 GeV is iodine; both are the reading of Savage et al., arXiv:0808.3607, not DAMA's own"
)
_SAVAGE = "C. Savage, G. Gelmini, P. Gondolo, K. Freese"
CORRECTIONS: dict[str, Row] = {
    "si_dama_iodine_2008": {
        "id": "si_dama_sodium_2008",
        "channel": "sodium",
        "cited": _SAVAGE,
        "notes": _DAMA,
    },
    "si_dama_sodium_2008": {
        "id": "si_dama_iodine_2008",
        "channel": "iodine",
        "cited": _SAVAGE,
        "notes": _DAMA,
    },
    "si_cdmslite_2017": {
        "notes": "superseded by arXiv:1808.09098, which states 5.4e-42 cm2 at 5 GeV and calls that about "
        "2.5 times better than this"
    },
    "sdn_cdmslite_2017": {
        "arxiv": "1707.01632",
        "notes": "the source's file names no article, and the manifest's arXiv:1808.09098 is a later "
        "analysis; the numbers are those of the DMTools file of the second run, dated 7 July 2017",
    },
    "si_edelweiss_2016": {
        "doi": "10.1140/epjc/s10052-016-4388-y",
        "notes": "DOI from the publisher's page of the article",
    },
    "si_lz_2025_crdm": {
        "doi": "10.1103/nr92-jvt3",
        "notes": "DOI of the article from data/result_metadata.toml of the source; the table itself is "
        "10.17182/hepdata.157863.v1/t1",
    },
    "si_lz_2025_lowmass": {
        "arxiv_version": "v1",
        "notes": "version of the preprint from the name of the source file",
    },
    "si_xenonnt_2026_b8": {"notes": "DOI of the release, from its README: 10.5281/zenodo.20576156"},
}


def rows(manifest: Path) -> list[Row]:
    """Every row, corrected; beside the columns there are ``arxiv_version``, or empty, and ``cited``."""
    with manifest.open(newline="", encoding="utf-8") as stream:
        return [corrected(row) for row in csv.DictReader(stream)]


def corrected(row: Row) -> Row:
    """One row with its correction; notes are joined, all else is replaced."""
    change = CORRECTIONS.get(row["id"], {})
    notes = "; ".join(filter(None, (row["notes"], change.get("notes"))))
    return {"arxiv_version": "", "cited": row["experiment"]} | row | change | {"notes": notes}
