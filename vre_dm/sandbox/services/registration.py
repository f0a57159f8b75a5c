"""Register the seed data: files on their storage elements, datasets, containers, metadata, rules.

Each step may be repeated: what is there is left as it is.
"""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rucio.client import Client
from rucio.common.exception import DataIdentifierNotFound, Duplicate, DuplicateContent, DuplicateRule

from vre_dm.errors import SandboxError
from vre_dm.sandbox import seed
from vre_dm.sandbox.layout import Layout
from vre_dm.sandbox.seed import SeedFile
from vre_dm.sandbox.services.rses import RSES

Did = dict[str, str]
_SCHEMES = {rse.name: rse.scheme for rse in RSES}
_LFNS_A_CALL = 50  # they travel in the URL


def register(client: Client, layout: Layout) -> None:
    """Make every dataset of the seed present, whole and described.

    Raises
    ------
    SandboxError
        A file of the seed is not the one that the registry describes, or the lake holds another one of that
        name from an earlier release: nothing is changed then, since a registered file never changes.
    """
    content = seed.load()
    content.verify()
    for scope in content.scopes:
        with suppress(Duplicate):
            client.add_scope("root", scope)
    _refuse_other_bytes(client, content)
    _files(client, layout, content)
    _collections(client, content)
    _rules(client, content)
    described: list[Any] = [*content.files, *content.datasets, *content.containers]
    client.set_dids_metadata_bulk(
        [{**_did(each), "meta": dict(each.metadata)} for each in described if each.metadata]
    )


def _refuse_other_bytes(client: Client, content: seed.Seed) -> None:
    """Compare with what the lake already holds; Rucio itself would keep the old checksum without a word."""
    wanted = {(file.scope, file.name): file.adler32 for file in content.files}
    older = []
    for dataset in content.datasets:
        with suppress(DataIdentifierNotFound):
            present = list(client.list_files(dataset.scope, dataset.name))
            older += [f["name"] for f in present if wanted.get((f["scope"], f["name"]), "") != f["adler32"]]
    if older:
        msg = (
            f"{len(older)} files of this lake are seed data of another release, such as {older[0]}; they "
            "stay as they are, and `vre-dm lake reset` brings the new ones"
        )
        raise SandboxError(msg)


def _files(client: Client, layout: Layout, content: seed.Seed) -> None:
    """Put each file on the RSEs of its dataset and register these replicas, one call an RSE."""
    known = {(file.scope, file.name): file for file in content.files}
    by_rse: dict[str, list[SeedFile]] = {}
    for dataset in content.datasets:
        for rse in dataset.rses:
            by_rse.setdefault(rse, []).extend(known[dataset.scope, name] for name in dataset.files)
    for rse, files in by_rse.items():
        for file, path in _places(client, layout, rse, files):
            if not (path.exists() and path.stat().st_size == file.bytes):
                _place(file.path, path)
        replicas = [
            {**_did(file), "bytes": file.bytes, "adler32": file.adler32, "md5": file.md5} for file in files
        ]
        client.add_replicas(rse, replicas)


def _places(
    client: Client, layout: Layout, rse: str, files: list[SeedFile]
) -> Iterator[tuple[SeedFile, Path]]:
    """Where each file belongs: Rucio says the URL, the storage element's folder does the rest."""
    for first in range(0, len(files), _LFNS_A_CALL):
        names = {f"{file.scope}:{file.name}": file for file in files[first : first + _LFNS_A_CALL]}
        for lfn, pfn in client.lfns2pfns(rse, list(names), scheme=_SCHEMES[rse]).items():
            inside = urlsplit(pfn).path.split(f"/{rse}/", 1)[1]
            yield names[lfn], layout.storage(rse) / inside


def _place(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        shutil.copyfile(source, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _collections(client: Client, content: seed.Seed) -> None:
    members = {
        _key(dataset): [_child(dataset.scope, name) for name in dataset.files] for dataset in content.datasets
    }
    members |= {_key(each): [_child(*did.split(":")) for did in each.children] for each in content.containers}
    kinds = {_key(each): "DATASET" for each in content.datasets} | {
        _key(each): "CONTAINER" for each in content.containers
    }
    for scope in content.scopes:
        present = set(client.list_dids(scope, {}, did_type="collection"))
        new = [key for key in kinds if key[0] == scope and key[1] not in present]
        if new:
            client.add_dids([{**_child(*key), "type": kinds[key]} for key in new])
    for key, children in members.items():
        _attach(client, key, children)


def _attach(client: Client, parent: tuple[str, str], children: Sequence[Did]) -> None:
    present = {(did["scope"], did["name"]) for did in client.list_content(*parent)}
    missing = [child for child in children if (child["scope"], child["name"]) not in present]
    if missing:
        with suppress(DuplicateContent):
            client.attach_dids(*parent, missing)


def _rules(client: Client, content: seed.Seed) -> None:
    """Keep every replica of the seed: Rucio deletes what no rule protects."""
    for dataset in content.datasets:
        kept = {rule["rse_expression"] for rule in client.list_did_rules(dataset.scope, dataset.name)}
        for rse in set(dataset.rses) - kept:
            with suppress(DuplicateRule):
                client.add_replication_rule([_did(dataset)], 1, rse, comment="seed data")


def _key(each: Any) -> tuple[str, str]:
    return each.scope, each.name


def _child(scope: str, name: str) -> Did:
    return {"scope": scope, "name": name}


def _did(each: Any) -> Mapping[str, str]:
    return _child(each.scope, each.name)
