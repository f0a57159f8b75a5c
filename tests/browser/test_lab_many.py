"""The story of a dataset with very many files: seen at once, walked through, never all of it in the page."""

import os
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.panel import Panel
from tests.lake.conftest import Make
from tests.lakes import plant
from vre_dm.did import Did
from vre_dm.sandbox import LakeStatus

MOST = 200
AT_ONCE = 20_000


@pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_all_files_are_walked_through_by_key_and_few_are_in_the_page(
    panel: Panel, make: Make, embedded_lake: LakeStatus, rucio: Any, count: int
) -> None:
    did = make(f"many.{os.urandom(3).hex()}", files=1)
    (file,) = rucio.list_files(did.scope, did.name)
    names = [f"{file['name']}.{number:06d}" for number in range(1, count)]
    for start in range(0, count, AT_ONCE):
        plant(embedded_lake, Did(did.scope, file["name"]), names[start : start + AT_ONCE])
    panel.page.get_by_role("button", name="Ask the lake again").click()
    panel.expand("user.dm")
    panel.filter(did.name)
    panel.expand(did.name)
    first, last = panel.row(file["name"]), panel.row(names[-1])
    expect(first).to_be_visible()
    expect(first).to_have_attribute("aria-setsize", str(count))
    panel.page.keyboard.press("End")
    expect(last).to_be_visible()
    assert panel.tree.get_by_role("treeitem").count() <= MOST
    panel.page.keyboard.press("Home")
    expect(panel.tree.get_by_role("treeitem").first).to_be_focused()
