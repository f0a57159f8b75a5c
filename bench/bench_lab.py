"""The side bar beside rucio-jupyterlab 41: same lake, browser and user, each in an environment of its own."""

from collections.abc import Callable, Iterator

import psutil
import pytest
from playwright.sync_api import Browser, Page

from bench import rucio_jupyterlab as peer
from bench.figures import Figures
from bench.lab_clock import clicked, longest_task, pressed, watch_tasks
from bench.lakes import COUNT, MANY
from tests.browser.conftest import browser as browser  # a fixture
from tests.browser.lab import Lab, on_lake
from tests.browser.panel import Panel
from tests.lakes import client, plant
from vre_dm.did import Did
from vre_dm.sandbox import LakeStatus

ROUNDS = 3
KEY, VALUE, HITS = "technique", "direct detection", 200
NOTE = "rucio-jupyterlab 41.0.0"
THEIR_FILES, THEIR_HITS = ".Popover i.copy", "[class*=listItemCollapsed]"
FILES, FOUND = "[role=treeitem][aria-level='3']", "[role=listbox] [role=option]"
SCREENFUL = 8  # rows of a list that are surely on the screen of both

Open = Callable[[Lab], Page]


@pytest.fixture(scope="module")
def ours(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    started = on_lake(embedded_lake, tmp_path_factory.mktemp("ours")).start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def theirs(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    started = peer.start(embedded_lake, tmp_path_factory.mktemp("theirs"))
    yield started
    started.stop()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    contexts = []

    def make(lab: Lab) -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}))
        return lab.open(contexts[-1].new_page())

    yield make
    for context in contexts:
        context.close()


def opening(page: Page) -> float:
    """Ours: from the click on the dataset in the tree to the first rows of its files."""
    panel = Panel(page).open()
    panel.expand(MANY.scope)
    return clicked(panel.row(MANY.name).locator(".vre-twisty"), FILES, SCREENFUL)


def their_opening(page: Page) -> float:
    """The peer's: from the click on the eye beside the dataset to the first rows of its files."""
    pressed(peer.search(page, str(MANY)), "Enter", THEIR_HITS)
    return clicked(page.get_by_text("visibility", exact=True), THEIR_FILES, 5)


def searching(page: Page) -> float:
    """Ours: from Enter in the form of the filter to 50 rows, or to a screen of them."""
    panel = Panel(page).open()
    section = panel.section("Search")
    section.get_by_label("Search for").select_option("file")
    section.get_by_label("Name, scope:name").fill(f"{MANY.scope}:*")
    section.get_by_role("button", name="Add filter").click()
    section.get_by_label("Key").fill(KEY)
    section.get_by_label("Value").fill(VALUE)
    return pressed(section.get_by_label("Value"), "Enter", FOUND, SCREENFUL)


def their_searching(page: Page) -> float:
    """The peer's: from Enter in the field of the filter to a screen of rows."""
    peer.search(page, f"{MANY.scope}:*")
    page.get_by_text("+ Add metadata filter").click()
    page.get_by_placeholder("Key", exact=True).fill(KEY)
    value = page.get_by_placeholder("Value", exact=True)
    value.fill(VALUE)
    return pressed(value, "Enter", THEIR_HITS, SCREENFUL)


def in_turns(
    opened: Open, labs: tuple[Lab, Lab], calls: tuple[Callable[[Page], float], ...]
) -> list[list[float]]:
    """Times of both, each in a page that knows nothing yet; what a server keeps, it may keep."""
    times: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        for lab, call, found in zip(labs, calls, times, strict=True):
            found.append(call(opened(lab)))
    return times


@pytest.fixture(scope="module")
def signed_in(theirs: Lab, embedded_lake: LakeStatus, browser: Browser) -> Lab:
    context = browser.new_context()
    peer.sign_in(theirs.open(context.new_page()), embedded_lake)
    context.close()
    return theirs


def test_opening_a_dataset_of_ten_thousand_files(
    figures: Figures, opened: Open, ours: Lab, signed_in: Lab
) -> None:
    mine, others = in_turns(opened, (ours, signed_in), (opening, their_opening))
    name = f"open {COUNT} files, click to first rows"
    figures.add(name, mine, others, note=NOTE)
    figures.add(f"{name}, first time", mine[:1], others[:1], note=NOTE)


def test_a_search_for_metadata(figures: Figures, opened: Open, ours: Lab, signed_in: Lab) -> None:
    mine, others = in_turns(opened, (ours, signed_in), (searching, their_searching))
    figures.add(f"search with {HITS} hits, key to first rows", mine, others, note=NOTE)


def test_scrolling_a_hundred_thousand_rows(
    figures: Figures, opened: Open, ours: Lab, embedded_lake: LakeStatus
) -> None:
    first = Did("user.dm", "hundred.thousand")
    rucio = client(embedded_lake)
    rucio.add_dataset(first.scope, first.name)
    file = {"scope": first.scope, "name": f"{first.name}.root", "bytes": 1000, "adler32": "00000001"}
    rucio.add_replicas("CNAF-STORM", [file])
    rucio.attach_dids(first.scope, first.name, [file])
    for start in range(1, 100_000, 20_000):
        names = [f"{file['name']}.{number:06d}" for number in range(start, start + 20_000)]
        plant(embedded_lake, Did(first.scope, str(file["name"])), names)
    panel = Panel(opened(ours)).open()
    row = panel.expand(first.scope, first.name)
    below = panel.page.locator("[role=treeitem][aria-setsize='100001']")
    below.first.wait_for(timeout=120_000)
    row.hover()
    watch_tasks(panel.page)
    most = 0
    for _ in range(40):
        panel.page.mouse.wheel(0, 60_000)
        panel.page.wait_for_timeout(50)
        most = max(most, panel.tree.get_by_role("treeitem").count())
    figures.add(
        "longest task while scrolling 100 000 rows", [longest_task(panel.page)], note="0: none over 50 ms"
    )
    figures.add("rows in the page meanwhile", [most], unit="rows")


def test_memory_of_the_server_over_many_requests(figures: Figures, opened: Open, ours: Lab) -> None:
    page = opened(ours)
    paths = (
        f"files?did={MANY}&start=0&count=200",
        "search?pattern=*:dsph*",
        f"dataset?did={MANY}",
        "jobs",
        "login",
    )

    def ask(times: int) -> float:
        for number in range(times):
            page.context.request.get(f"{ours.url}/vre-dm/api/{paths[number % len(paths)]}").body()
        return psutil.Process(ours.pid).memory_info().rss / 1e6

    figures.add("server after 200 requests", [ask(200)], unit="MB")
    figures.add("server after 2000 requests", [ask(1800)], unit="MB")
