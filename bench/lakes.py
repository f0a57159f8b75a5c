"""Fills a lake through Rucio's own client: many entries without bytes, and files with bytes."""

import zlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.lakes import admin
from vre_dm.did import Did
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

FILE_RSE, HTTPS_RSE, OTHER_HTTPS_RSE = "CERN-EOSPILOT", "CNAF-STORM", "DESY-DCACHE"
SCOPE = "user.dm"
MANY = Did("bench", "ten.thousand")
COUNT = 10_000
_PAGE = 500
_LFNS_A_CALL = 50  # they travel in the URL


def register_many(lake: LakeStatus) -> None:
    """Register `COUNT` files without bytes, with columns and free metadata, as the one dataset `MANY`."""
    rucio = admin(lake)
    rucio.add_scope("root", MANY.scope)
    rucio.add_dataset(MANY.scope, MANY.name)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda first: _register_page(admin(lake), first), range(0, COUNT, _PAGE)))
    # Attached one page after the other: Rucio locks the dataset.
    for first in range(0, COUNT, _PAGE):
        rucio.attach_dids(MANY.scope, MANY.name, [_did(number) for number in _page(first)])


def _register_page(rucio: Any, first: int) -> None:
    rucio.add_replicas(FILE_RSE, [_did(number) | _columns(number) for number in _page(first)])
    rucio.set_dids_metadata_bulk([_did(number) | {"meta": _free(number)} for number in _page(first)])


def _page(first: int) -> range:
    return range(first, min(first + _PAGE, COUNT))


def _did(number: int) -> dict[str, Any]:
    return {"scope": MANY.scope, "name": f"file.{number:05d}"}


def _columns(number: int) -> dict[str, Any]:
    return {"bytes": 1000, "adler32": f"{number:08x}", "meta": {"events": number, "run_number": number % 7}}


def _free(number: int) -> dict[str, Any]:
    return {"mass": number / 10, "technique": "indirect" if number % 50 else "direct detection"}


def store(lake: LakeStatus, rucio: Any, did: Did, files: Mapping[str, bytes], rses: Iterable[str]) -> Did:
    """Make a dataset of files with bytes, whole on each of the storage elements."""
    dids = [{"scope": did.scope, "name": name} for name in files]
    replicas = [
        {**each, "bytes": len(content), "adler32": f"{zlib.adler32(content):08x}"}
        for each, content in zip(dids, files.values(), strict=True)
    ]
    for rse in rses:
        for name, path in places(lake, rucio, rse, did.scope, list(files)).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[name])
        rucio.add_replicas(rse, replicas)
    rucio.add_dataset(did.scope, did.name)
    rucio.attach_dids(did.scope, did.name, dids)
    return did


def places(lake: LakeStatus, rucio: Any, rse: str, scope: str, names: list[str]) -> dict[str, Path]:
    """Where a storage element of the lake keeps files on this machine."""
    found = {}
    for first in range(0, len(names), _LFNS_A_CALL):
        lfns = [f"{scope}:{name}" for name in names[first : first + _LFNS_A_CALL]]
        for lfn, pfn in rucio.lfns2pfns(rse, lfns).items():
            inside = urlsplit(pfn).path.split(f"/{rse}/", 1)[1]
            found[lfn.partition(":")[2]] = Layout(lake.root).storage(rse) / inside
    return found
