"""One real lake for the whole session, in a folder of its own beside the user's; others on demand."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from vre_dm import sandbox
from vre_dm.errors import FollowingStopped, JobCancelled
from vre_dm.sandbox import LakeStatus

pytest_plugins = ["tests.security.canaries"]

# The same examples on every machine, however slow it is; `make test-full` looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def embedded_lake() -> Iterator[LakeStatus]:
    """A lake from nothing, with the seed data; deleted at the end."""
    root = _new_root()
    try:
        yield sandbox.up(root, idle=3600)
    finally:
        sandbox.reset(root)


@pytest.fixture
def lake_root() -> Iterator[Path]:
    """Folder for a lake of this test alone, beside the user's own: they share the private environment."""
    root = _new_root()
    yield root
    sandbox.reset(root)


@pytest.fixture(scope="session")
def second_root() -> Iterator[Path]:
    """Folder of the lake of `own_lake`."""
    root = _new_root()
    yield root
    sandbox.reset(root)


@pytest.fixture(scope="module")
def own_lake(second_root: Path) -> Iterator[Callable[..., LakeStatus]]:
    """A second lake, which a test may stop, start with options of its own, and kill.

    It is made once, since that takes twice as long as to start it again, and stopped after each module.
    """
    yield lambda **options: sandbox.up(second_root, **{"idle": 0} | options)
    sandbox.down(second_root)


@pytest.fixture(scope="session")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment in which Matplotlib knows the fonts: it warns where it takes long to list them."""
    folder = {"MPLCONFIGDIR": str(tmp_path_factory.mktemp("matplotlib"))}
    words = [sys.executable, "-c", "import matplotlib.font_manager"]
    subprocess.run(words, env=os.environ | folder, check=True, capture_output=True)
    return folder


def _new_root() -> Path:
    # Beside the user's own, so that both use the same private environment.
    return sandbox.default_root().with_name(f"test-lake-{os.getpid()}-{uuid.uuid4().hex[:6]}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Let a job that was cancelled fail its test: it is an interrupt, which would end all tests."""
    try:
        return (yield)
    except (JobCancelled, FollowingStopped) as error:
        msg = f"{type(error).__name__}: {error}"
        raise AssertionError(msg) from error


def pytest_configure(config: pytest.Config) -> None:
    """Let interrupts through, which a shell that starts the tests in the background has ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--hypothesis-profile") != "exploring":
        # Some examples are constants of the project's modules that are imported by then: others in each
        # process. Where no module counts as the project's, all are drawn from the seed.
        pytest.MonkeyPatch().setattr(providers, "is_local_module_file", lambda path: False)
