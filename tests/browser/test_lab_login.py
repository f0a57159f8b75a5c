"""Stories of tokens that end while their user works, and of the next ones."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.lab_data import keeping_tokens, storage_at_rest, token, zeros
from tests.browser.panel import Panel
from tests.browser.test_lab_fetch import under_way
from tests.lakes import until
from vre_dm.did import Did
from vre_dm.lake.tokens import FileToken
from vre_dm.sandbox import LakeStatus

LIFE = 6  # seconds
FILES, SIZE = 40, 15_000_000  # more than are asked for at once


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


@pytest.fixture
def many(embedded_lake: LakeStatus, rucio: Any) -> Did:
    """A dataset that travels for some seconds, in files that each need a token."""
    return zeros(embedded_lake, rucio, f"many.{os.urandom(3).hex()}", SIZE, FILES)


def wait_for_the_end_of(file: Path) -> None:
    ends = FileToken(file).expires()
    assert ends is not None
    until(lambda: datetime.now(UTC) > ends)


def test_a_fetch_goes_on_without_a_word_when_the_token_of_its_beginning_ends(
    panel: Panel, token_file: Path, embedded_lake: LakeStatus, many: Did
) -> None:
    with storage_at_rest(embedded_lake) as let_through:
        with keeping_tokens(embedded_lake, token_file, LIFE):
            under_way(panel, many, let_through)
        wait_for_the_end_of(token_file)
        token_file.write_text(token(embedded_lake, 3600))
    expect(panel.job(str(many))).to_contain_text(f"{FILES} of {FILES} files")
    expect(panel.job(str(many))).to_contain_text("Finished")
    expect(panel.told("log in")).to_have_count(0)


def test_a_fetch_whose_login_ended_says_so_and_continues_with_the_next_token(
    panel: Panel, token_file: Path, embedded_lake: LakeStatus, many: Did
) -> None:
    with storage_at_rest(embedded_lake) as let_through:
        with keeping_tokens(embedded_lake, token_file, LIFE):
            under_way(panel, many, let_through)
        wait_for_the_end_of(token_file)
    job = panel.job(str(many))
    expect(job).to_contain_text("Failed")
    expect(job).to_contain_text("log in again")
    expect(panel.place).to_contain_text("token expired")
    token_file.write_text(token(embedded_lake, 3600))
    job.get_by_role("button", name="Continue").click()
    expect(job).to_contain_text("Finished")
