"""A dataset says what it holds, where the copies are, and comes here whole."""

import stat
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.lake.conftest import SCOPE, Make
from vre_dm.did import Did
from vre_dm.errors import InvalidDid, NotInLake, NotWritable
from vre_dm.lake.file_list import file_of, fits
from vre_dm.lake.jobs.folder import folders
from vre_dm.lake.lake import Lake
from vre_dm.lake.transfer import Event
from vre_dm.lake.transfer.events import Placed


def test_a_container_a_dataset_and_a_file_are_all_datasets(lake: Lake) -> None:
    container = lake.dataset("xenon:s2only.2019")
    assert container.kind == "container"
    limits = next(child for child in container.children if child.did.name == "s2only.limits")
    assert limits.kind == "dataset"
    assert limits.parents[0] == container
    (file,) = limits.children
    assert file.kind == "file"
    assert len(file.children) == 0
    assert [f.did for f in file.files] == [file.did]
    assert file.size == limits.size


def test_a_containers_files_are_those_of_its_datasets(lake: Lake) -> None:
    container = lake.dataset("xenon:s2only.2019")
    below = [file for child in container.children for file in child.files]
    assert [(file.did, file.size, file.adler32) for file in container.files] == sorted(
        (file.did, file.size, file.adler32) for file in below
    )
    assert container.size == sum(file.size or 0 for file in below)


def test_files_have_sizes_and_checksums_before_any_byte_moves(lake: Lake) -> None:
    for file in lake.dataset("fermi:dsph.2017").files:
        assert file.size
        assert file.adler32
        assert file.replicas == ()


def test_metadata_keep_their_types(lake: Lake, make: Make) -> None:
    values = {"n": 3, "x": 1.5e-45, "flag": False, "text": "2017", "list": [1, "a"], "until": "2030-01-01"}
    metadata = lake.dataset(make("typed", **values)).metadata
    assert {key: metadata[key] for key in values} == values
    assert metadata["created_at"].tzinfo is not None
    assert "account" not in metadata
    with pytest.raises(KeyError):
        metadata["no such key"]


def test_hostile_metadata_are_shown_as_text(lake: Lake, make: Make) -> None:
    dataset = lake.dataset(make("xss", title="<script>alert(1)</script>", files=1))
    for shown in (dataset._repr_html_(), dataset.metadata._repr_html_(), dataset.cite()._repr_html_()):
        assert "<script" not in shown
        assert "&lt;script&gt;" in shown
    assert "<script" not in lake.search(f"{SCOPE}:xss*")._repr_html_()


def test_a_dataset_in_a_list_is_one_line_and_alone_a_table(lake: Lake) -> None:
    dataset = lake.dataset("xenon:s2only.limits")
    assert repr(dataset) == "Dataset('xenon:s2only.limits', dataset)"
    assert str(dataset).startswith("xenon:s2only.limits (dataset: 1 file, ")
    assert "XENON1T" in str(dataset)


@pytest.mark.parametrize("did", ["xenon:nope", "nowhere:nope"])
def test_an_unknown_did_says_so(lake: Lake, did: str) -> None:
    with pytest.raises(NotInLake, match="check the spelling") as caught:
        lake.dataset(did)
    assert str(caught.value).count(did) == 1


def test_a_malformed_did_never_reaches_the_server(lake: Lake) -> None:
    with pytest.raises(InvalidDid):
        lake.dataset("xenon:../../x")


def test_replicas_are_told_by_element_and_protocol(lake: Lake) -> None:
    table = lake.dataset("xenon:s2only.2019").replicas()
    schemes = {holding.scheme for holding in table.holdings}
    assert {"https", "file"} <= schemes
    assert len(table.complete) >= 2
    assert all(
        holding.files == table.total == 4 for holding in table.holdings if holding.rse in table.complete
    )
    assert "4 of 4" in repr(table)


def test_a_dataset_without_copies_says_so(lake: Lake, make: Make) -> None:
    assert "No copy is registered" in repr(lake.dataset(make("empty")).replicas())


def test_replicas_come_in_pages_and_none_is_lost(lake: Lake, make: Make) -> None:
    files = lake.dataset(make("pages", files=2100)).files
    located = list(files.located())
    assert len(located) == 2100
    assert all(file.replicas[0].rse == "CNAF-STORM" for file in located)
    assert [file.did for file in located] == [file.did for file in files]


def test_only_the_files_and_elements_that_are_asked_for_are_located(lake: Lake, make: Make) -> None:
    files = lake.dataset(make("chosen", files=30)).files
    assert len(list(files.located("*.0001?.txt"))) == 10
    assert all(not file.replicas for file in files.located(rse="PIC-DCACHE"))
    with pytest.raises(
        NotInLake, match=r"none of the 30 files of .* fits '\*\.root'; they are called .*0\.txt, "
    ):
        next(files.located("*.root"))
    with pytest.raises(NotInLake, match="at NOWHERE: no storage element fits; name one of CERN-EOSPILOT, "):
        next(files.located(rse="NOWHERE"))


def test_the_md5_is_the_registered_one_whatever_a_copy_was_registered_with(
    lake: Lake, rucio: Any, make: Make
) -> None:
    did, registered = make("md5"), "0" * 31 + "1"
    for number, (rse, md5) in enumerate([("CNAF-STORM", registered), ("DESY-DCACHE", "f" * 32)]):
        names = [Did(SCOPE, f"{did.name}.{name}") for name in ("one", "other")]
        rows = [{"scope": d.scope, "name": d.name, "bytes": 1, "adler32": "00320032"} for d in names]
        rucio.add_replicas(rse, [row | {"md5": md5} for row in rows])
        if number == 0:
            rucio.attach_dids(did.scope, did.name, rows)
    files = lake.dataset(did).files
    for found in (files.located(rse="DESY-DCACHE"), files.located("*.one", rse="DESY-DCACHE")):
        assert {(file.md5, *(copy.rse for copy in file.replicas)) for file in found} == {
            (registered, "DESY-DCACHE")
        }
    assert lake.dataset(names[0]).files.one(None).md5 == registered


def test_a_file_is_found_by_its_name_or_its_last_part() -> None:
    assert fits("a/b.root", "*.root")
    assert fits("a/b.root", "b.*")
    assert fits("a/b.root", "a/*")
    assert not fits("a/b.root", "c*")


def test_a_file_in_two_datasets_of_a_container_is_one_file(lake: Lake, make: Make, rucio: Any) -> None:
    one, other = make("twice", files=2), make("twice")
    shared = [{"scope": SCOPE, "name": file.did.name} for file in lake.dataset(one).files]
    rucio.attach_dids(other.scope, other.name, shared)
    rucio.add_container(SCOPE, "twice.all")
    rucio.attach_dids(SCOPE, "twice.all", [{"scope": d.scope, "name": d.name} for d in (one, other)])
    assert len(lake.dataset(f"{SCOPE}:twice.all").files) == 2


def test_a_file_with_an_unsafe_name_is_refused_and_named() -> None:
    row = {"scope": SCOPE, "name": "a/../../etc/passwd", "bytes": 1}
    with pytest.raises(InvalidDid, match=r"a:b holds a file whose name is not safe.*\.\./.*ask its owner"):
        file_of(row, Did("a", "b"))


@pytest.mark.parametrize("rse", ["CERN-EOSPILOT", "CNAF-STORM"])
def test_a_dataset_comes_here_whole_over_each_way_of_reading(lake: Lake, folder: Path, rse: str) -> None:
    dataset = lake.dataset("xenon:s2only.2019")
    seen: list[Event] = []
    paths = dataset.fetch(folder, rse=rse, progress=seen.append)
    assert paths == [folder / file.did.path() for file in dataset.files]
    for path, file in zip(paths, dataset.files, strict=True):
        assert f"{zlib.adler32(path.read_bytes()):08x}" == file.adler32
    assert seen[-1].files == 4


def test_a_fetch_beside_its_caller_is_seen_from_elsewhere(lake: Lake, folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "jobs"
    here = Lake(lake.instance, folder / "cache", jobs=root)
    job = here.dataset("xenon:s2only.2019").start_fetch(folder, files="*.parquet")
    paths = job.result(60)
    (seen,) = folders(root)
    assert seen.begun is not None
    about = seen.begun.about
    assert (about.what, about.to, about.lake) == ("xenon:s2only.2019", str(folder), here.instance.name)
    assert about.chosen == (("files", "*.parquet"),)
    assert (job.state, seen.state) == ("finished", "finished")
    placed = {entry.event.path for entry in seen.entries() if isinstance(entry.event, Placed)}
    assert placed == set(paths)
    with pytest.raises(NotInLake):
        here.dataset("xenon:s2only.2019").start_fetch(folder, files="*.nothing").result(60)
    assert [each.state for each in folders(root)].count("failed") == 1


def test_a_password_reads_local_copies_too(lake_by_password: Lake, folder: Path) -> None:
    (path,) = lake_by_password.dataset("xenon:s2only.limits").fetch(folder, files="*.parquet")
    assert path.stat().st_size


def test_a_password_reads_the_embedded_lakes_storage_over_https(lake_by_password: Lake, folder: Path) -> None:
    embedded = Lake(replace(lake_by_password.instance, embedded=True), folder)
    (path,) = embedded.dataset("xenon:s2only.limits").fetch(rse="CNAF-STORM")
    assert path.stat().st_size


def test_the_cache_is_private(lake: Lake) -> None:
    (path,) = lake.dataset("xenon:s2only.limits").fetch()
    cache = next(parent for parent in path.parents if parent.name.startswith("fetched"))
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700


def test_a_cache_that_others_can_change_is_not_used(lake: Lake, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    here = Lake(lake.instance, shared / "vre-dm")
    with pytest.raises(NotWritable, match=f"other users can change {shared}"):
        here.dataset("xenon:s2only.limits").fetch()
    (path,) = here.dataset("xenon:s2only.limits").fetch(tmp_path / "mine")
    assert path.stat().st_size


def test_the_citation_is_that_of_the_metadata(lake: Lake) -> None:
    cited = lake.dataset("xenon:s2only.limits").cite()
    assert "1907.11485" in cited.bibtex
    assert "xenon:s2only.limits" in cited.line


def test_datasets_are_equal_by_did_and_lake(lake: Lake, lake_by_password: Lake) -> None:
    one, other = lake.dataset("xenon:s2only.limits"), lake_by_password.dataset(Did("xenon", "s2only.limits"))
    assert one == other
    assert len({one, other, lake.dataset("xenon:s2only.events")}) == 2
    assert one != "xenon:s2only.limits"
