"""JupyterLab and Notebook 7 with the extension, as a user opens them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.browser.lab import Lab

PLANTED = {
    "https://outside.example/api": "fetch('https://outside.example/api')",
    "https://outside.example/dot.png": "new Image().src = 'https://outside.example/dot.png'",
    "wss://outside.example/socket": "new WebSocket('wss://outside.example/socket')",
}


@pytest.mark.parametrize("path", ["/lab?reset", "/tree"])
def test_a_front_end_opens_without_a_request_to_another_host(
    lab_page: Callable[..., Page], path: str
) -> None:
    lab_page(path).get_by_role("menubar").get_by_text("File", exact=True).wait_for()


def test_a_request_to_another_host_would_be_seen(lab: Lab, watch: Callable[..., Watched]) -> None:
    watched = watch()
    page = lab.open(watched.page)
    for planted in PLANTED.values():
        page.evaluate(f"() => {{ {planted} }}")
    while len(watched.asked) < len(PLANTED):
        page.wait_for_timeout(50)
    assert sorted(watched.asked) == sorted(PLANTED)
    watched.asked.clear()
    watched.errors.clear()
