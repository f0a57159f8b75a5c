"""`vre-dm upload` from a script: dry run, events, exit codes, one line for every failure."""

import json
import uuid
from pathlib import Path

import pytest

from tests.cli.test_main import Run, run  # noqa: F401 - a fixture
from vre_dm.lake.transfer.events import Finished, Planned, from_json

META = ["title=t", "experiment=X", "technique=direct detection", "year=2024", "arxiv=unknown", "licence=CC0"]
ABOUT = [word for pair in META for word in ("--meta", pair)]


@pytest.fixture
def name(tmp_path: Path) -> str:
    tag = f"c{uuid.uuid4().hex[:10]}"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / f"{tag}.csv").write_text("1,2\n")
    return tag


def test_a_folder_is_rehearsed_uploaded_and_kept(run: Run, name: str, tmp_path: Path) -> None:  # noqa: F811
    words = [
        "upload",
        f"user.dm:{name}",
        str(tmp_path / "mine"),
        "--rse",
        "CNAF-STORM",
        *ABOUT,
        "--days",
        "1",
    ]
    plan = run(*words, "--dry-run")
    assert plan.exit_code == 0, plan.output
    assert f"new dataset user.dm:{name}: 1 file, 4 B to upload to CNAF-STORM (https)" in plan.stdout
    document = json.loads(run(*words, "--dry-run", "--json").stdout)
    assert document["files"][0]["what"] == "upload"
    assert document["new"] is True
    done = run(*words)
    assert (done.exit_code, done.stdout) == (0, f"user.dm:{name}\n")
    again = run(*words, "--json")
    events = [from_json(json.loads(line)) for line in again.stdout.splitlines()]
    assert isinstance(events[0], Planned)
    assert isinstance(events[-1], Finished)
    assert events[0].kept == 1
    seen = {
        (job["kind"], job["what"], job["to"], job["state"])
        for job in json.loads(run("jobs", "--json").stdout)
    }
    assert seen == {("upload", f"user.dm:{name}", "CNAF-STORM", "finished")}
    assert run("ls", f"user.dm:{name}").stdout == f"user.dm:{name}.csv\n"
    closed = run("upload", f"user.dm:{name}", "--close")  # nothing more to send
    assert (closed.exit_code, closed.stderr) == (0, f"user.dm:{name} is closed: no more files can be added\n")
    assert run(*words, "--close").exit_code == 0
    assert "is a file" in run("upload", f"user.dm:{name}.csv", "--close").stderr
    (tmp_path / "mine" / f"{name}.more.csv").write_text("3,4\n")
    refused = run(*words)
    assert refused.exit_code == 1
    assert "closed" in refused.stderr


def test_a_refusal_is_one_line_and_an_exit_code(run: Run, name: str, tmp_path: Path) -> None:  # noqa: F811
    refused = run(
        "upload", f"user.dm:{name}", str(tmp_path / "mine"), "--rse", "CNAF-STORM", "--meta", "year=x"
    )
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: metadata ")
    assert refused.stderr.count("\n") == 1
    assert run("ls", f"user.dm:{name}").exit_code == 1
    unknown = run("upload", f"user.dm:{name}", "--close")
    assert (unknown.exit_code, unknown.stderr.count("\n")) == (1, 1)


def test_discarding_what_is_not_there_is_harmless(run: Run, name: str) -> None:  # noqa: F811
    done = run("upload", f"user.dm:{name}", "--discard")
    assert (done.exit_code, done.stderr) == (0, "nothing is left\n")
