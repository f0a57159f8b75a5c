"""Storage tokens on workers: there when a file is read, renewed, forgotten, and nowhere else to be found."""

import logging
import os
import pickle
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cloudpickle
import pytest
from distributed import WorkerPlugin

from tests.compute.cluster.runs import Place, used, value
from tests.compute.cluster.test_local import family
from tests.compute.cluster.told import tokens_on, told_by, waiting
from tests.compute.remote import BASKET, ENTRIES, away, ranged, weighted, wide
from tests.faults.server import TLS, Act, Breaking, Handler, breaking
from tests.faults.world import OpenAccess
from tests.lakes import until
from tests.security.canaries import Watch
from tests.security.leaks import Search
from vre_dm.compute.allowed import Permit
from vre_dm.compute.cluster import cluster
from vre_dm.compute.cluster.credentials import Borrowed, Loan
from vre_dm.compute.cluster.lender import Lender
from vre_dm.compute.cluster.local import LocalCluster
from vre_dm.compute.lending import tokens_of
from vre_dm.compute.preparing import Prepared, prepare
from vre_dm.compute.reading import shelf
from vre_dm.compute.run.driving import started
from vre_dm.compute.run.order import order_of
from vre_dm.compute.run.running import RunningMap
from vre_dm.compute.run.starting import begun_job
from vre_dm.compute.work import Part
from vre_dm.errors import ChunkFailed, LoginRefused
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.jobs.folder import folders
from vre_dm.lake.tokens import Secret, VariableToken

HOST = "https://storage.example.org:443"
URL = "https://storage.example.org/file.root"
CHUNK = 16 * BASKET

# --- on one worker ---------------------------------------------------------------------------------------


class Asked(list[int]):
    """What a worker asked, and the run that answers it."""

    def __init__(self, *loans: Loan) -> None:
        super().__init__()
        self.loans, self.borrowed = list(loans), Borrowed({HOST: True}, "", self, patience=0.5)

    def __call__(self, number: int) -> None:
        self.append(number)
        if self.loans:
            self.borrowed.take(self.loans.pop(0))


def loan(number: int, text: str = "", *, life: float = 60.0, trouble: str = "") -> Loan:
    return Loan(number, life, trouble, {HOST: Secret(text)} if text else {})


def test_a_worker_asks_when_it_needs_a_token_and_only_then() -> None:
    asked = Asked(loan(1, "first"))
    assert asked.borrowed.headers(URL) == {"Authorization": "Bearer first"}
    assert asked.borrowed.headers(URL) == {"Authorization": "Bearer first"}
    assert asked == [0]


@pytest.mark.parametrize(
    "url",
    ["https://elsewhere.example.org/", "http://storage.example.org/", "https://storage.example.org:444/"],
)
def test_another_host_gets_no_token(url: str) -> None:
    asked = Asked(loan(1, "first"))
    assert asked.borrowed.headers(URL)
    assert asked.borrowed.headers(url) == {}
    assert not asked.borrowed.knows(url)
    assert not asked.borrowed.renew(url, {"Authorization": "Bearer first"})


def test_a_token_that_does_not_come_is_an_error_with_a_name() -> None:
    with pytest.raises(LoginRefused, match=f"no token for {HOST} came from the run"):
        Asked().borrowed.headers(URL)


def test_why_a_run_has_none_is_said_and_it_is_asked_again_the_next_time() -> None:
    asked = Asked(loan(1, trouble="the login ended"), loan(2, "second"))
    with pytest.raises(LoginRefused, match="the login ended"):
        asked.borrowed.headers(URL)
    assert asked.borrowed.headers(URL) == {"Authorization": "Bearer second"}


def test_a_token_that_ended_is_asked_for_anew() -> None:
    asked = Asked(loan(1, "first", life=0.0), loan(2, "second"))
    asked.borrowed.take(asked.loans.pop(0))
    assert asked.borrowed.headers(URL) == {"Authorization": "Bearer second"}


def test_a_refused_token_is_exchanged_for_another_if_there_is_one() -> None:
    asked = Asked(loan(1, "first"), loan(2, "second"), loan(3, "second"))
    refused = asked.borrowed.headers(URL)
    assert asked.borrowed.renew(URL, refused)
    assert asked == [0, 1]
    assert not asked.borrowed.renew(URL, asked.borrowed.headers(URL))


def test_what_ends_or_is_forgotten_is_held_no_more() -> None:
    asked = Asked()
    asked.borrowed.take(loan(1, "first", life=0.05))
    until(lambda: asked.borrowed._held is None)
    asked.borrowed.take(loan(2, "second"))
    asked.borrowed.forget()
    assert asked.borrowed._held is None


def test_a_loan_travels_and_shows_no_token() -> None:
    given = loan(1, "a-token-of-the-storage")
    assert pickle.loads(pickle.dumps(given)).tokens == given.tokens
    assert "a-token" not in repr(given) + str(given) + repr(vars(given))


class Password(OpenAccess):
    def headers(self, url: str) -> dict[str, str]:
        return {"Authorization": "Basic ZG06c2VjcmV0"}


def test_a_password_is_never_lent() -> None:
    with pytest.raises(LoginRefused, match="wants a password, which workers do not get"):
        tokens_of(Password(), {HOST: (URL,)})


def test_a_host_that_wants_several_tokens_gets_none() -> None:
    several = OpenAccess(token_origin="https://", tokens=["one", "two", "three"])
    with pytest.raises(LoginRefused, match="other tokens for other paths"):
        tokens_of(several, {HOST: (URL, f"{URL}2")})


class Own(VariableToken):
    """The login's own token."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)

    def token(self) -> Secret:
        return Secret(self.texts.pop(0) if len(self.texts) > 1 else self.texts[0])


@pytest.mark.parametrize("own", [Own("own"), Own("own", "renewed"), Own("before", "own")])
def test_the_token_of_the_login_itself_is_not_lent_where_it_is_kept(own: Own) -> None:
    access = OpenAccess(token_origin="https://", tokens=["own"])
    assert tokens_of(access, {HOST: (URL,)}) == {HOST: Secret("own")}
    with pytest.raises(LoginRefused, match="the login's own token, which workers elsewhere get only where"):
        tokens_of(access, {HOST: (URL,)}, own)


def test_a_token_for_the_storage_alone_is_lent_where_that_of_the_login_is_kept() -> None:
    access = OpenAccess(token_origin="https://", tokens=["storage"])
    assert tokens_of(access, {HOST: (URL,)}, Own("own")) == {HOST: Secret("storage")}


class Failing(OpenAccess):
    """Somebody whose source of tokens has a defect, whose text has the token."""

    def headers(self, url: str) -> dict[str, str]:
        return {"Authorization": "Bearer first"}

    def renew(self, url: str, refused: Mapping[str, str]) -> bool:
        raise ZeroDivisionError(refused["Authorization"])


def test_a_defect_where_tokens_come_from_is_told_to_workers_by_its_name_alone() -> None:
    client: Any = None
    shelf.allowed.tell("map-failing", Permit(Failing()))
    try:
        lender = Lender(client, "map-failing", [away(b"", URL, run="map-failing")], lambda plugin, name: None)
        lender._last = lender._next(refused=False)
        told = lender._next(refused=True)
    finally:
        shelf.forget("map-failing")
    assert (told.number, told.tokens) == (2, {})
    assert told.trouble == "the run could not get a storage token: ZeroDivisionError; run it again"


# --- on a cluster ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def one(state: Path) -> Iterator[LocalCluster]:
    with cluster(1, "900 MB", kind="local") as process:
        yield process


@pytest.fixture
def place(one: LocalCluster, file: Path) -> Iterator[Place]:
    with used(one, file) as place:
        yield place


class Renewing(OpenAccess):
    """Somebody whose tokens are renewed when they are refused."""

    def __init__(self, origin: str) -> None:
        super().__init__(token_origin=origin, tokens=["token-0"])

    def renew(self, url: str, refused: Mapping[str, str]) -> bool:
        self.tokens = [f"token-{int(self.tokens[0].rpartition('-')[2]) + 1}"]
        return True


def guarded(act: Act, *good: str) -> Act:
    """A storage that knows some tokens."""

    def answer(h: Handler) -> None:
        if h.headers.get("Authorization") in {f"Bearer {token}" for token in good}:
            act(h)
        else:
            h.answer(401, Content_Length=0)

    return answer


@pytest.fixture
def server() -> Iterator[Breaking]:
    with breaking() as play:
        yield play


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return wide(tmp_path_factory.mktemp("wide") / "wide.root").read_bytes()


@pytest.fixture
def run(server: Breaking) -> Iterator[str]:
    """A run that may use the server, in this process."""
    authority = (TLS / "ca.pem").read_text()
    shelf.allowed.tell("map-test", Permit(Renewing(server.url("")), authority))
    yield "map-test"
    shelf.forget("map-test")


def came(place: Place, prepared: Prepared) -> list[Part | ChunkFailed]:
    found = dict(place.backend.run(prepared.work, prepared.plan.calls(), threading.Event()))
    return [found[index] for index in range(len(prepared.plan.chunks))]


def test_workers_read_where_a_token_is_wanted_and_get_the_next_when_it_is_refused(
    place: Place, server: Breaking, body: bytes, run: str
) -> None:
    url = server.play("/wide", guarded(ranged(body, '"1"'), "token-0"))
    prepared = prepare(weighted, [away(body, url, run=run)], chunk_bytes=CHUNK)
    server.play("/wide", guarded(ranged(body, '"1"'), "token-1", "token-2"))
    parts = came(place, prepared)
    assert sum(value(part)["n"] for part in parts) == ENTRIES
    assert server.asked[-1][1]["authorization"] in {"Bearer token-1", "Bearer token-2"}


def test_a_storage_that_refuses_every_token_fails_the_chunks_by_name(
    place: Place, server: Breaking, body: bytes, run: str
) -> None:
    url = server.play("/wide", guarded(ranged(body), "token-0"))
    prepared = prepare(weighted, [away(body, url, run=run)], chunk_bytes=32 * ENTRIES)
    server.play("/wide", guarded(ranged(body), "no such token"))
    failed = came(place, prepared)[0]
    assert isinstance(failed, ChunkFailed)
    assert failed.cause == "TransferFailed"
    assert "HTTP 401" in str(failed)


class Defect(Renewing):
    """Somebody whose source of tokens has a defect where it is asked for workers."""

    def headers(self, url: str) -> dict[str, str]:
        found = super().headers(url)
        if threading.current_thread().name == "lender":
            raise ZeroDivisionError(found["Authorization"])
        return found


def test_a_defect_where_tokens_come_from_fails_the_chunks_and_no_worker_waits_for_it(
    place: Place, server: Breaking, body: bytes, run: str
) -> None:
    shelf.allowed.tell(run, Permit(Defect(server.url("")), (TLS / "ca.pem").read_text()))
    url = server.play("/wide", guarded(ranged(body), "token-0"))
    prepared = prepare(weighted, [away(body, url, run=run)], chunk_bytes=32 * ENTRIES)
    failed = came(place, prepared)[0]
    assert isinstance(failed, ChunkFailed)
    assert (failed.cause, "ZeroDivisionError" in str(failed)) == ("LoginRefused", True)
    assert "token-0" not in str(failed)


def test_a_worker_that_starts_anew_gets_a_token_too(
    place: Place, server: Breaking, body: bytes, run: str, tmp_path: Path
) -> None:
    url = server.play("/wide", guarded(ranged(body, '"1"'), "token-0"))
    source = away(body, url, run=run)
    died = tmp_path / "died"

    def once(events: Any) -> int:
        import multiprocessing
        import os

        if multiprocessing.parent_process() is not None and not died.exists():
            died.touch()
            os._exit(1)
        return len(events.x)

    prepared = prepare(once, [source], chunk_bytes=CHUNK)
    assert sum(value(part) for part in came(place, prepared)) == ENTRIES
    assert died.exists()


# --- where no token is -----------------------------------------------------------------------------------


def places(client: Any, one: LocalCluster, folder: Path, jobs: Path) -> dict[str, str]:
    """All that a cluster of this machine and a run tell of themselves."""
    kept = {"job": jobs, "cluster": Path(one.handed()["folder"])}
    files = {where: [path for path in at.rglob("*") if path.is_file()] for where, at in kept.items()}
    environments = [Path(f"/proc/{process.pid}/environ") for process in family(one)]
    texts = {"environments": environments, **files}
    return told_by(client, one.dashboard, folder) | {
        where: "".join(path.read_text("latin-1") for path in paths) for where, paths in texts.items()
    }


def test_a_token_is_on_the_workers_of_a_run_and_nowhere_else_and_after_it_not_there(
    one: LocalCluster, place: Place, wide_dataset: Dataset, watch: Watch, tmp_path: Path
) -> None:
    client: Any = place.backend._client  # type: ignore[attr-defined]
    gate, jobs = tmp_path / "gate" / "open", tmp_path / "jobs"
    gate.parent.mkdir()
    order = order_of(
        waiting(gate), lake="lake", did=str(wide_dataset.did), on=one.handed(), fetch=False, chunk_bytes=CHUNK
    )
    job = started(begun_job(jobs, order), lambda lake, did: wide_dataset)
    try:
        until(gate.with_name("at work").exists)
        search = Search(watch.secrets)
        assert tokens_on(client) > 0
        during = places(client, one, tmp_path, jobs)
    finally:  # else its chunks wait for the gate, and the cluster with them
        gate.touch()
        job.result(120)
    outcome = RunningMap(folders(jobs)[0]).outcome()
    assert (outcome.entries, outcome.backend) == (ENTRIES, one.name)
    assert any("where they are" in note for note in outcome.notes)
    until(lambda: tokens_on(client) == 0)  # the run ends before every worker has said that it forgot
    for said in (during, places(client, one, tmp_path, jobs)):
        assert [leak for where, text in said.items() for leak in search.text(text, where)] == []
        assert all(len(text) > 20 for text in said.values())


class Careless(WorkerPlugin):
    def __init__(self, token: str) -> None:
        self.token = token


def test_a_token_that_is_planted_in_each_of_these_places_is_found(
    one: LocalCluster, place: Place, tmp_path: Path
) -> None:
    client: Any = place.backend._client  # type: ignore[attr-defined]
    secrets = {kind: f"{kind}.canary.{os.urandom(24).hex()}" for kind in ("plugin", "task", "event", "log")}
    secrets |= {kind: f"{kind}.canary.{os.urandom(24).hex()}" for kind in ("environ", "job", "key", "served")}

    def careless(log: str, environ: str) -> None:
        logging.getLogger("distributed.worker").warning("asked with %s", log)
        os.environ["TOKEN"] = environ

    cloudpickle.register_pickle_by_value(__import__(__name__, fromlist=["x"]))
    try:
        client.register_plugin(Careless(secrets["plugin"]), name="careless")
        client.run(careless, secrets["log"], secrets["environ"])
        served = secrets["served"]
        client.run_on_scheduler(
            lambda: logging.getLogger("distributed.scheduler").warning("shown: %s", served)
        )
        tasks = [client.submit(len, secrets["task"]), client.submit(len, "x", key=secrets["key"])]
        client.log_event("careless", secrets["event"])
        (tmp_path / "journal.jsonl").write_text(secrets["job"])
        until(lambda: all(task.done() for task in tasks))
        said = places(client, one, tmp_path, tmp_path)
    finally:
        cloudpickle.unregister_pickle_by_value(__import__(__name__, fromlist=["x"]))
        client.unregister_worker_plugin("careless")
        client.run(lambda: os.environ.pop("TOKEN"))
    found = {
        kind: {where for where, text in said.items() if Search({kind: secret}).text(text, where)}
        for kind, secret in secrets.items()
    }
    assert found["plugin"] >= {"scheduler", "workers"}
    assert found["task"] >= {"scheduler"}
    assert found["event"] >= {"scheduler"}
    assert found["log"] >= {"logs"}
    assert found["served"] >= {"logs", "dashboard"}
    assert found["environ"] >= {"workers"}
    assert found["job"] == {"job"}
    assert found["key"] >= {"dump", "scheduler"}
    assert "MALLOC_TRIM_THRESHOLD_" in said["environments"]
