"""The side bar beside rucio-jupyterlab 41: same lake, browser and user, each in an environment of its own."""

from collections.abc import Callable, Iterator

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from bench import rucio_jupyterlab as peer
from bench.figures import Figures
from bench.lab_clock import clicked, heap, longest_task, pressed, read_sight, set_sight, watch_tasks
from bench.lakes import COUNT, MANY
from tests.browser.lab import Lab, on_lake
from tests.browser.lab_data import zeros
from tests.browser.panel import PATIENT, Panel
from tests.lakes import admin, client, plant
from vre_dm.did import Did
from vre_dm.lake.jobs import journal
from vre_dm.sandbox import LakeStatus

ROUNDS = 3
KEY, VALUE, HITS = "technique", "direct detection", 200
NOTE = "rucio-jupyterlab 41.0.0"
THEIR_FILES, THEIR_HITS = ".Popover i.copy", "[class*=listItemCollapsed]"
FILES, FOUND = "[role=treeitem][aria-level='3']", "[role=listbox] [role=option]"
SCREENFUL = 8  # rows of a list that are surely on the screen of both
MOST_SEEN = 50  # rows of a search that are to be there at once
TALL = 2400  # pixels in which so many fit

Open = Callable[..., Page]


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

    def make(lab: Lab, height: int = 900) -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": height}))
        contexts[-1].set_default_timeout(PATIENT)
        return lab.open(contexts[-1].new_page())

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def unseen(embedded_lake: LakeStatus) -> list[Did]:
    """The dataset of 10 000 files under names that nobody has asked for: one a round."""
    rucio = admin(embedded_lake)
    files = [{"scope": MANY.scope, "name": each["name"]} for each in rucio.list_files(MANY.scope, MANY.name)]
    dids = [Did(MANY.scope, f"unseen.{number}") for number in range(ROUNDS)]
    for did in dids:
        rucio.add_dataset(did.scope, did.name)
        for first in range(0, COUNT, 1000):
            rucio.attach_dids(did.scope, did.name, files[first : first + 1000])
    return dids


def opening(page: Page, did: Did) -> float:
    """Ours: from the click on the dataset in the tree to the first rows of its files."""
    panel = Panel(page).open()
    panel.expand(did.scope)
    return clicked(panel.row(did.name).locator(".vre-twisty"), FILES, SCREENFUL)


def their_opening(page: Page, did: Did) -> float:
    """The peer's: from the click on the eye beside the dataset to the first rows of its files."""
    pressed(peer.search(page, str(did)), "Enter", THEIR_HITS)
    return clicked(page.get_by_text("visibility", exact=True), THEIR_FILES, 5)


def searching(page: Page, rows: int) -> float:
    """Ours: from Enter in the form of the filter to so many rows."""
    panel = Panel(page).open()
    panel.close("Browse")
    section = panel.section("Search")
    section.get_by_label("Search for").select_option("file")
    section.get_by_label("Name, scope:name").fill(f"{MANY.scope}:*")
    section.get_by_role("button", name="Add filter").click()
    section.get_by_label("Key").fill(KEY)
    section.get_by_label("Value").fill(VALUE)
    return pressed(section.get_by_label("Value"), "Enter", FOUND, rows)


def their_searching(page: Page) -> float:
    """The peer's: from Enter in the field of the filter to a screen of rows."""
    peer.search(page, f"{MANY.scope}:*")
    page.get_by_text("+ Add metadata filter").click()
    page.get_by_placeholder("Key", exact=True).fill(KEY)
    value = page.get_by_placeholder("Value", exact=True)
    value.fill(VALUE)
    return pressed(value, "Enter", THEIR_HITS, SCREENFUL)


@pytest.fixture(scope="module")
def signed_in(theirs: Lab, embedded_lake: LakeStatus, browser: Browser) -> Lab:
    context = browser.new_context()
    peer.sign_in(theirs.open(context.new_page()), embedded_lake)
    context.close()
    return theirs


def test_opening_a_dataset_of_ten_thousand_files(
    figures: Figures, opened: Open, ours: Lab, signed_in: Lab, unseen: list[Did]
) -> None:
    name = f"open {COUNT} files, click to first rows"
    for what in (name, f"{name}, asked for before"):
        mine, theirs = [], []
        for did in unseen:
            mine.append(opening(opened(ours), did))
            theirs.append(their_opening(opened(signed_in), did))
        figures.add(what, mine, theirs, note=NOTE)


def test_a_search_for_metadata(figures: Figures, opened: Open, ours: Lab, signed_in: Lab) -> None:
    first, fifty, theirs = [], [], []
    for _ in range(ROUNDS):
        first.append(searching(opened(ours, TALL), SCREENFUL))
        theirs.append(their_searching(opened(signed_in, TALL)))
        fifty.append(searching(opened(ours, TALL), MOST_SEEN))
    name = f"search with {HITS} hits, key to"
    figures.add(f"{name} first rows", first, theirs, note=NOTE)
    figures.add(f"{name} {MOST_SEEN} rows", fifty, note="wanted ≤ 200 ms")


def test_the_end_of_a_fetch_is_seen(
    figures: Figures, opened: Open, ours: Lab, embedded_lake: LakeStatus
) -> None:
    panel = Panel(opened(ours)).open()
    panel.section("Jobs")
    took = []
    for number in range(ROUNDS):
        did = zeros(embedded_lake, client(embedded_lake), f"end.{number}", 1_000_000)
        set_sight(panel.page, f"[role=progressbar][aria-label$='{did}'][aria-valuetext^=Finished]")
        panel.command("vre-dm:fetch", did=str(did))
        seen = read_sight(panel.page)
        written = max(
            (ours.folder / "XDG_STATE_HOME").rglob("events.jsonl"), key=lambda file: file.stat().st_mtime
        )
        last = journal.last(written)
        assert last is not None
        took.append(seen - last.at)
    figures.add("end of a fetch, event to screen", took, note="wanted ≤ 1 s")


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
    panel.expand(first.scope)
    panel.filter(first.name)
    row = panel.expand(first.name)
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


def test_memory_over_browsing(figures: Figures, opened: Open, ours: Lab) -> None:
    panel = Panel(opened(ours)).open()

    def browse(rounds: int) -> float:
        """Search and look at what is found; megabytes that the page then holds."""
        for _ in range(rounds):
            for did in ("fermi:dsph.jfactors", "xenon:s2only.limits"):
                panel.search(did)
                panel.hit(did).dblclick()
                expect(panel.place.get_by_role("region", name="Details Section")).to_contain_text(did)
        return heap(panel.page)

    figures.add("page after 10 searches", [browse(5)], unit="MB")
    figures.add("page after 100 searches", [browse(45)], unit="MB")


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
        """Megabytes that the server then holds."""
        for number in range(times):
            page.context.request.get(f"{ours.url}/vre-dm/api/{paths[number % len(paths)]}").body()
        return psutil.Process(ours.pid).memory_info().rss / 1e6

    figures.add("server after 200 requests", [ask(200)], unit="MB")
    figures.add("server after 2000 requests", [ask(1800)], unit="MB")
