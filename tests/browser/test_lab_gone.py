"""What is deleted while one looks at it is said to be gone, and nothing of it is offered any more."""

import os

from playwright.sync_api import expect

from tests.browser.panel import Panel
from tests.lake.conftest import Make
from tests.lakes import erase
from vre_dm.sandbox import LakeStatus


def test_the_details_of_a_deleted_dataset_list_nothing_any_more(
    panel: Panel, make: Make, embedded_lake: LakeStatus
) -> None:
    did = make(f"gone.{os.urandom(3).hex()}", files=2)
    panel.search(str(did))
    panel.hit(str(did)).press("Enter")
    details = panel.section("Details")
    expect(details.get_by_role("table", name="Metadata")).to_be_visible()
    details.get_by_role("tab", name="Files").click()
    expect(details.get_by_role("grid", name="Files").get_by_role("row")).to_have_count(2)
    details.get_by_role("tab", name="About").click()
    erase(embedded_lake, did)
    with panel.page.expect_event("console", lambda said: "/api/files" in said.location["url"]):
        details.get_by_role("tab", name="Files").click()
    expect(details.get_by_role("alert")).to_contain_text(f"{did} is no longer in the lake")
    expect(details.get_by_role("grid")).to_have_count(0)
