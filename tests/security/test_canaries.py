"""Canaries: with the lake's real passwords and tokens a user works, and none of them comes out anywhere."""

import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from tblib import pickling_support

from tests.lake.answering import answering
from tests.lake.test_device_login import logged_in
from tests.security.canaries import Watch, told_by
from tests.security.leaks import Search
from vre_dm.errors import VreDmError
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.instances import from_rucio_cfg
from vre_dm.lake.lake import Lake
from vre_dm.lake.tokens import FileToken, Secret
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

ROOT = Path(__file__).parents[2]


@pytest.fixture
def seen(watch: Watch, embedded_lake: LakeStatus) -> Iterator[Watch]:
    watch.learn_lake(embedded_lake.root)
    watch.learn(Layout(embedded_lake.root).token.read_text().strip())
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)  # as rucio-jupyterlab's images set it
    yield watch
    logging.getLogger().setLevel(level)


@pytest.fixture(params=["rucio_config", "userpass_config", "login by code"])
def lake(
    request: pytest.FixtureRequest,
    embedded_lake: LakeStatus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Lake:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "kept"))
    if request.param == "login by code":
        kept = logged_in(from_rucio_cfg(embedded_lake.rucio_config, {}), embedded_lake)
        refresh = kept.read()[1]
        assert refresh is not None
    config = getattr(embedded_lake, request.param, embedded_lake.rucio_config)
    return Lake(replace(from_rucio_cfg(config, {}), embedded=True), tmp_path / "cache")


def test_a_user_who_logs_everything_finds_no_secret_in_logs_pages_and_on_command_lines(
    lake: Lake, seen: Watch, embedded_lake: LakeStatus, tmp_path: Path
) -> None:
    found, small = lake.search("*:*"), smallest(lake)
    shown = [small, small.files, found, lake.whoami(), lake.rules(), lake.rses(), lake.quota(), lake.instance]
    html = [page._repr_html_() for page in shown if hasattr(page, "_repr_html_")]
    (tmp_path / "page.html").write_text("\n".join([*html, *map(str, shown), *map(repr, shown)]))
    small.fetch(tmp_path / "data")
    assert seen.secrets
    assert len(seen.told) > 3  # urllib3 and Rucio did log
    assert seen.search(tmp_path, Layout(embedded_lake.root).log) == []


FAILURES: dict[str, Callable[[Lake, Path], object]] = {
    "nothing listens": lambda lake, _: asked(lake, url="https://127.0.0.1:9"),
    "an unknown authority": lambda lake, _: asked(lake, ca=None),
    "no Rucio": lambda lake, _: not_rucio(lake, 200, b"<html>"),
    "refused": lambda lake, _: not_rucio(lake, 401, b"{}"),
    "busy": lambda lake, _: not_rucio(lake, 503, b""),
    "cut": lambda lake, _: not_rucio(lake, 200, b"[", {"Content-Length": "100"}),
    "no such dataset": lambda lake, _: lake.dataset("user.dm:none").files,
    "a file that its storage lost": lambda lake, folder: lost(lake, folder),
    "a folder that is a file": lambda lake, folder: in_a_file(lake, folder),
}


def asked(lake: Lake, **changes: object) -> object:
    return Lake(replace(lake.instance, **changes), Path()).whoami()  # type: ignore[arg-type]


def not_rucio(lake: Lake, status: int, body: bytes, headers: dict[str, str] | None = None) -> object:
    with answering(body, status=status, headers=headers) as server:
        return asked(lake, url=server.url, auth_url=server.url)


def lost(lake: Lake, folder: Path) -> object:
    name = f"lost.{folder.parent.name}.{folder.name}"
    file = {"scope": "user.dm", "name": f"{name}.txt", "bytes": 5, "adler32": "062c0215"}

    def made(rucio: Any) -> None:
        rucio.add_dataset("user.dm", name)
        rucio.add_replicas("CNAF-STORM", [file])
        rucio.attach_dids("user.dm", name, [file])

    lake._connection.ask("a lost file", made)
    return lake.dataset(f"user.dm:{name}").fetch(folder)


def in_a_file(lake: Lake, folder: Path) -> object:
    (folder / "file").touch()
    return smallest(lake).fetch(folder / "file")


def smallest(lake: Lake) -> Dataset:
    """Smallest dataset of the seed; other tests leave theirs, not all whole, in the user's scope."""
    return min(
        (one for one in lake.search("*:*") if one.did.scope != "user.dm"), key=lambda one: one.size or 0
    )


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_shows_no_secret_in_its_text_its_pickle_and_the_variables_of_its_frames(
    lake: Lake, seen: Watch, failure: str, tmp_path: Path
) -> None:
    with pytest.raises(VreDmError) as raised:
        FAILURES[failure](lake, tmp_path)
    search = Search(seen.secrets)
    assert search.text(told_by(raised.value), failure) == []
    pickling_support.install()  # as Dask does: a pickle then holds the causes too
    assert search.text(str(pickle.dumps(raised.value)), failure) == []


def test_a_traceback_with_variables_would_have_shown_a_planted_secret(seen: Watch, lake: Lake) -> None:
    password = seen.secrets["accounts dm"]

    def careless(headers: dict[str, str]) -> None:
        msg = "no answer"
        raise OSError(msg)

    with pytest.raises(OSError, match="no answer") as raised:
        careless({"X-Rucio-Password": password})
    assert Search(seen.secrets).text(told_by(raised.value), "planted")


def test_a_planted_leak_of_each_kind_is_seen_by_the_watch(seen: Watch, lake: Lake, tmp_path: Path) -> None:
    lake.whoami()
    password = seen.secrets["accounts dm"]
    before = dict(seen.told)
    try:
        logging.getLogger("urllib3").debug("GET /?password=%s", password)
        assert seen.search()
        seen.told = dict(before)
        assert not seen.search()
        VreDmError(f"refused: {password}")
        assert seen.search()
        seen.told = dict(before)
        (tmp_path / "events.jsonl").write_text(f'{{"event": "{password}"}}')
        assert seen.search(tmp_path)
        (tmp_path / "events.jsonl").unlink()
        words = [sys.executable, "-c", "print(flush=True); input()", password]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()  # it runs: before, its command line may still be empty
            assert seen.search()
            process.communicate(b"\n")
        seen.told = dict(before)
        assert not seen.search(tmp_path)
    finally:
        seen.told = before


CELLS = (
    "import logging; logging.basicConfig(level=logging.DEBUG)",
    "import vre_dm as dm; lake = dm.connect(config=CONFIG); lake",
    "lake.search('*:*')",
    "lake.instance, vars(lake), lake.tokens",
    "lake.whoami()",
    "%xmode Verbose",
    "dm.connect(config=CONFIG, url=None, ca='/none.pem').whoami()",
    "lake.dataset('user.dm:none').files",
    # an error that is none of ours shows the frames it came through, with all their variables
    "lake._connection.ask('a question', lambda rucio: 1 / 0)",
)


@pytest.mark.parametrize("config", ["rucio_config", "userpass_config"])
def test_a_notebook_that_shows_all_it_can_saves_no_secret(
    seen: Watch, embedded_lake: LakeStatus, tmp_path: Path, config: str
) -> None:
    name = str(getattr(embedded_lake, config))
    outputs = ran([cell.replace("CONFIG", repr(name)) for cell in CELLS], tmp_path)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=outputs)])
    nbformat.write(book, tmp_path / "saved.ipynb")
    assert "DEBUG" in (tmp_path / "saved.ipynb").read_text()
    assert "ZeroDivisionError" in (tmp_path / "saved.ipynb").read_text()
    assert seen.search(tmp_path) == []


def ran(cells: list[str], folder: Path) -> list[nbformat.NotebookNode]:
    """Outputs of the cells, as a notebook keeps them."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder), "IPYTHONDIR": str(folder)}
    manager, client = start_new_kernel(startup_timeout=240, kernel_name="python3", env=environ)
    outputs: list[nbformat.NotebookNode] = []

    def keep(message: dict[str, object]) -> None:
        if message["msg_type"] in {"stream", "display_data", "execute_result", "error"}:
            outputs.append(nbformat.v4.output_from_msg(message))

    try:
        for cell in cells:
            client.execute_interactive(cell, timeout=120, output_hook=keep)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.context.destroy(linger=0)
    return outputs


def test_a_token_that_a_test_only_made_up_is_no_canary(watch: Watch, tmp_path: Path) -> None:
    before = dict(watch.secrets)
    (tmp_path / "token").write_text("a.b.c")
    assert FileToken(tmp_path / "token").token() == Secret("a.b.c")
    assert watch.secrets == before
