"""Debian's Chromium, driven by Playwright: it finds no host but this machine; who asks is noted."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.browser.lab import Lab, on_lake, skip_unless_built
from tests.browser.panel import PATIENT, Panel
from tests.browser.plot import Plot
from tests.browser.toys import model
from tests.lake.conftest import make as make  # fixtures
from tests.lake.conftest import rucio as rucio
from vre_dm.limits.plot.page import page as document
from vre_dm.sandbox import LakeStatus

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LOCAL = {"127.0.0.1", ""}  # "" is file:, data: and blob:
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", ALONE]
VIEWPORT = {"width": 1280, "height": 900}
# JupyterLab and Notebook 7 report errors of their own plugins; ours have this in their stack.
OURS = "/extensions/vre-dm-lab/"
NOTHING: tuple[list[str], list[str], list[str]] = ([], [], [])
_CLOSE_ALL = """() => {
  for (const widget of [...jupyterapp.shell.widgets("main")].filter(({ id }) => !id.startsWith("launcher"))) {
    widget.dispose()  // which does not ask whether to save it
  }
}"""
expect.set_options(timeout=PATIENT)


@pytest.fixture(scope="package")  # not the session: Playwright's event loop would still run in tests/server
def playwright() -> Iterator[Playwright]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (Debian: apt install chromium)")
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS) as started:
        yield started


@pytest.fixture(scope="session")  # of one process, which may do other tests between those of the browser
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile on disk: Chromium keeps what it compiled nowhere else."""
    return tmp_path_factory.mktemp("profile")


@pytest.fixture(scope="package")
def visitor(playwright: Playwright, profile: Path) -> Iterator[BrowserContext]:
    """A user who was in JupyterLab before, so that its scripts need not be fetched and compiled again."""
    with playwright.chromium.launch_persistent_context(
        profile, viewport=VIEWPORT, executable_path=CHROMIUM, args=ARGUMENTS
    ) as context:
        yield context


class Watched:
    """A page, and what it did that it should not have done; of errors those that name `blamed`."""

    def __init__(self, context: BrowserContext, blamed: str = "") -> None:
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        self._context, self._blamed = context, blamed
        self._before = set(context.pages)  # a profile has one from the beginning
        context.set_default_timeout(PATIENT)
        context.on("page", self._follow)
        self.page: Page = context.new_page()

    @property
    def wrong(self) -> tuple[list[str], list[str], list[str]]:
        """Hosts it asked, its errors and its dialogs."""
        return self.asked, self.errors, self.dialogs

    def close(self) -> None:
        """Close it, and every page that came of it."""
        self._context.remove_listener("page", self._follow)
        for page in set(self._context.pages) - self._before:
            page.close()

    def _follow(self, page: Page) -> None:
        page.on("request", lambda request: self._hear(request.url))
        page.on("websocket", lambda socket: self._hear(socket.url))
        page.on("pageerror", lambda error: self._failed(f"{error.message} {error.stack}"))
        page.on("console", self._said)
        page.on("dialog", self._dialog)

    def _hear(self, url: str) -> None:
        """Write down what is not of this machine."""
        if (urlsplit(url).hostname or "") not in LOCAL:
            self.asked.append(url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._failed(f"{message.text} {message.location['url']}")

    def _failed(self, text: str) -> None:
        if self._blamed in text:
            self.errors.append(text)

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


@pytest.fixture
def watch(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Open pages; at the end none of them may have asked a host, failed or opened a dialog.

    Keywords are those of a browser that was never used; without a `context` there is one for each page.
    """
    opened: list[Watched] = []

    def make(context: BrowserContext | None = None, blamed: str = "", **options: Any) -> Watched:
        opened.append(Watched(context or browser.new_context(**{"viewport": VIEWPORT} | options), blamed))
        return opened[-1]

    yield make
    for watched in opened:
        watched.close()
        assert watched.wrong == NOTHING


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


@pytest.fixture(scope="session")
def lab(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab with the extension, on the lake of the session."""
    skip_unless_built()
    started = on_lake(embedded_lake, tmp_path_factory.mktemp("jupyter")).start()
    yield started
    started.stop()


@pytest.fixture
def lab_page(lab: Lab, visitor: BrowserContext, watch: Callable[..., Watched]) -> Callable[..., Page]:
    """Open a path of JupyterLab in a window of a size; with more keywords in a browser of its own."""

    def make(path: str = "/lab?reset", size: tuple[int, int] | None = None, **options: Any) -> Page:
        watched = watch(None if options else visitor, blamed=OURS, **options)
        if size:
            watched.page.set_viewport_size({"width": size[0], "height": size[1]})
        return lab.open(watched.page, path)

    return make


@pytest.fixture(scope="module")
def opened_once() -> Iterator[list[Watched]]:
    """The page of JupyterLab that the stories of a file share, if there is one."""
    opened: list[Watched] = []
    yield opened
    for watched in opened:
        watched.close()
        assert watched.wrong == NOTHING


@pytest.fixture
def shared_page(
    opened_once: list[Watched], lab: Lab, visitor: BrowserContext, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """JupyterLab in the page of the stories before, its main area empty; in another after one that failed."""
    if not opened_once:
        opened_once.append(Watched(visitor, blamed=OURS))
        lab.open(opened_once[0].page)
    (watched,) = opened_once
    failed_before = request.session.testsfailed
    yield watched.page
    if request.session.testsfailed == failed_before and watched.wrong == NOTHING:
        watched.page.evaluate(_CLOSE_ALL)
    else:
        opened_once.clear()
        watched.close()
    assert watched.wrong == NOTHING


@pytest.fixture
def light_again(lab: Lab) -> Iterator[None]:
    """The theme is kept by the server: a story that changes it changes it for all."""
    yield
    lab.setting("@jupyterlab/apputils-extension:themes", theme="JupyterLab Light")


@pytest.fixture
def panel(lab_page: Callable[..., Page]) -> Panel:
    """JupyterLab with the panel open."""
    return Panel(lab_page()).open()


@pytest.fixture
def shared_panel(shared_page: Page) -> Panel:
    """The panel, open in the page of the stories before."""
    return Panel(shared_page).open()
