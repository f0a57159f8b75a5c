"""The story of a lake that does not answer, and then does."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OURS, Watched
from tests.browser.lab import Lab, on_lake, skip_unless_built
from tests.browser.panel import Panel
from tests.faults.toxics import Toxic, Wire, wire
from vre_dm.lake.instances import from_rucio_cfg
from vre_dm.sandbox import LakeStatus


@pytest.fixture
def between(embedded_lake: LakeStatus) -> Iterator[Wire]:
    """The network before the lake, which is down."""
    port = urlsplit(from_rucio_cfg(embedded_lake.rucio_config, {}).url).port
    assert port is not None
    with wire(port) as found:
        found.play(Toxic(after=0, how="reset"))
        yield found


@pytest.fixture
def far_lab(embedded_lake: LakeStatus, between: Wire, tmp_path: Path) -> Iterator[Lab]:
    """JupyterLab on the other side of that network."""
    skip_unless_built()
    lab = on_lake(embedded_lake, tmp_path)
    config = tmp_path / "rucio.cfg"
    config.write_text(config.read_text().replace(f":{between.target}", f":{between.port}"))
    yield lab.start()
    lab.stop()


def test_a_lake_that_does_not_answer_is_said_since_when_and_is_asked_until_it_does(
    far_lab: Lab, between: Wire, watch: Callable[..., Watched]
) -> None:
    watched = watch()
    panel = Panel(far_lab.open(watched.page))
    panel.page.get_by_role("tab", name="Data lake").click()
    expect(panel.place).to_contain_text("does not answer since")
    between.play(Toxic())
    expect(panel.row("fermi, scope")).to_be_visible()
    expect(panel.place).not_to_contain_text("does not answer since")
    watched.page.close()
    watched.errors[:] = [error for error in watched.errors if OURS in error]
