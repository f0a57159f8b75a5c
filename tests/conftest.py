"""One real lake for the whole session, in a folder of its own beside the user's; others on demand."""

import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from vre_dm import sandbox
from vre_dm.sandbox import LakeStatus

pytest_plugins = ["tests.security.canaries"]

# The same examples on every machine, however slow it is; `make test-full` looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def embedded_lake() -> Iterator[LakeStatus]:
    """A lake from nothing, with the seed data; deleted at the end."""
    # Beside the user's own, so that both use the same private environment.
    root = sandbox.default_root().with_name(f"test-lake-{os.getpid()}-{uuid.uuid4().hex[:6]}")
    try:
        yield sandbox.up(root, idle=3600)
    finally:
        sandbox.reset(root)


@pytest.fixture
def lake_root() -> Iterator[Path]:
    """Folder for a lake of this test alone, beside the user's own: they share the private environment."""
    root = sandbox.default_root().with_name(f"test-lake-{os.getpid()}-{uuid.uuid4().hex[:6]}")
    yield root
    sandbox.reset(root)


def pytest_configure() -> None:
    """Let interrupts through: a shell that starts the tests in the background has them ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
