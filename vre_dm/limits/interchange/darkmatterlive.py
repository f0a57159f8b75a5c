"""DarkMatterLive (darkmatter.web.cern.ch): a JSON of what is drawn beside a CSV of `x,y`.

Its tables state no units; what the axes are follows from the benchmark, the folder the JSON points to.
"""

import json
import re
from typing import Any

from vre_dm.errors import InvalidCurve
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import bands, json_text, numbers, plain, polygons, statements
from vre_dm.limits.interchange import facts as flat
from vre_dm.limits.interchange.draft import Draft, two_columns
from vre_dm.limits.interchange.source import Source
from vre_dm.limits.metadata import UNKNOWN

BENCHMARKS = {"BC1": ("epsilon", "GeV", "1")}
"""Quantity, unit of the masses and of the limit that the page of a benchmark draws."""
KINDS = {"excluded": "observed", "projection": "projection"}
_BENCHMARK = re.compile(r"(?:^|/)(BC\d{1,2})/")


def recognises(source: Source) -> bool:
    """Tell whether the file is the JSON of a pair, or the CSV of one with its JSON beside."""
    if source.path.suffix == ".csv":
        return source.text[:4] == "x,y\n" and source.has(f"{source.stem}.json")
    return {"labelName", "url"} <= json_text.keys(source)


def read(source: Source) -> list[Draft]:
    """Read one pair, by either of its files.

    Raises
    ------
    InvalidCurve
        A file of the pair is missing or malformed, or a cell is no number.
    """
    sidecar = source.beside(f"{source.stem}.json") if source.path.suffix == ".csv" else source
    record = json_text.load(sidecar)
    address = str(record.get("url", ""))
    table = source if sidecar is not source else source.beside(address.rpartition("/")[2])
    lines = list(plain.rows_of(table.text))
    if not lines or [cell.strip() for cell in lines[0][1].split(",")] != ["x", "y"]:
        msg = f"{table.name}: the header is not x,y"
        raise InvalidCurve(msg)
    cells = [(line, text.strip().split(",")) for line, text in lines[1:]]
    values = numbers.table(cells, ("x", "y"), table.name)
    benchmark = _BENCHMARK.search(address)
    said, x_unit, y_unit = BENCHMARKS.get(benchmark[1] if benchmark else "", ("", "", ""))
    own = _own(record)
    if own:
        x_unit, y_unit = (str(name) for name in own["units"])
    columns = two_columns(values, x_unit, y_unit)
    facts = own["facts"] if own else {"quantity": said, **_facts(record)}
    treatment = [f"quantity and units are those of benchmark {benchmark[1]}"] if benchmark and said else []
    draft = Draft(where=table.name, id=table.stem, columns=columns, facts=facts, treatment=treatment)
    draft.rows = [line for line, _ in cells]
    return [draft] if own else polygons.drafts(draft)  # ours has no walls


def write(curve: Curve) -> dict[str, str]:
    """A JSON and a CSV; the whole record travels in a key of its own, which the site does not look at.

    Raises
    ------
    InvalidCurve
        The curve has more than two columns.
    """
    bands.require_none(curve, "DarkMatterLive")
    rows = zip(curve.x.tolist(), curve.y.tolist(), strict=True)
    record = {
        "labelName": curve.label,
        "longName": curve.label,
        "id": curve.id,
        "text": {"elementName": None},
        "line": {"color": "rgba(5, 58, 133, 1)", "dash": None, "width": 2},
        "area": {"color": "rgba(57, 130, 232, 1)"},
        "paperUrls": _addresses(curve),
        "url": f"{curve.id}.csv",
        "curveType": "projection" if curve.kind == "projection" else "excluded",
        "categories": {},
        "record": {"units": [column.unit for column in curve.columns], "facts": flat.of_line(curve)},
    }
    return {
        f"{curve.id}.json": json.dumps(record, indent=2, ensure_ascii=False) + "\n",
        f"{curve.id}.csv": "x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows),
    }


def _addresses(curve: Curve) -> list[str]:
    paper = curve.reference
    found = []
    if paper.arxiv != UNKNOWN:
        version = "" if paper.arxiv_version == UNKNOWN else paper.arxiv_version
        found.append(f"https://arxiv.org/abs/{paper.arxiv}{version}")
    if paper.doi != UNKNOWN:
        found.append(f"https://doi.org/{paper.doi}")
    return found


def _own(record: dict[str, Any]) -> dict[str, Any]:
    """What our own writer left: all facts and two units."""
    found = record.get("record")
    own = found if isinstance(found, dict) else {}
    stated, units = own.get("facts"), own.get("units")
    well = isinstance(stated, dict) and isinstance(units, list) and flat.whole(stated) and len(units) == 2
    return own if well else {}


def _facts(record: dict[str, Any]) -> dict[str, Any]:
    said = {key: value for key, value in record.items() if isinstance(value, str)}
    papers = record.get("paperUrls")
    links = " ".join(item for item in papers if isinstance(item, str)) if isinstance(papers, list) else ""
    groups = record.get("categories")
    assumed = groups.get("assumption") if isinstance(groups, dict) else None
    return {
        "title": statements.plain(said.get("longName") or said.get("labelName", "")),
        "kind": KINDS.get(said.get("curveType", ""), ""),
        "assumptions.assumption": assumed if isinstance(assumed, str) and assumed != "None" else "",
        **statements.reference(links),
    }
