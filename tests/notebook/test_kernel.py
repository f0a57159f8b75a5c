"""The magics in a real kernel on a real lake: what comes back, what a Tab offers, and an interrupt."""

import re
from collections.abc import Iterator

import pytest

from tests.faults.server import breaking, stall
from tests.lakes import until
from tests.notebook.kernel import Kernel, running
from vre_dm.notebook.magics import LakeMagics
from vre_dm.sandbox import LakeStatus


@pytest.fixture(scope="module")
def kernel(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with running(embedded_lake, tmp_path_factory.mktemp("work")) as kernel:
        yield kernel


def test_search_gives_an_object_that_shows_itself(kernel: Kernel):
    said = kernel.run("%dm_search fermi:dsph.*")
    assert "fermi:dsph.jfactors" in said["data"]["text/plain"]
    assert "<table>" in said["data"]["text/html"]
    said = kernel.run(
        "found = %dm_search year>=2016 --scope xenon\nprint(len(found) > 0, {d.did.scope for d in found})"
    )
    assert said["text"] == "True {'xenon'}\n"


def test_ls_walks_down_from_scopes_to_files(kernel: Kernel):
    assert "'fermi'" in kernel.run("%dm_ls")["data"]["text/plain"]
    assert "fermi:dsph.2017" in kernel.run("%dm_ls fermi")["data"]["text/plain"]
    assert "fermi:dsph.jfactors" in kernel.run("%dm_ls fermi:dsph.2017")["data"]["text/plain"]
    assert ".parquet" in kernel.run("%dm_ls fermi:dsph.jfactors")["data"]["text/plain"]
    said = kernel.run("below = %dm_ls fermi:dsph.jfactors\nprint(below[0].did)")
    file = said["text"].strip()
    assert f"1 at {file}" in kernel.run(f"%dm_ls {file}")["data"]["text/plain"]


@pytest.mark.parametrize("magic", ["dm_search", "dm_fetch"])
def test_the_example_in_the_help_works(kernel: Kernel, magic: str):
    (example,) = re.findall(rf"^%{magic}.*$", getattr(LakeMagics, magic).__doc__, re.MULTILINE)
    said = kernel.run(example)
    assert said["status"] == "ok", said
    assert "nothing found" not in str(said["data"])


def test_a_failed_fetch_says_nothing_above_its_error(kernel: Kernel):
    said = kernel.run("%dm_fetch fermi:dsph.jfactors --to /proc/nowhere")
    assert said["shown"][-1] == ""


def test_fetch_gives_paths_and_binds_a_name(kernel: Kernel):
    said = kernel.run("%dm_fetch fermi:dsph.jfactors --to here --as factors")
    assert (said["status"], said["data"]) == ("ok", {})
    assert re.fullmatch(r"1 of 1 file, [\d.]+ k?B, verified in \d+\.\d s", said["shown"][-1])
    said = kernel.run(
        "import pandas\nprint(isinstance(factors, list), len(pandas.read_parquet(factors[0])) > 10)"
    )
    assert said["text"] == "True True\n"
    said = kernel.run("paths = %dm_fetch fermi:dsph.jfactors --to here\nprint(paths == factors)")
    assert said["text"] == "True\n"
    said = kernel.run("%dm_fetch fermi:dsph.jfactors --to here")
    assert "1 file in here" in said["data"]["text/plain"]
    assert "<table>" in said["data"]["text/html"]


def test_a_fetch_is_pinned_and_takes_only_what_is_new(kernel: Kernel):
    for _ in range(2):
        said = kernel.run("%dm_fetch fermi:dsph.jfactors --to here --pin 'my pin.json' --since 2020-01-01")
        assert "1 file in here" in said["data"]["text/plain"]
    assert kernel.run("print(open('my pin.json').read().count('adler32'))")["text"] == "1\n"
    said = kernel.run("%dm_fetch fermi:dsph.jfactors --to here --since 2999-01-01")
    assert "no file registered since 2999-01-01" in str(said)
    assert "Traceback" not in str(said)


def test_only_the_files_asked_for_come(kernel: Kernel):
    said = kernel.run(
        "paths = %dm_fetch atlas:dilepton.2018 --files *spectrum* --to here\nprint([p.name for p in paths])"
    )
    assert "spectrum.ee" in said["text"]
    assert "limits" not in said["text"]


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("%dm_fetch fermi:nothing", "fermi:nothing"),
        ("%dm_ls nosuchscope", "no scope nosuchscope"),
        ("%dm_search nosuchkey=1", "nosuchkey"),
        ("%dm_fetch fermi:dsph.jfactors --files *.root", r"none of the 1 files"),
        (
            "%dm_fetch fermi:dsph.jfactors --rse NOWHERE",
            "at NOWHERE: no storage element fits; name one of",
        ),
        ("%dm_fetch fermi:dsph.jfactors --to /proc/nowhere", "/proc/nowhere"),
    ],
)
def test_a_wrong_line_is_answered_in_one_line(kernel: Kernel, line: str, cause: str):
    said = kernel.run(line)
    assert said["status"] == "error"
    assert said["text"].startswith("UsageError: ")
    assert cause in said["text"]
    assert said["text"].strip().count("\n") == 0


def test_rules_and_doctor_answer(kernel: Kernel):
    said = kernel.run("%dm_rules")
    assert said["status"] == "ok", said
    assert "can be used" in kernel.run("%dm_doctor")["data"]["text/plain"]


def test_a_tab_completes_scopes_dids_options_and_storage_elements(kernel: Kernel):
    patient = "from vre_dm.notebook import completion; completion._PATIENCE = 60.0"
    assert kernel.run(patient)["status"] == "ok"
    assert "%dm_fetch fermi:" in kernel.tab("%dm_fetch fer")
    assert "%dm_fetch fermi:dsph.jfactors" in kernel.tab("%dm_fetch fermi:dsph.j")
    assert kernel.tab("x = %dm_fetch fermi:dsph.j") == ["x = %dm_fetch fermi:dsph.jfactors"]
    assert kernel.tab("%dm_fetch fermi:dsph.jfactors --f") == ["%dm_fetch fermi:dsph.jfactors --files"]
    assert "%dm_fetch a:b --rse CNAF-STORM" in kernel.tab("%dm_fetch a:b --rse CN")
    assert "%dm_search" in kernel.tab("%dm_s")
    assert "print" in kernel.tab("pri")


INTERRUPTED = """
import sys
from pathlib import Path
from tests.faults.world import OpenAccess, registered
from vre_dm.lake.transfer import fetch_files
fetch_files([registered(bytes(3_000_000), {url!r})], Path("stopped"), access=OpenAccess())
"""


def parts(kernel: Kernel) -> list[int]:
    """Sizes of the files that are not whole, where no other is."""
    return [
        path.stat().st_size if path.suffix == ".part" else 0
        for path in (kernel.folder / "stopped").rglob("*")
        if path.is_file() and path.suffix != ".claim"
    ]


def test_an_interrupt_ends_a_fetch_that_hangs_and_the_kernel_goes_on(kernel: Kernel):
    with breaking() as server:
        sent = kernel.client.execute(
            INTERRUPTED.format(url=server.play("/x", stall(bytes(3_000_000), 2_000_000)))
        )
        until(lambda: server.sent == 2_000_000 and parts(kernel) == [2_000_000])
        kernel.manager.interrupt_kernel()
        assert kernel.outcome(sent)["error"] == "JobCancelled"
    assert parts(kernel) == [2_000_000]
    assert kernel.run("print(1)")["text"] == "1\n"


SILENT = """
from vre_dm import session
from vre_dm.lake.instances import from_settings
from vre_dm.lake.lake import Lake
before = session.connected()
login = dict(username="u", password="p", account="u")
session._SESSION.keep(Lake(from_settings({url!r}, login), Path("cache")));
"""


def test_an_interrupt_of_a_magic_is_one_line(kernel: Kernel):
    with breaking(certificate=None) as server:
        for path in ("/ping", "/auth/userpass", "/dids/a/b"):
            server.play(path, stall(b"x" * 10, 0))
        assert kernel.run(SILENT.format(url=server.url("")))["status"] == "ok"
        sent = kernel.client.execute("%dm_fetch a:b")
        until(lambda: server.asked)
        kernel.manager.interrupt_kernel()
        said = kernel.outcome(sent)
    assert said["status"] == "error"
    assert said["text"] == "UsageError: interrupted; what was done so far stays\n"
    assert kernel.run("session._SESSION.keep(before); print(2)")["text"] == "2\n"
