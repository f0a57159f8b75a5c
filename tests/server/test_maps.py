"""A map by HTTP: continued, it keeps what was done before it was stopped."""

from pathlib import Path

import pytest

from tests.compute.run.conftest import ENTRIES, TOTAL, Files, files, gated  # noqa: F401
from tests.compute.run.maps import stopped_here
from tests.server.conftest import Asked, said
from tests.server.fetches import continued, over
from vre_dm import session
from vre_dm.server import launching


async def test_a_map_that_is_continued_keeps_its_chunks_and_takes_the_place_of_the_old_one(
    api: Asked,
    files: Files,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(launching, "_SETTLE", 0.5)  # the new one has not planned by then
    monkeypatch.setattr(launching, "_PATIENCE", 100.0)
    gate = tmp_path / "gate"
    stopped_here(session.job_folder(), files.order(gated(gate, ENTRIES)), 1)
    (old,) = said(await api("jobs"))["jobs"]
    assert (old["kind"], old["can"]) == ("map", ["continue", "delete"])
    gate.touch()
    new = await continued(api, old["job"])
    assert (await over(api, new["job"]))["state"] == "finished"
    assert [one["job"] for one in said(await api("jobs"))["jobs"]] == [new["job"]]
    outcome = session.jobs().one(new["job"]).outcome()
    assert (outcome.value, outcome.kept) == (TOTAL, 1)
