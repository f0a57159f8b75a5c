"""The embedded lake as its two users see it, and datasets of their own to write on."""

import itertools
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.lakes import client
from vre_dm.did import Did
from vre_dm.lake.instances import from_rucio_cfg
from vre_dm.lake.lake import Lake
from vre_dm.sandbox import LakeStatus

Make = Callable[..., Did]
SCOPE = "user.dm"


_NUMBERS = itertools.count()  # one for every folder of tests that makes datasets in the lake


@pytest.fixture(scope="session")
def lake(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The lake, logged in with an OIDC token."""
    instance = replace(from_rucio_cfg(embedded_lake.rucio_config, {}), embedded=True)
    return Lake(instance, tmp_path_factory.mktemp("fetched"))


@pytest.fixture(scope="session")
def lake_by_password(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The lake, logged in with a password."""
    return Lake(from_rucio_cfg(embedded_lake.userpass_config, {}), tmp_path_factory.mktemp("fetched"))


@pytest.fixture(scope="session")
def rucio(embedded_lake: LakeStatus) -> Any:
    """Rucio's own client, as the same user: what it writes, ours reads."""
    return client(embedded_lake)


@pytest.fixture(scope="session")
def make(rucio: Any) -> Make:
    """Make a dataset with metadata and, with ``files``, registered replicas without bytes."""

    def one(
        name: str = "dataset",
        *,
        files: int = 0,
        rse: str = "CNAF-STORM",
        size: int | None = None,
        **metadata: object,
    ) -> Did:
        did = Did(SCOPE, f"{name}.{next(_NUMBERS):05d}")  # as texts in their order too
        rucio.add_dataset(did.scope, did.name)
        for start in range(0, files, 1000):
            page = [_file(did, number, size) for number in range(start, min(files, start + 1000))]
            rucio.add_replicas(rse, page)
            rucio.attach_dids(did.scope, did.name, page)
        if metadata:
            rucio.set_metadata_bulk(did.scope, did.name, metadata)
        return did

    return one


def _file(did: Did, number: int, size: int | None) -> dict[str, object]:
    text = f"{number}".encode()
    return {
        "scope": did.scope,
        "name": f"{did.name}.{number:05d}.txt",
        "bytes": len(text) if size is None else size,
        "adler32": f"{zlib.adler32(text):08x}",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder with a blank in its name."""
    path = tmp_path / "my data"
    path.mkdir()
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder that Jupyter knows."""
    (tmp_path / ".jupyter").mkdir()
    return tmp_path


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    """An environment in which nothing is configured."""
    return {"HOME": str(home), "JUPYTER_CONFIG_PATH": "", "RUCIO_HOME": str(home / "rucio")}
