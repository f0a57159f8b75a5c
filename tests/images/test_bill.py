"""The bill of materials has every package of an image once at each place, with its address and licence."""

import re

from builders.images.bill import DPKG, bill, wanted
from builders.images.catalogue import images
from builders.images.source import Source
from builders.images.tree import Tree
from tests.images.trees import File, tree

SOURCE = Source("1.0", 40 * "a", "2026-11-22T00:00:00+00:00", "https://example.org/vre-dm")
STATUS = """\
Package: libstdc++6
Status: install ok installed
Architecture: amd64
Version: 12.2.0-14+deb12u1

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
"""
PLACE = "opt/vre/lib/python3.11/site-packages"
FILES: dict[str, File] = {
    DPKG: (STATUS, 0o644),
    f"{PLACE}/Zope.Interface-1.0.dist-info/METADATA": ("Name: Zope.Interface\nVersion: 1.0\n\nLong\n", 0o644),
    f"{PLACE}/vre_dm-1.0.dist-info/METADATA": (
        "Name: vre-dm\nVersion: 1.0\nLicense-Expression: BSD-3-Clause\n\nName: no\n",
        0o644,
    ),
    "opt/lake/lib/python3.11/site-packages/vre_dm-1.0.dist-info/METADATA": (
        "Name: vre-dm\nVersion: 1.0\n",
        0o644,
    ),
    f"{PLACE}/other/METADATA": ("Name: no\nVersion: 0\n", 0o644),
}


def held() -> Tree:
    return tree(FILES, wanted)


def test_it_names_what_is_installed_and_no_more() -> None:
    said = bill(images()[0], SOURCE, held())
    addresses = sorted(each["purl"] for each in said["components"])
    assert addresses == [
        "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64",
        "pkg:pypi/vre-dm@1.0",
        "pkg:pypi/vre-dm@1.0",
        "pkg:pypi/zope-interface@1.0",
    ]


def test_every_component_has_a_reference_of_its_own_and_its_licence() -> None:
    said = bill(images()[0], SOURCE, held())
    references = [each["bom-ref"] for each in said["components"]]
    assert len(set(references)) == len(references)
    assert said["dependencies"][0]["dependsOn"] == references
    assert {"licenses": [{"expression": "BSD-3-Clause"}]}.items() <= max(
        said["components"], key=lambda each: "licenses" in each
    ).items()


def test_a_package_that_is_another_name_of_a_file_or_a_link_to_one_is_listed_at_each_place() -> None:
    name = "lib/python3.11/site-packages/vre_dm-1.0.dist-info/METADATA"
    more: dict[str, File] = {
        f"opt/linked/{name}": (f"⇒./{PLACE}/vre_dm-1.0.dist-info/METADATA", 0o644),
        f"opt/led/{name}": (f"→/{PLACE}/vre_dm-1.0.dist-info/METADATA", 0o777),
    }
    said = bill(images()[0], SOURCE, tree(FILES | more, wanted))
    places = [each["properties"][0]["value"] for each in said["components"] if each["name"] == "vre-dm"]
    folders = ("lake", "led", "linked", "vre")
    assert sorted(places) == [f"/opt/{folder}/lib/python3.11/site-packages" for folder in folders]


def test_it_is_what_github_takes_for_a_bill_with_a_number_of_its_content() -> None:
    said = bill(images()[0], SOURCE, held())
    assert said["bomFormat"] == "CycloneDX"
    assert said["specVersion"] == "1.5"
    # as the schema of CycloneDX has it
    number = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
    assert number.fullmatch(said["serialNumber"])
    other = bill(images()[0], SOURCE, tree({DPKG: FILES[DPKG]}, wanted))
    assert other["serialNumber"] != said["serialNumber"]
    assert bill(images()[0], SOURCE, held())["serialNumber"] == said["serialNumber"]
