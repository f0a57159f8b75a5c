"""How to cite a dataset: one line and a BibTeX entry, from its metadata and nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vre_dm.did import Did
from vre_dm.lake.tables import Table, Tabular, clean

_SPECIAL = {c: f"\\{c}" for c in "&%$#_{}"} | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_SPECIAL["\\"] = r"\textbackslash{}"


@dataclass(frozen=True)
class Citation(Tabular):
    """Citation of a dataset.

    Attributes
    ----------
    line
        For a text; fields the metadata lack are left out.
    bibtex
        A ``@misc`` entry.
    """

    line: str
    bibtex: str

    def __str__(self) -> str:
        return self.line

    def table(self) -> Table:
        """Line and BibTeX."""
        return Table(self.line, ("BibTeX",), [(line,) for line in self.bibtex.splitlines()])


def citation(did: Did, metadata: Mapping[str, Any], lake: str) -> Citation:
    """Cite a dataset.

    Parameters
    ----------
    metadata
        ``citation`` is taken as it stands; else ``authors`` or ``experiment``, ``title``, ``year``. Then
        ``arxiv``, ``doi`` and ``licence``. What is missing or ``unknown`` is left out, never guessed.
    lake
        Name of the lake, so that the DID can be found.
    """
    known = {key: clean(value, None) for key, value in metadata.items() if value not in ("", "unknown")}
    who = known.get("authors") or known.get("experiment")
    text = known.get("citation") or ", ".join(filter(None, (who, known.get("title"), known.get("year"))))
    marks = [f"{name}:{known[key]}" for key, name in (("arxiv", "arXiv"), ("doi", "doi")) if key in known]
    marks = [mark for mark in marks if mark.partition(":")[2] not in text]
    licence = [f"licence {known['licence']}"] if "licence" in known else []
    line = "; ".join(filter(None, (text, *marks, *licence, f"dataset {did} in the data lake {lake}")))
    fields = {
        "author": who and f"{{{who}}}",
        "title": known.get("title") or str(did),
        "year": known.get("year"),
        "doi": known.get("doi"),
        "eprint": known.get("arxiv"),
        "archiveprefix": "arXiv" if "arxiv" in known else None,
        "note": "; ".join(filter(None, (f"Dataset {did} in the data lake {lake}", *licence))),
    }
    body = "".join(f",\n  {key} = {{{_tex(value)}}}" for key, value in fields.items() if value)
    return Citation(line, f"@misc{{{re.sub(r'[^A-Za-z0-9:._-]', '-', str(did))}{body}\n}}")


def _tex(text: str) -> str:
    inner = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    escaped = "".join(_SPECIAL.get(c, c) for c in inner)
    return f"{{{escaped}}}" if inner is not text else escaped
