"""kdund/dd_limit_plot: a CSV without header for each result, described in one TOML beside them."""

import re
from collections.abc import Sequence
from typing import Any

from vre_dm.errors import InvalidCurve
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import facts as flat
from vre_dm.limits.interchange import numbers, plain, statements, toml_text
from vre_dm.limits.interchange.draft import Draft, Found, RawColumn, each
from vre_dm.limits.interchange.source import Source

RECORD = "result_metadata.toml"
DEFAULTS = "default_values"
PREFIXES = {"WIMPSI_": "sigma_SI", "WIMPSDn_": "sigma_SDn", "WIMPSDp_": "sigma_SDp", "WIMPE_": "sigma_e"}
STEMS = {"wimp_mass": "m", "upper_limit": "limit", "sensitivity_median": "median"}
TYPES = {"collaboration": "collaboration file", "webplotdigitized": "digitised", "curvetrace": "digitised"}
TOOLS = {"webplotdigitized": "WebPlotDigitizer", "curvetrace": "curve trace"}
SKIPPED = {"index"}
OTHERS = {"reference", "provenance"}
"""Keys of theirs that a record also begins a name with."""


def recognises(source: Source) -> bool:
    """Tell whether the file is such a TOML, or a CSV that one beside it describes."""
    if source.path.suffix == ".toml":
        return "header" in source.text and "[" in source.text
    if source.path.suffix != ".csv" or not source.has(RECORD):
        return False
    described, _ = _sections(source.beside(RECORD))
    return source.stem in described


def read(source: Source) -> Found:
    """Read the result of a CSV, or each result of a TOML.

    Raises
    ------
    InvalidCurve
        A file is missing or malformed, or a row has another number of cells than the TOML names.
    """
    if source.path.suffix == ".toml":
        described, mended = _sections(source)
        sections = list(described.items())
        return each(sections, lambda item: [_draft(source.beside(f"{item[0]}.csv"), item[1], mended)], RECORD)
    described, mended = _sections(source.beside(RECORD))
    if source.stem not in described:
        msg = f"{RECORD} has no section {source.stem!r}; add one that names the columns of {source.name}"
        raise InvalidCurve(msg)
    return [_draft(source, described[source.stem], mended)]


def write(curves: Sequence[Curve]) -> dict[str, str]:
    """One CSV a curve and the TOML that describes them all.

    Raises
    ------
    InvalidCurve
        A curve is none of direct detection.
    """
    written, sections = {}, {DEFAULTS: _defaults()}
    for curve in curves:
        prefix = next((name for name, quantity in PREFIXES.items() if quantity == curve.quantity), "")
        if not prefix or curve.geometry == "grid":
            msg = f"curve {curve.id}: dd_limit_plot holds lines of {', '.join(PREFIXES.values())} only"
            raise InvalidCurve(msg)
        key = f"{prefix}{curve.id}"
        sections[key] = _section(curve)
        written[f"{key}.csv"] = curve.csv.partition("\n")[2]
    return {**written, RECORD: toml_text.dump(sections)}


def _sections(source: Source) -> tuple[dict[str, dict[str, Any]], bool]:
    """Each result with the default values filled in, and whether the TOML had to be mended."""
    found, mended = toml_text.load(source.text, source.name)
    tables = {key: value for key, value in found.items() if isinstance(value, dict)}
    defaults = tables.pop(DEFAULTS, {})
    return {key: {**defaults, **section} for key, section in tables.items()}, mended


def _draft(source: Source, section: dict[str, Any], mended: bool) -> Draft:
    names = section.get("header")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        msg = f"{RECORD} section {source.stem}: header is no list of column names"
        raise InvalidCurve(msg)
    delimiter = section.get("delimiter")
    cells = [
        (line, numbers.split(text, delimiter if isinstance(delimiter, str) else None))
        for line, text in plain.rows_of(source.text)
    ]
    values = numbers.table(cells, names, source.name)
    scale = numbers.number(section.get("scaling", 1.0), f"{RECORD} section {source.stem}, scaling")
    mass = section.get("independent_variable", "wimp_mass")
    units = {True: "units_independent_variable", False: "units_dependent_variable"}
    columns = [
        RawColumn(_stem(name), str(section.get(units[name == mass], "")), values[:, place])
        for place, name in enumerate(names)
        if name not in SKIPPED
    ]
    for column in columns[1:]:
        column.values = column.values * scale if scale != 1 else column.values
    treatment = [f"limits multiplied by the scaling {scale:g} of {RECORD}"] if scale != 1 else []
    if mended:
        treatment.append(f"BibTeX of {RECORD} read literally, its backslashes break the TOML")
    return Draft(
        where=source.name,
        id=source.stem,
        columns=_ordered(columns, source.name, str(mass)),
        facts=_facts(source.stem, section),
        rows=[line for line, _ in cells],
        treatment=treatment,
    )


def _stem(name: str) -> str:
    return STEMS.get(name, name)


def _ordered(columns: list[RawColumn], where: str, mass: str) -> list[RawColumn]:
    """Mass, then the limit or the median, then what else there is."""
    masses = [column for column in columns if column.stem == _stem(mass)]
    first = next((column for stem in ("limit", "median") for column in columns if column.stem == stem), None)
    if len(masses) != 1 or len({column.stem for column in columns}) != len(columns):
        msg = f"{where}: {RECORD} names {len(masses)} columns {mass!r} or a column twice"
        raise InvalidCurve(msg)
    rest = [column for column in columns if column is not first and column is not masses[0]]
    return [*masses, *([first] if first else []), *rest]


def _facts(key: str, section: dict[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in section.items() if isinstance(value, str | int | float)}
    if flat.whole(said):
        return {name: value for name, value in said.items() if name not in OTHERS}
    label, description = str(said.get("label", "")), str(said.get("description", ""))
    source = str(said.get("provenance", "")).casefold()
    stems = [_stem(str(name)) for name in section["header"]]
    projected = statements.kind(f"{key.replace('_', ' ')} {description}") == "projection"
    experiment = re.sub(r"\s*\(.*?\)", "", label).strip()
    named = next((value for prefix, value in PREFIXES.items() if key.startswith(prefix)), "")
    return {
        "quantity": named,
        "channel": _channel(key) if named == "sigma_e" else "",
        "kind": "projection" if projected else "observed" if "limit" in stems else "expected",
        "experiment": experiment,
        "title": label,
        "notes": description,
        "provenance.type": TYPES.get(source, ""),
        "provenance.tool": TOOLS.get(source, ""),
        "assumptions.exposure_ty": said.get("exposure", ""),
        **statements.confidence(description),
        **statements.bibtex(str(said.get("reference", ""))),
    }


def _channel(key: str) -> str:
    said = [word for part, word in (("heavymediator", "F=1"), ("lightmediator", "F~1/q2")) if part in key]
    return said[0] if len(said) == 1 else ""


def _defaults() -> dict[str, Any]:
    return {
        "description": "",
        "independent_variable": "wimp_mass",
        "units_independent_variable": "GeV/c^2",
        "units_dependent_variable": "cm^2",
        "header": ["wimp_mass", "upper_limit"],
        "delimiter": ",",
        "scaling": 1.0,
        "label": "",
        "plot_color": "k",
    }


def _section(curve: Curve) -> dict[str, Any]:
    names = {stem: name for name, stem in STEMS.items()}
    header = [names.get(column.stem, column.stem) for column in curve.columns]
    return {
        "description": curve.notes,
        "header": header,
        "label": curve.label,
        **_provenance(curve),
        **flat.facts(curve),
    }


def _provenance(curve: Curve) -> dict[str, str]:
    type_, tool = curve.provenance.type, curve.provenance.tool
    words = [word for word, meant in TYPES.items() if meant == type_ and TOOLS.get(word, tool) == tool]
    return {"provenance": words[0].capitalize() if words[0] == "collaboration" else words[0]} if words else {}
