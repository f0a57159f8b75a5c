"""XML of DMTools (dmtools.brown.edu): pairs in `{[m cs; m cs]}` with a factor for each axis."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from html import unescape
from xml.sax.saxutils import escape

from vre_dm.errors import InvalidCurve
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import bands, numbers, statements, yaml_text
from vre_dm.limits.interchange import facts as flat
from vre_dm.limits.interchange.draft import Draft, Found, each, two_columns
from vre_dm.limits.interchange.source import Source
from vre_dm.limits.metadata import UNKNOWN

KINDS = {"Exp": "observed", "Proj": "projection", "Th": "theory"}
SPINS = {"sigma_SI": "SI", "sigma_SDn": "SD", "sigma_SDp": "SD"}
NUCLEONS = {"sigma_SDn": "neutron", "sigma_SDp": "proton"}
_PROTON = re.compile(r"proton|\bSDp\b|SD-p", re.IGNORECASE)
_NEUTRON = re.compile(r"neutron|\bSDn\b|SD-n", re.IGNORECASE)
_CONTROL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def recognises(source: Source) -> bool:
    """Tell whether the file is XML with a limit's data in it."""
    return source.text.lstrip().startswith("<") and "<data-values" in source.text


def read(source: Source) -> Found:
    """Read each limit.

    Raises
    ------
    InvalidCurve
        The XML is broken or declares entities, or its data are no pairs of numbers.
    """
    limits = _limits(source)
    if len(limits) == 1:
        return [_draft(limits[0], source.name, source.stem)]
    places = list(enumerate(limits, start=1))
    return each(
        places, lambda item: [_draft(item[1], f"{source.name} limit {item[0]}", source.stem)], source.name
    )


def _draft(fields: Mapping[str, str], where: str, name: str) -> Draft:
    rows = _pairs(fields.get("data-values", ""), where)
    values = numbers.table(rows, ("m", "limit"), f"{where} data-values")
    treatment = []
    for place, axis in enumerate("xy"):
        by = numbers.number(fields.get(f"{axis}-rescale", "") or "1", f"{where} {axis}-rescale")
        if by != 1:
            values[:, place] *= by
            treatment.append(f"{axis} multiplied by its {axis}-rescale {by:g}")
    columns = two_columns(values, fields.get("x-units", ""), fields.get("y-units", ""))
    facts = _stated(fields, where)
    return Draft(where=where, id=name, columns=columns, facts=facts, treatment=treatment, repeats=True)


def write(curve: Curve) -> dict[str, str]:
    """One XML file; what DMTools has no field for goes to its ``nomhash``.

    Raises
    ------
    InvalidCurve
        DMTools knows no such quantity, or the curve has more than one line.
    """
    if curve.quantity not in SPINS:
        held = ", ".join(SPINS)
        msg = f"curve {curve.id} is of {curve.quantity}; DMTools holds {held}, choose another format"
        raise InvalidCurve(msg)
    bands.require_none(curve, "DMTools")
    pairs = "; ".join(f"{m!r} {y!r}" for m, y in zip(curve.x.tolist(), curve.y.tolist(), strict=True))
    nucleon = NUCLEONS.get(curve.quantity, "")
    fields = {
        "data-comment": " ".join(filter(None, (f"WIMP-{nucleon or 'nucleon'} cross section", curve.notes))),
        "data-label": curve.label,
        "data-reference": "" if curve.reference.text == UNKNOWN else curve.reference.text,
        "data-values": f"{{[{pairs}]}}",
        "experiment": curve.experiment,
        "measurement-type": "Dir",
        "nomhash": yaml_text.dump([flat.of_line(curve)]),
        "public": "true",
        "result-type": next((name for name, kind in KINDS.items() if kind == curve.kind), "Exp"),
        "spin-dependency": SPINS[curve.quantity],
        "x-rescale": "1",
        "x-units": "GeV",
        "y-rescale": "1",
        "y-units": "cm^2",
        "year": str(curve.year or ""),
    }
    body = [f"  <{name}{_TYPES.get(name, '')}>{_text(value)}</{name}>" for name, value in fields.items()]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<limit>", *body, "</limit>", ""]
    return {f"{curve.id}.xml": "\n".join(lines)}


_TYPES = {"nomhash": ' type="yaml"', "public": ' type="boolean"', "year": ' type="integer"'}


def _text(value: str) -> str:
    """Text for XML; characters that it cannot hold become a visible mark, nomhash keeps them escaped."""
    return escape(_CONTROL.sub("\ufffd", value), {"\r": "&#13;"})


def _limits(source: Source) -> list[dict[str, str]]:
    """Fields of each limit."""
    if re.search(r"<!(DOCTYPE|ENTITY)", source.text, re.IGNORECASE):
        msg = f"{source.name} declares a document type or entities; a limit of DMTools has none"
        raise InvalidCurve(msg)
    try:
        root = ET.fromstring(source.text)  # noqa: S314 - no entities, bounded size
    except (ET.ParseError, ValueError) as error:
        msg = f"{source.name} is not XML: {error}"
        raise InvalidCurve(msg) from None
    found = [root] if root.tag == "limit" else list(root.iter("limit"))
    if not found:
        msg = f"{source.name} holds no <limit>; give the XML that DMTools exports"
        raise InvalidCurve(msg)
    return [{child.tag: (child.text or "").strip() for child in limit} for limit in found]


def _pairs(text: str, where: str) -> list[tuple[int, list[str]]]:
    """Pairs of `{[m cs; m cs]}`; several groups would be several lines."""
    if text.count("[") > 1:
        msg = f"{where} data-values: {text.count('[')} groups of points; give one file a line"
        raise InvalidCurve(msg)
    parts = re.sub(r"[{}\[\]]", " ", text).split(";")
    rows = [(place, part.replace(",", " ").split()) for place, part in enumerate(parts, start=1)]
    return [row for row in rows if row[1]]


def _stated(fields: Mapping[str, str], where: str) -> dict[str, object]:
    if own := _own(fields.get("nomhash", ""), where):
        return own
    text = " ".join(fields.get(name, "") for name in ("data-label", "data-comment"))
    link = unescape(fields.get("data-reference", ""))
    year = fields.get("year", "")
    return {
        "quantity": _quantity(fields.get("spin-dependency", ""), text),
        "title": statements.plain(unescape(fields.get("data-label", ""))),
        "notes": statements.plain(unescape(fields.get("data-comment", ""))),
        "experiment": fields.get("experiment", ""),
        "year": int(year) if re.fullmatch(r"\d{4}", year) else None,
        "kind": KINDS.get(fields.get("result-type", ""), ""),
        **statements.confidence(text),
        **statements.reference(link),
    }


def _quantity(spin: str, text: str) -> str:
    """SI, or SD on the one nucleon that label or comment name; DMTools has no field for it."""
    if spin == "SI":
        return "sigma_SI"
    proton, neutron = bool(_PROTON.search(text)), bool(_NEUTRON.search(text))
    if spin == "SD" and proton != neutron:
        return "sigma_SDp" if proton else "sigma_SDn"
    return ""


def _own(nomhash: str, where: str) -> dict[str, object]:
    """Facts that our own writer left in the free field."""
    if not nomhash:
        return {}
    found = yaml_text.documents(nomhash, f"{where} nomhash")
    own = found[0] if found and isinstance(found[0], dict) else {}
    return {str(name): value for name, value in own.items()} if flat.whole(own) else {}
