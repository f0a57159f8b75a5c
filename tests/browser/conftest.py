"""Debian's Chromium, driven by Playwright, with every host but this machine refused and written down."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.browser.plot import Plot
from tests.browser.toys import model
from vre_dm.limits.plot.page import page as document

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LOCAL = {"127.0.0.1", ""}  # "" is file:, data: and blob:


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


class Watched:
    """A page, and what it did that it should not have done."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
        context.route("**/*", self._judge)
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(f"{error.message} {error.stack}"))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("dialog", self._dialog)

    def _judge(self, route: Route) -> None:
        if (urlsplit(route.request.url).hostname or "") in LOCAL:
            route.continue_()
        else:
            self.asked.append(route.request.url)
            route.abort()

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


@pytest.fixture
def watch(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Open pages; at the end none of them may have asked a host, failed or opened a dialog."""
    opened: list[Watched] = []

    def make(**options: Any) -> Watched:
        opened.append(Watched(browser, **options))
        return opened[-1]

    yield make
    for watched in opened:
        watched.page.context.close()
        assert (watched.asked, watched.errors, watched.dialogs) == ([], [], [])


@pytest.fixture
def show(watch: Callable[..., Watched], tmp_path: Path) -> Callable[..., Plot]:
    """Save a model as HTML and open the file; keywords change the toy model, `context` the browser."""

    def make(context: dict[str, Any] | None = None, **changes: Any) -> Plot:
        path = tmp_path / "limits.html"
        path.write_text(document(model(**changes)), encoding="utf-8")
        page = watch(**(context or {})).page
        page.goto(path.as_uri())
        return Plot(page).wait()

    return make
