"""The browser in a real kernel on a real lake: what its page gets, what is saved, and what is in it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.notebook.kernel import Kernel, running
from tests.security.canaries import Watch
from tests.security.leaks import Search
from vre_dm.errors import InvalidDid
from vre_dm.lake.lake import Lake
from vre_dm.notebook.browser import browser
from vre_dm.sandbox import LakeStatus

VIEW = "application/vnd.jupyter.widget-view+json"


class Page:
    """The browser's page in a notebook, as far as its messages go."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel, self.count = kernel, 0
        sent = kernel.client.execute("import vre_dm as dm\nbrowser = dm.browser()\nbrowser")
        self.opened: list[dict[str, Any]] = []
        self.shown: dict[str, Any] = {}
        self._read(lambda kind, content, parent: self._begin(kind, content) and parent == sent)
        self.comm = self.shown[VIEW]["model_id"]
        self.state = next(c["data"]["state"] for c in self.opened if c["comm_id"] == self.comm)

    def _begin(self, kind: str, content: dict[str, Any]) -> bool:
        if kind == "comm_open":
            self.opened.append(content)
        elif kind == "execute_result":
            self.shown = content["data"]
        return kind == "status" and content["execution_state"] == "idle"

    def _read(self, enough: Any) -> None:
        while True:
            message = self.kernel.client.get_iopub_msg(timeout=60)
            if enough(message["msg_type"], message["content"], message["parent_header"].get("msg_id")):
                return

    def say(self, data: dict[str, Any]) -> None:
        client = self.kernel.client
        client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": self.comm, "data": data}))

    def choose(self, *dids: str) -> None:
        self.say({"method": "update", "state": {"selected": list(dids)}, "buffer_paths": []})

    def ask(self, **question: Any) -> dict[str, Any]:
        """Ask as the page does; gives the answer, with the states of a fetch told before it."""
        self.count += 1
        self.say({"method": "custom", "content": {"id": self.count, **question}})
        states, answer = [], {}

        def enough(kind: str, content: dict[str, Any], _: object) -> bool:
            if kind != "comm_msg" or content["data"].get("method") != "custom":
                return False
            told = content["data"]["content"]
            if "fetch" in told:
                states.append(told["fetch"])
            answer.update(told if told.get("to") == self.count else {})
            return bool(answer)

        self._read(enough)
        return {**answer, "states": states}


@pytest.fixture(scope="module")
def page(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with running(embedded_lake, tmp_path_factory.mktemp("work")) as kernel:
        yield Page(kernel)


def test_it_answers_its_page_from_the_lake(page: Page):
    assert "xenon" in [row["did"] for row in page.ask(ask="below", of="")["rows"]]
    found = page.ask(ask="search", of="xenon:s2only.*", start=0, count=2)
    assert len(found["rows"]) == 2
    assert page.ask(ask="details", of="xenon:s2only.limits")["tables"][0]["rows"]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ({"ask": "search", "of": "nosuchscope:*"}, "has no scope nosuchscope"),
        ({"ask": "search", "of": 'title="open'}, "a quote is not closed"),
        ({"ask": "details", "of": "../../etc"}, "etc"),
        ({"ask": "fetch", "dids": ["../../etc"]}, "etc"),
        ({"ask": "fetch", "dids": "xenon:s2only.limits"}, "a list of DIDs"),
        ({"ask": "fetch"}, "a list of DIDs"),
        ({"ask": "below", "of": "xenon:gone"}, "xenon:gone"),
        ({"ask": "below", "of": "", "start": "three"}, "something failed inside vre-dm: ValueError"),
    ],
)
def test_what_goes_wrong_is_one_sentence_without_a_trace(page: Page, question: dict[str, Any], says: str):
    said = page.ask(**question)["error"]
    assert says in said
    assert "\n" not in said
    assert "Traceback" not in said


def test_what_is_no_question_is_answered_so_and_the_next_one_as_ever(page: Page):
    for nonsense in ("text", 3, ["ask"], None):
        page.say({"method": "custom", "content": nonsense})
    assert page.ask(ask="below", of="xenon")["rows"]


def test_hundreds_of_questions_at_once_take_few_threads(page: Page):
    before = int(page.kernel.run("import threading; print(threading.active_count())")["text"])
    for count in range(150):
        page.say(
            {"method": "custom", "content": {"id": f"many-{count}", "ask": "details", "of": "fermi:gone"}}
        )
    assert int(page.kernel.run("print(threading.active_count())")["text"]) <= before + 4
    assert page.ask(ask="below", of="xenon")["rows"]


def test_a_selection_is_fetched_with_its_progress_and_gives_paths(page: Page):
    chosen = ["xenon:s2only.limits", "xenon:s2only.response"]
    page.choose(*chosen)
    states = page.ask(ask="fetch", dids=chosen)["states"]
    assert states[0]["text"] == "1 of 2: xenon:s2only.limits: planning …"
    assert (states[-1]["state"], states[-1]["part"]) == ("finished", 1)
    said = page.kernel.run(
        "print(browser.selected, len(browser.paths), all(p.is_file() for p in browser.paths))"
    )
    assert said["text"] == "['xenon:s2only.limits', 'xenon:s2only.response'] 2 True\n"


def test_a_fetch_that_fails_says_why_and_keeps_the_paths_before(page: Page):
    page.ask(ask="fetch", dids=["xenon:s2only.limits"])
    last = page.ask(ask="fetch", dids=["xenon:gone"])["states"][-1]
    assert last["state"] == "failed"
    assert "xenon:gone" in last["text"]
    assert page.kernel.run("print(len(browser.paths))")["text"] == "1\n"


def test_what_a_saved_notebook_shows_is_true(page: Page, embedded_lake: LakeStatus):
    text = page.shown["text/plain"]
    assert text.startswith("Data lake ")
    assert "scopes: " in text
    assert "fermi" in text
    assert text.endswith("Run the cell again to browse it.")


def test_its_state_is_small_and_holds_no_secret(page: Page, watch: Watch, embedded_lake: LakeStatus):
    watch.learn_lake(embedded_lake.root)
    state = json.dumps(page.opened)
    assert Search(watch.secrets).text(state, "state of the browser") == []
    own = {name: value for name, value in page.state.items() if not name.startswith("_")}
    assert {"title", "selected"} <= set(own)
    assert len(json.dumps(own)) < 1000
    assert len(state) < 40_000


def test_a_selection_from_python_holds_dids_only(lake: Lake):
    chosen = browser(lake)
    chosen.selected = ["xenon:s2only.limits", "xenon:s2only.limits"]
    assert chosen.selected == ["xenon:s2only.limits"]
    with pytest.raises(InvalidDid):
        chosen.selected = ["<b>no did</b>"]
    assert "selected: xenon:s2only.limits" in repr(chosen)
    assert chosen.paths == []
