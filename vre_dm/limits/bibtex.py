"""How to cite curves: BibTeX of their publications and of the data they were read from."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator

from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import UNKNOWN, Reference

# BibTeX counts braces even behind a backslash, so those are spelled out.
LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "$&#%_"},
    **dict(zip("–—’“”", ("--", "---", "'", "``", "''"), strict=True)),
    **{
        char: rf"\ensuremath{{{command}}}"
        for char, command in {
            **{"×": r"\times", "·": r"\cdot", "−": "-", "±": r"\pm", "→": r"\to"},
            **{"⟨": r"\langle", "⟩": r"\rangle", "∼": r"\sim", "≥": r"\geq", "≤": r"\leq"},
            **{"√": r"\surd", "γ": r"\gamma", "κ": r"\kappa", "μ": r"\mu", "ρ": r"\rho", "σ": r"\sigma"},
            **{"τ": r"\tau", "χ": r"\chi", "ν": r"\nu", "Ω": r"\Omega"},
        }.items()
    },
    **{
        raised: rf"\textsuperscript{{{plain}}}"
        for raised, plain in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True)
    },
}
HEPDATA_TABLE = re.compile(r"(10\.17182/hepdata\.\d+\.v\d+)/t\d+")
Entry = tuple[str, str, dict[str, str]]


def bibtex(curves: Iterable[Curve]) -> str:
    """BibTeX entries of all that must be cited to use the curves.

    Parameters
    ----------
    curves
        Any number of them; what several come from appears once.

    Returns
    -------
    str
        One entry a publication, a data release and a source repository, in the order of the curves. What a
        source does not state is left out. Text is escaped for LaTeX; a key depends only on what is cited.

    Examples
    --------
    >>> from vre_dm.limits.catalogue import curves
    >>> print(bibtex(curves("sdn_xenon1t_2019")).splitlines()[0])
    @article{arXiv-1902.03234,
    """
    entries: dict[str, str] = {}
    for curve in curves:
        found = [*_publication(curve), *_release(curve.reference), *_repository(curve)]
        for kind, key, fields in found or [_own(curve)]:
            entries.setdefault(key, _written(kind, key, fields))
    return "\n\n".join(entries.values()) + "\n" if entries else ""


def escape(text: str) -> str:
    """Text as LaTeX prints it: no character of it is a command, and braces balance."""
    return "".join(
        LATEX.get(char, char if char.isprintable() else " ") for char in unicodedata.normalize("NFC", text)
    )


def _publication(curve: Curve) -> Iterator[Entry]:
    reference = curve.reference
    key = _publication_key(reference)
    if not key:
        return
    fields = _title(reference)
    if not fields:
        fields = {"note": escape(f"{curve.experiment}; title and authors are not stated by the source")}
    if curve.year:
        fields["year"] = str(curve.year)
    if reference.arxiv != UNKNOWN:
        fields |= {"eprint": _verbatim(reference.arxiv), "archivePrefix": "arXiv"}
    if reference.doi != UNKNOWN:
        fields["doi"] = _verbatim(reference.doi)
    if reference.report != UNKNOWN:
        fields["number"] = escape(reference.report)
    yield ("techreport" if key.startswith("report-") else "article"), key, fields


def _publication_key(reference: Reference) -> str:
    for name, value in (("arXiv", reference.arxiv), ("doi", reference.doi), ("report", reference.report)):
        if value != UNKNOWN:
            return _key(name, value)
    return ""


def _title(reference: Reference) -> dict[str, str]:
    fields = {}
    if reference.authors != UNKNOWN:
        # A collaboration is one name; without the inner braces BibTeX takes it for a person.
        people = escape(reference.authors)
        fields["author"] = f"{{{people}}}" if reference.authors.endswith("Collaboration") else people
    if reference.title != UNKNOWN:
        fields["title"] = f"{{{escape(reference.title)}}}"
    return fields


def _release(reference: Reference) -> Iterator[Entry]:
    release = HEPDATA_TABLE.sub(r"\1", reference.release)
    if release == UNKNOWN:
        return
    fields = {"title": "{HEPData record}" if "hepdata" in release.casefold() else "{Data release}"}
    if reference.authors != UNKNOWN:
        fields["author"] = f"{{{escape(reference.authors)}}}"
    if release.startswith("10."):
        fields["doi"] = _verbatim(release)
    else:
        fields["howpublished"] = escape(release)
    yield "misc", _key("data", release), fields


def _repository(curve: Curve) -> Iterator[Entry]:
    origin = curve.provenance
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", origin.source):
        return
    commit = "" if origin.commit == UNKNOWN else origin.commit[:12]
    text = ", commit ".join(filter(None, (f"repository {origin.source}", commit)))
    fields = {"howpublished": escape(text), "note": escape(curve.licence)}
    yield "misc", _key("repository", ":".join(filter(None, (origin.source, commit)))), fields


def _own(curve: Curve) -> Entry:
    """A curve that names neither publication nor source, for example a user's own."""
    how = "computed with vre-dm" if curve.provenance.type == "derived" else "unpublished"
    fields = {"title": f"{{{escape(curve.label)}}}", "howpublished": f"{how}, curve {escape(curve.id)}"}
    fields["note"] = f"SHA-256 of the numbers: {curve.sha256}"
    return "misc", _key("curve", curve.id), fields


def _written(kind: str, key: str, fields: dict[str, str]) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _key(what: str, identifier: str) -> str:
    """A key for one thing that is cited; where it cannot be spelled, a checksum keeps it unique."""
    plain = re.sub(r"[^A-Za-z0-9._:/+-]+", "-", identifier)
    if plain == identifier:
        return f"{what}-{plain}"
    mark = hashlib.sha256(identifier.encode(errors="replace")).hexdigest()[:8]
    return f"{what}-{plain}-{mark}"


def _verbatim(identifier: str) -> str:
    """Leave what identifiers are made of; braces and commands are not."""
    return re.sub(r"[^A-Za-z0-9._;()/:<>+-]", "", identifier)
