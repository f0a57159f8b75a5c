"""The shipped folder is a data package of today's standard, and its description is the one of the curves."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.limits.conftest import HOSTILE, make
from vre_dm.limits.catalogue import SHIPPED, load
from vre_dm.limits.datapackage import NAME, package, problems, write
from vre_dm.limits.metadata import Provenance, Reference
from vre_dm.limits.scaffold import write_pairs

SOUND = package([make(reference=Reference("2001.00001", "v2"), provenance=Provenance(source="a/b"))])
Package = dict[str, Any]


def test_the_shipped_package_is_valid_and_names_files_that_are_there() -> None:
    shipped = json.loads((SHIPPED / NAME).read_text(encoding="utf-8"))
    assert problems(shipped, SHIPPED) == []


def test_the_shipped_package_describes_the_curves_of_today() -> None:
    """After a change of a sidecar `python -m builders.curves` writes it again."""
    shipped = json.loads((SHIPPED / NAME).read_text(encoding="utf-8"))
    assert shipped == json.loads(json.dumps(package(load())))


def test_each_resource_holds_its_sidecar_and_where_it_is_from() -> None:
    (resource,) = SOUND["resources"]
    assert resource["sources"] == [{"title": "arXiv:2001.00001v2"}, {"title": "a/b"}]
    assert (resource["name"], resource["quantity"]) == ("si_toy_2020", "sigma_SI")
    assert SOUND["licenses"] == [{"name": "CC0-1.0"}]


def test_the_same_source_is_named_once() -> None:
    curve = make(provenance=Provenance(source="arXiv:2001.00001v2"), reference=Reference("2001.00001", "v2"))
    assert len(package([curve])["resources"][0]["sources"]) == 1


def test_a_written_package_lies_beside_the_curves_and_does_not_count_as_one(tmp_path: Path) -> None:
    write_pairs([make()], tmp_path)
    target = write(load(tmp_path), tmp_path)
    assert problems(json.loads(target.read_text(encoding="utf-8")), tmp_path) == []
    assert load(tmp_path).ids == ["si_toy_2020"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAME, "si_toy_2020.csv", "si_toy_2020.json"]


def test_text_stays_text(tmp_path: Path) -> None:
    target = write([make(label=HOSTILE, notes=HOSTILE)], tmp_path)
    (resource,) = json.loads(target.read_text(encoding="utf-8"))["resources"]
    assert resource["title"] == resource["notes"] == HOSTILE


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    assert problems(SOUND, tmp_path) == ["resource 0: no file si_toy_2020.csv"]


@pytest.mark.parametrize(
    ("place", "value", "complaint"),
    [
        (("name",), "Limit Curves", "name 'Limit Curves'"),
        (("licenses",), [], "licenses is a list"),
        (("licenses",), [{"title": "free"}], "a name or a path"),
        (("resources", 0, "name"), None, "name None"),
        (("resources", 0, "path"), "/etc/passwd", "not a file inside the package"),
        (("resources", 0, "path"), "../other.csv", "not a file inside the package"),
        (("resources", 0, "path"), "a\\..\\b.csv", "not a file inside the package"),
        (("resources", 0, "path"), None, "not a file inside the package"),
        (("resources", 0, "hash"), "sha256:xyz", "not a checksum"),
        (("resources", 0, "sources"), [{"path": "x"}], "a source has a title"),
        (("resources", 0, "schema"), {}, "a list of fields"),
        (("resources", 0, "schema", "fields", 0, "type"), "float", "field type 'float'"),
        (("resources", 0, "schema", "fields", 0, "name"), "limit_cm2", "a name of its own"),
        (("resources", 0, "schema", "fields", 0, "name"), "", "a name of its own"),
        (("resources", 0), "si_toy", "not an object"),
        (("resources",), [], "at least one resource"),
        (("resources",), None, "a list of resources"),
    ],
)
def test_what_the_standard_forbids_is_found(place: tuple[Any, ...], value: object, complaint: str) -> None:
    spoiled: Package = copy.deepcopy(SOUND)
    inner: Any = spoiled
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    assert any(complaint in text for text in problems(spoiled))


def test_two_resources_of_one_name_are_found() -> None:
    doubled = SOUND | {"resources": SOUND["resources"] * 2}
    assert problems(doubled) == ["resource 1: the name 'si_toy_2020' is there already"]


@pytest.mark.parametrize("given", [None, [], "text", 3])
def test_what_is_no_package_at_all_is_said(given: object) -> None:
    assert problems(given) == ["a data package is an object with a list of resources"]
