"""ECSV of moritzhuetten/dmbounds: gamma-ray limits with a YAML header in comments.

Every file of that catalogue has the key ``confidence`` without its colon; it is read as meant, and said.
"""

import re
from typing import Any

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import numbers, plain, statements, yaml_text
from vre_dm.limits.interchange.draft import Draft, RawColumn
from vre_dm.limits.interchange.source import Source

_MALFORMED = re.compile(r"\{confidence(\s+)(?=[\"'])")
INSTRUMENTS = {
    "hess": "H.E.S.S.", "magic": "MAGIC", "lat": "Fermi-LAT", "cta": "CTA", "veritas": "VERITAS",
    "hawc": "HAWC", "dampe": "DAMPE", "lhaaso": "LHAASO",
}  # fmt: skip
MEANT = {"sigmav": "sigmav", "tau": "lifetime"}
BOUNDS = {"sigmav_lo": "low", "sigmav_hi": "high"}
LICENCE = re.compile(r"Attribution-NonCommercial-ShareAlike 3\.0")


def recognises(source: Source) -> bool:
    """Tell whether the file begins as enhanced CSV does."""
    return re.match(r"#\s*%\s*ECSV", source.text) is not None


def read(source: Source) -> list[Draft]:
    """Read one file: one curve, or one for each further target that has a column.

    Raises
    ------
    InvalidCurve
        The header is no YAML, names other columns than the table has, or a cell is no number.
    """
    header, repaired = _header(source)
    names, stated_units = _columns(header, source.name)
    lines = list(plain.rows_of(source.text))
    head = lines[0][1].split() if lines else []
    if [name.casefold() for name in head] != [name.casefold() for name in names]:
        described = " ".join(names)[:60]
        msg = f"{source.name}: the table begins {' '.join(head)[:60]!r}, the header describes {described!r}"
        raise InvalidCurve(msg)
    cells = [(line, numbers.split(text)) for line, text in lines[1:]]
    empty = _without_limit(cells, names)
    cells = [(line, [c for i, c in enumerate(row) if i not in empty]) for line, row in cells]
    facts, treatment = _facts(header, source), [repaired] if repaired else []
    treatment += [f"target {names[place]} left out, it has nan for a limit" for place in empty]
    names, stated_units = (
        [name for place, name in enumerate(found) if place not in empty] for found in (names, stated_units)
    )
    values = numbers.table(cells, names, source.name)
    drafts = []
    for name, places in _limits(names).items():
        stems = ["m", *(BOUNDS.get(names[place], "limit") for place in places)]
        columns = [
            RawColumn(stem, stated_units[place], values[:, place])
            for stem, place in zip(stems, (0, *places), strict=True)
        ]
        draft = Draft(where=source.name, id=source.stem, columns=columns, facts=dict(facts))
        draft.rows, draft.treatment = [line for line, _ in cells], list(treatment)
        if name:
            draft.id, draft.facts["assumptions.target"] = f"{source.stem}_{name}", name
        if len(places) == 2:
            draft.facts["geometry"] = "band"
        drafts.append(draft)
    return drafts


def _without_limit(cells: list[tuple[int, list[str]]], names: list[str]) -> list[int]:
    """Columns of single targets that have no limit at some mass; the combined one must have all."""
    single = [place for place, name in enumerate(names) if place and name not in {*MEANT, *BOUNDS}]
    rows = [row for _, row in cells if len(row) == len(names)]
    return [place for place in single if any(row[place].casefold() == "nan" for row in rows)]


def _limits(names: list[str]) -> dict[str, tuple[int, ...]]:
    """Which columns make one curve: a pair of bounds, the combined limit, or one a target."""
    places = {name: place for place, name in enumerate(names)}
    if set(names[1:]) == set(BOUNDS):
        return {"": (places["sigmav_lo"], places["sigmav_hi"])}
    return {"" if name in MEANT else name: (place,) for name, place in places.items() if place}


def _header(source: Source) -> tuple[dict[str, Any], str]:
    lines = [line[1:] for line in source.text.splitlines() if line.startswith("#")]
    text = "\n".join(line[1:] if line.startswith(" ") else line for line in lines if "%" not in line[:2])
    mended = _MALFORMED.sub(r"{confidence:\1", text)
    found = yaml_text.documents(mended, f"{source.name} header")
    whole = next((item for item in found if isinstance(item, dict)), {})
    said = "" if mended == text else "header key confidence read although its colon is missing"
    return whole, said


def _columns(header: dict[str, Any], where: str) -> tuple[list[str], list[str]]:
    described = header.get("datatype")
    if not isinstance(described, list) or not all(isinstance(item, dict) for item in described):
        msg = f"{where}: the header describes no columns (datatype)"
        raise InvalidCurve(msg)
    names = [str(item.get("name", ""))[:50] for item in described]
    if len(names) < 2 or names[0].casefold() != "mass":
        msg = f"{where}: the first of two or more columns must be mass, has {', '.join(names)[:80]!r}"
        raise InvalidCurve(msg)
    return names, [str(item.get("unit", ""))[:50] for item in described]


def _facts(header: dict[str, Any], source: Source) -> dict[str, Any]:
    said = header.get("meta") or []
    pairs = said.items() if isinstance(said, dict) else (pair for pair in said if isinstance(pair, tuple))
    meta = {str(key): str(value).strip() for key, value in pairs if isinstance(value, str | int | float)}
    instrument, comment = meta.get("instrument", ""), meta.get("comment", "")
    fraction, year = _fraction(meta.get("confidence", "")), meta.get("year", "")
    facts: dict[str, Any] = {
        "experiment": INSTRUMENTS.get(instrument, instrument),
        "year": int(year) if re.fullmatch(r"\d{4}", year) else None,
        "channel": meta.get("channel", ""),
        "kind": "projection" if "sensitivity" in comment.casefold() else "observed",
        "cl": fraction,
        **statements.reference(f"arXiv:{meta.get('arxiv', '')} {meta.get('doi', '')}"),
        "reference.figure": meta.get("figure", ""),
        "notes": ". ".join(filter(None, (meta.get("reference", ""), comment, meta.get("status", "")))),
        "assumptions.target": meta.get("source", ""),
        "assumptions.exposure": meta.get("obs_time", ""),
        "assumptions.dark_matter_fraction": meta.get("dmfraction", ""),
        "licenses.0.name": "CC-BY-NC-SA-3.0" if LICENCE.search(source.text) else "",
    }
    return facts


def _fraction(text: str) -> float | None:
    return float(text) if re.fullmatch(r"0\.\d{1,6}", text) else None
