"""Whatever stands in names, metadata, notebooks and files is only ever text in the page."""

import os
from typing import Any

import nbformat
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab
from tests.browser.panel import Panel
from tests.lake.conftest import Make
from tests.lakes import plant
from vre_dm.did import Did
from vre_dm.sandbox import LakeStatus

ATTACKS = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    '"><iframe srcdoc="<script>parent.alert(1)</script>">',
    "[x](javascript:alert(1)) ![x](https://outside.example/dot.png)",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)}",
    "\u202egnp.exe\u2066 \x1b[31m",
)
HOSTILE = " ".join(ATTACKS)
# What an attack that worked would leave behind.
BROUGHT = """() => {
  const bad = 'img[src="x"], img[src*="outside.example"], iframe[srcdoc], svg[onload], a[href^="javascript:"]'
  const handlers = [...document.querySelectorAll("*")].filter(element =>
    [...element.attributes].some(({ name }) => name.startsWith("on")))
  const scripts = [...document.scripts].filter(({ text }) => text.trim() === "alert(1)")
  return [...document.querySelectorAll(bad), ...handlers, ...scripts].map(({ outerHTML }) => outerHTML)
}"""


def brought(page: Page) -> Any:
    """Elements that came out of a hostile text; alerts, requests and errors end the test by themselves."""
    return page.evaluate(BROUGHT)


def test_an_attack_that_works_would_be_seen(panel: Panel) -> None:
    panel.page.evaluate("() => { document.body.insertAdjacentHTML('beforeend', '<b onclick=0>') }")
    assert len(brought(panel.page)) == 1


def test_hostile_names_and_metadata_of_a_dataset_are_text(
    panel: Panel, make: Make, embedded_lake: LakeStatus
) -> None:
    fields = {
        key: HOSTILE for key in ("title", "description", "experiment", "citation", "doi", "licence", "unit")
    }
    did = make(f"hostile.{os.urandom(3).hex()}", files=1, **fields, year=2020)
    plant(
        embedded_lake,
        Did(did.scope, f"{did.name}.00000.txt"),
        [f"{did.name}.{each[:40]}" for each in ATTACKS],
    )
    plant(embedded_lake, did, [f"{did.name}-{each[:40]}" for each in ATTACKS])
    panel.page.get_by_role("button", name="Ask the lake again").click()
    panel.expand("user.dm")
    panel.filter(did.name)
    expect(panel.tree.get_by_text("left out")).to_be_visible()
    panel.expand(did.name)
    expect(panel.tree.get_by_text("left out")).to_have_count(2)
    panel.row(did.name).dblclick()
    details = panel.section("Details")
    expect(details.get_by_text(ATTACKS[0]).first).to_be_visible()
    panel.section("Search")
    panel.search("year=2020")
    expect(panel.hit(str(did))).to_be_visible()
    assert brought(panel.page) == []


def test_what_a_hostile_notebook_claims_to_use_is_left_out(lab: Lab, panel: Panel) -> None:
    claims = [{"did": HOSTILE, "variableName": HOSTILE, "type": HOSTILE}]
    claims += [{"did": "fermi:dsph.jfactors", "variableName": "jf", "type": "collection"}]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    written = nbformat.v4.new_notebook(metadata={"kernelspec": kernel, "rucio_attachments": claims})
    nbformat.write(written, lab.root / "claims.ipynb")
    panel.command("docmanager:open", path="claims.ipynb")
    used = panel.section("Used in this notebook").get_by_role("listitem")
    expect(used).to_contain_text("fermi:dsph.jfactors")
    assert brought(panel.page) == []
