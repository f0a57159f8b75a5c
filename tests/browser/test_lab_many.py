"""The story of a dataset with 10 000 files: seen at once, walked through, and never all of it in the page."""

import os
from typing import Any

from playwright.sync_api import expect

from tests.browser.panel import Panel
from tests.lake.conftest import Make
from tests.lakes import plant
from vre_dm.did import Did
from vre_dm.sandbox import LakeStatus

COUNT = 10_000
MOST = 200


def test_ten_thousand_files_are_walked_through_by_key_and_few_are_in_the_page(
    panel: Panel, make: Make, embedded_lake: LakeStatus, rucio: Any
) -> None:
    did = make(f"many.{os.urandom(3).hex()}", files=1)
    (file,) = rucio.list_files(did.scope, did.name)
    names = [f"{file['name']}.{number:06d}" for number in range(1, COUNT)]
    plant(embedded_lake, Did(did.scope, file["name"]), names)
    panel.page.get_by_role("button", name="Ask the lake again").click()
    panel.expand("user.dm")
    panel.filter(did.name)
    panel.expand(did.name)
    first, last = panel.row(file["name"]), panel.row(names[-1])
    expect(first).to_be_visible()
    expect(first).to_have_attribute("aria-setsize", str(COUNT))
    panel.page.keyboard.press("End")
    expect(last).to_be_visible()
    assert panel.tree.get_by_role("treeitem").count() <= MOST
    panel.page.keyboard.press("Home")
    expect(panel.tree.get_by_role("treeitem").first).to_be_focused()
