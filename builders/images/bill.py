"""The bill of materials of an image in CycloneDX: every package of Python and of Debian that it holds."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from email.parser import HeaderParser
from typing import Any
from urllib.parse import quote

from builders.images.catalogue import Image
from builders.images.source import Source
from builders.images.tree import Tree

DPKG = "var/lib/dpkg/status"
_METADATA = re.compile(r"^(?P<place>.*)/[^/]+\.dist-info/METADATA$")


def wanted(path: str) -> bool:
    """Whether a file of an image says what package it is of."""
    return path == DPKG or _METADATA.match(path) is not None


def bill(image: Image, source: Source, held: Tree) -> dict[str, Any]:
    """Write the bill of an image; the same image gives the same bill.

    Parameters
    ----------
    held
        Its files, with the texts of those that are `wanted`.
    """
    reference = f"pkg:oci/vre-dm-{image.name}?tag={quote(source.version)}"
    components = sorted([*_of_debian(held), *_of_python(held)], key=lambda each: str(each["bom-ref"]))
    said = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": source.created,
            "component": {
                "type": "container",
                "bom-ref": reference,
                "name": f"vre-dm-{image.name}",
                "version": source.version,
                "description": image.profile.card.about,
            },
        },
        "components": components,
        "dependencies": [{"ref": reference, "dependsOn": [each["bom-ref"] for each in components]}],
    }
    return said | {"serialNumber": _serial(said)}


def _serial(said: dict[str, Any]) -> str:
    """Number of a bill, of what it says alone; GitHub takes none without for a bill."""
    return uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(said, sort_keys=True)).urn


def _of_debian(held: Tree) -> Iterator[dict[str, Any]]:
    for paragraph in held.texts.get(DPKG, "").split("\n\n"):
        said = dict(re.findall(r"^(Package|Version|Architecture|Status): (.*)$", paragraph, re.MULTILINE))
        if said.get("Status", "").endswith(" installed"):
            name, version = said["Package"], said["Version"]
            address = f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={said['Architecture']}"
            yield {"type": "library", "bom-ref": address, "name": name, "version": version, "purl": address}


def _of_python(held: Tree) -> Iterator[dict[str, Any]]:
    for path, text in held.texts.items():
        found = _METADATA.match(path)
        if found is None:
            continue
        said = HeaderParser().parsestr(text)
        name = re.sub(r"[-_.]+", "-", said["Name"]).lower()
        address = f"pkg:pypi/{name}@{quote(said['Version'])}"
        component = {
            "type": "library",
            # the same package may be in several environments
            "bom-ref": f"{address}#{quote(found['place'])}",
            "name": name,
            "version": said["Version"],
            "purl": address,
            "properties": [{"name": "vre-dm:place", "value": f"/{found['place']}"}],
        }
        if licence := said["License-Expression"]:
            component["licenses"] = [{"expression": licence}]
        yield component
