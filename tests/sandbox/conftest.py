"""Lakes that a test may kill."""

import os
import uuid
from collections.abc import Callable, Iterator

import pytest

from vre_dm import sandbox
from vre_dm.sandbox import LakeStatus


@pytest.fixture(scope="module")
def own_lake() -> Iterator[Callable[[], LakeStatus]]:
    """A lake of this module's tests alone, started again (warm) by each call; each may kill what it likes."""
    root = sandbox.default_root().with_name(f"test-lake-{os.getpid()}-{uuid.uuid4().hex[:6]}")
    yield lambda: sandbox.up(root, idle=0)
    sandbox.reset(root)
