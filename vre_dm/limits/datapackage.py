"""A folder of curves as a Frictionless data package: ``datapackage.json`` with every sidecar as a resource.

The rules checked here are those of the Data Package, Data Resource and Table Schema standards that concern a
folder of CSV files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from vre_dm.limits.curve import Curve
from vre_dm.limits.placing import place
from vre_dm.limits.sidecar import Record, to_record

NAME = "datapackage.json"
FIELD_TYPES = frozenset(
    (
        *("string", "number", "integer", "boolean", "object", "array", "list", "datetime", "date", "time"),
        *("year", "yearmonth", "duration", "geopoint", "geojson", "any"),
    )
)
_NAME = re.compile(r"[a-z0-9][a-z0-9._/-]*")
_HASH = re.compile(r"([a-z0-9]+:)?[0-9a-f]{32,128}")


def package(curves: Iterable[Curve], *, title: str = "Dark-matter limit curves") -> Record:
    """Describe curves as one package.

    Parameters
    ----------
    curves
        What the folder holds.
    title
        For people.

    Returns
    -------
    dict
        Ready for JSON; each resource is a curve's sidecar, with the publication and the source it is from.
    """
    resources = [to_record(curve) | {"sources": _sources(curve)} for curve in curves]
    licences = sorted({licence["name"] for resource in resources for licence in resource["licenses"]})
    return {
        "name": "limit-curves",
        "title": title,
        "description": "Each resource is one curve under the licence that it states.",
        "licenses": [{"name": name} for name in licences],
        "resources": resources,
    }


def write(curves: Iterable[Curve], folder: Path) -> Path:
    """Write ``datapackage.json`` beside the curves of a folder; an older one is replaced whole."""
    text = json.dumps(package(curves), ensure_ascii=False, separators=(",", ":")) + "\n"
    return place({NAME: text}, folder, overwrite=True)[0]


def problems(package: Any, folder: Path | None = None) -> list[str]:
    """Say where a data package breaks the standard, or names a file that is not there.

    Parameters
    ----------
    package
        What ``datapackage.json`` holds.
    folder
        Where it lies; left out, files are not looked at.

    Returns
    -------
    list of str
        One line a problem, empty for a valid package.

    References
    ----------
    Data Package 2.0, https://datapackage.org/standard/
    """
    if not isinstance(package, dict) or not isinstance(package.get("resources"), list):
        return ["a data package is an object with a list of resources"]
    if not package["resources"]:
        return ["a data package has at least one resource"]
    found = [f"package: {text}" for text in (*_name(package), *_licences(package))]
    seen: set[object] = set()
    for number, resource in enumerate(package["resources"]):
        where = f"resource {number}"
        if not isinstance(resource, dict):
            found.append(f"{where}: not an object")
            continue
        found += [f"{where}: {text}" for text in _resource(resource, folder)]
        if str(resource.get("name")) in seen:
            found.append(f"{where}: the name {resource.get('name')!r} is there already")
        seen.add(str(resource.get("name")))
    return found


def _sources(curve: Curve) -> list[dict[str, str]]:
    titles = (curve.reference.text, curve.provenance.source)
    return [{"title": title} for title in dict.fromkeys(titles) if title != "unknown"]


def _resource(resource: Record, folder: Path | None) -> Iterator[str]:
    yield from _name(resource)
    yield from _licences(resource)
    path = resource.get("path")
    if not isinstance(path, str) or path.startswith(("/", "~")) or ".." in path.split("/") or "\\" in path:
        yield f"path {path!r} is not a file inside the package"
    elif folder is not None and not (folder / path).is_file():
        yield f"no file {path}"
    checksum = resource.get("hash")
    if checksum is not None and not (isinstance(checksum, str) and _HASH.fullmatch(checksum)):
        yield f"hash {checksum!r} is not a checksum with its algorithm"
    for source in resource.get("sources", ()):
        if not isinstance(source, dict) or not isinstance(source.get("title"), str):
            yield "a source has a title"
    yield from _fields(resource.get("schema"))


def _name(described: Record) -> Iterator[str]:
    name = described.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        yield f"name {name!r} is not lower-case letters, digits, '.', '_', '-' or '/'"


def _licences(described: Record) -> Iterator[str]:
    licences = described.get("licenses", [{"name": ""}])
    if not isinstance(licences, list) or not licences:
        yield "licenses is a list of one or more"
        return
    if not all(isinstance(each, dict) and {"name", "path"} & set(each) for each in licences):
        yield "a licence has a name or a path"


def _fields(schema: Any) -> Iterator[str]:
    fields = schema.get("fields") if isinstance(schema, dict) else None
    if not isinstance(fields, list) or not all(isinstance(field, dict) for field in fields):
        yield "schema has a list of fields"
        return
    names = [field.get("name") for field in fields]
    if not all(isinstance(name, str) and name for name in names) or len(set(map(str, names))) != len(names):
        yield "each field has a name of its own"
    for field in fields:
        if field.get("type", "any") not in FIELD_TYPES:
            yield f"field type {field.get('type')!r} is none of the standard's"
