"""Stories of rules: one gets stuck, tells why, and is boosted; one is refused."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.panel import PATIENT, Panel
from tests.lake.conftest import Make
from tests.lake.rules.conftest import put
from tests.lakes import until
from vre_dm.sandbox import LakeStatus

TARGET = "DESY-DCACHE"


def test_a_stuck_rule_says_why_and_arrives_after_a_boost(
    panel: Panel, make: Make, embedded_lake: LakeStatus, rucio: Any
) -> None:
    did = make("ghost", files=2)  # registered, but no bytes at the storage
    panel.keep(str(did), TARGET)
    rule = panel.rule(str(did))
    expect(rule).to_contain_text("the file is not at the source", timeout=2 * PATIENT)
    expect(panel.told(str(did))).to_be_visible()
    put(embedded_lake, rucio, did, "CNAF-STORM")
    # Rucio pauses a rule for minutes when a boost meets its repair: wait until one has just ended.
    (asked,) = rucio.list_did_rules(did.scope, did.name)
    until(lambda: rucio.get_replication_rule(asked["id"])["updated_at"] != asked["updated_at"])
    rule.get_by_role("button", name="Boost").click()
    expect(rule).to_contain_text("OK: all 2 files are at")


def test_a_refused_rule_says_so_in_its_form(panel: Panel, make: Make) -> None:
    did = make("twice", files=1)
    panel.keep(str(did), TARGET)
    expect(panel.page.get_by_role("dialog")).to_have_count(0)
    panel.keep(str(did), TARGET)
    dialog = panel.page.get_by_role("dialog")
    expect(dialog.get_by_role("alert").filter(has_text="exists already")).to_be_visible()
    panel.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
