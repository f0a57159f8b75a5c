"""`%dm_upload` in a shell on the real lake."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from tests.lake.publish.conftest import METADATA, open_lake
from vre_dm import session
from vre_dm.errors import Declined
from vre_dm.sandbox import LakeStatus


@pytest.fixture
def shell(embedded_lake: LakeStatus, tmp_path: Path) -> Iterator[InteractiveShell]:
    """A shell with the magics, on the lake."""
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)
    shell.run_line_magic("load_ext", "vre_dm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_SESSION", session._Session())
        session._SESSION.keep(open_lake(embedded_lake.rucio_config, tmp_path))
        yield shell
    shell.run_line_magic("unload_ext", "vre_dm")


def test_files_become_a_dataset_that_is_returned(shell: InteractiveShell, tmp_path: Path) -> None:
    name = f"m{uuid.uuid4().hex[:10]}"
    (tmp_path / f"{name}.csv").write_text("1,2\n")
    shell.user_ns["about"] = METADATA
    line = f"user.dm:{name} '{tmp_path}/{name}.csv' --rse CERN-EOSPILOT --metadata about"
    plan = shell.run_line_magic("dm_upload", f"{line} --dry-run")
    assert "4 B to upload to CERN-EOSPILOT (on this machine)" in repr(plan)
    assert "<table>" in plan._repr_html_()
    made = shell.run_line_magic("dm_upload", f"{line} --days 1")
    assert [file.did.name for file in made.files] == [f"{name}.csv"]
    closed = shell.run_line_magic("dm_upload", f"user.dm:{name} --close")
    with pytest.raises(Declined, match="is closed"):
        closed.publish({f"{name}.more": tmp_path / f"{name}.csv"})


def test_wrong_lines_are_told_in_one_line(shell: InteractiveShell, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("1")
    shell.user_ns["number"] = 3
    for line, why in [
        ("user.dm:x", "nothing to publish"),
        (f"user.dm:x {tmp_path}/none.csv", "No such file"),
        (f"$name {tmp_path}/x.csv", "variables are not put in"),
        (f"user.dm:x {tmp_path}/x.csv --metadata number", "number is no dictionary"),
        (f"user.dm:x {tmp_path}/x.csv --metadata nowhere.json", "cannot be read"),
    ]:
        with pytest.raises(UsageError, match=why) as caught:
            shell.run_line_magic("dm_upload", line)
        assert "\n" not in str(caught.value)
