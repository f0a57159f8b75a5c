"""The story of a token that ends while its user works, and of the next one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.lab_data import token
from tests.browser.panel import Panel
from vre_dm.sandbox import LakeStatus

LIFE = 20  # seconds


@pytest.fixture
def token_file(lab: Lab) -> Iterator[Path]:
    """What a hub keeps current; as it was at the end."""
    file = lab.folder / "token"
    before = file.read_text()
    yield file
    file.write_text(before)


def test_a_login_that_ended_says_what_to_do_and_a_new_token_is_enough(
    panel: Panel, token_file: Path, embedded_lake: LakeStatus
) -> None:
    token_file.write_text(token(embedded_lake, LIFE))
    panel.page.get_by_role("button", name="Ask the lake again").click()
    expect(panel.place).to_contain_text("token expired")
    token_file.write_text(token(embedded_lake, 3600))
    panel.section("Search")
    panel.search("dsph.*")
    expect(panel.hit("fermi:dsph.jfactors")).to_be_visible()
    expect(panel.place).to_contain_text("min left")
