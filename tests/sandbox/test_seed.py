"""The shipped seed data: whole, described, readable, and nothing in it that may not ship."""

import dataclasses
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import astropy.units as u
import jsonschema
import pandas as pd
import pyarrow.parquet as pq
import pytest
import uproot
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import SandboxError
from vre_dm.limits import catalogue
from vre_dm.sandbox import seed

SEED = seed.load()
FILES = {f"{file.scope}:{file.name}": file for file in SEED.files}
DATASETS = {f"{dataset.scope}:{dataset.name}": dataset for dataset in SEED.datasets}
CONTAINERS = {f"{container.scope}:{container.name}": container for container in SEED.containers}
CURVES = [file for file in SEED.files if "curve" in file.metadata]
# Words of licences that do not allow us to ship a curve: share-alike, non-commercial, none stated.
FORBIDDEN = (
    "-SA",
    "ShareAlike",
    "share-alike",
    "-NC",
    "NonCommercial",
    "non-commercial",
    "none stated",
    "none in repo",
)
NOT_UNITS = {"", "stated by each file"}
OWN_UNITS = {"PE": "photoelectron"}


def raw_registry():
    return json.loads((seed.FOLDER / "registry.json").read_text(encoding="utf-8"))


def table(did):
    return pd.read_parquet(FILES[did].path)


def columns_of(did, file):
    return file.metadata.get("columns", DATASETS[did].metadata["columns"])


def members():
    for did, dataset in DATASETS.items():
        for name in dataset.files:
            yield did, FILES[f"{dataset.scope}:{name}"]


def test_the_registry_follows_its_schema():
    schema = json.loads((seed.FOLDER / "registry.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(raw_registry())


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("files", 0, "adler32"), "0a1b2c3"),
        (("files", 0, "path"), "../outside"),
        (("files", 0, "name"), "a name"),
        (("datasets", 0, "rses"), ["ELSEWHERE"]),
        (("datasets", 0, "metadata", "technique"), "dowsing"),
        (("datasets", 0, "metadata", "provenance"), "a key that Rucio keeps for itself"),
        (("datasets", 0, "metadata", "nested"), {"not": "flat"}),
        (("containers", 0, "children"), ["no-scope"]),
    ],
)
def test_the_schema_refuses_what_rucio_could_not_register(where, value):
    registry = raw_registry()
    entry = registry
    for key in where[:-1]:
        entry = entry[key]
    entry[where[-1]] = value
    schema = json.loads((seed.FOLDER / "registry.schema.json").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(registry)


def test_names_are_unique_in_each_scope():
    everything = [*SEED.files, *SEED.datasets, *SEED.containers]
    twice = [
        did for did, count in Counter((each.scope, each.name) for each in everything).items() if count > 1
    ]
    assert not twice


def test_every_file_belongs_to_exactly_one_dataset():
    assert Counter(f"{d.scope}:{name}" for d in SEED.datasets for name in d.files) == Counter(list(FILES))


def test_every_child_of_a_container_exists():
    children = {child for container in SEED.containers for child in container.children}
    assert children <= set(DATASETS)


def test_every_scope_is_described_and_used():
    assert {did.partition(":")[0] for did in DATASETS} == set(SEED.scopes)


def test_nothing_lies_in_the_folder_that_the_registry_does_not_name():
    found = {path for path in (seed.FOLDER / "files").rglob("*") if path.is_file()}
    assert found == {file.path for file in SEED.files}


def test_every_file_is_whole():
    SEED.verify()


def test_the_seed_stays_small():
    sizes = [file.bytes for file in SEED.files]
    assert sum(sizes) < 5_000_000
    assert max(sizes) < 1_500_000


def test_every_way_of_reading_is_exercised():
    placements = {dataset.rses for dataset in SEED.datasets}
    assert {("CERN-EOSPILOT",), ("CNAF-STORM",), ("DESY-DCACHE",)} <= placements
    assert any(len(rses) == 3 for rses in placements)
    assert all(
        DATASETS[did].rses == ("CERN-EOSPILOT", "CNAF-STORM") for did in DATASETS if did.startswith("xenon:")
    )
    assert DATASETS["fermi:dsph.likelihoods"].rses == ("CERN-EOSPILOT",)


# ---- every file opens with its reader and holds what its record promises


@pytest.mark.parametrize(
    ("did", "file"), list(members()), ids=lambda each: each if isinstance(each, str) else each.name
)
def test_a_file_holds_the_columns_and_units_it_promises(did, file):
    if file.metadata["format"] == "JSON":
        assert isinstance(json.loads(file.path.read_text(encoding="utf-8")), dict)
        return
    readers = {"Parquet": parquet_columns, "ROOT": root_columns, "FITS": fits_columns, "CSV": csv_columns}
    reader = readers[file.metadata["format"]]
    found, rows = reader(file.path)
    promised = columns_of(did, file)
    assert [column["name"] for column in found] == [column["name"] for column in promised]
    assert [column["unit"] for column in found] == [column["unit"] for column in promised]
    assert all(column["description"] for column in found)
    assert rows == file.metadata["rows"]


def parquet_columns(path):
    schema = pq.read_schema(path)
    docs = [
        {"name": field.name, **{key.decode(): value.decode() for key, value in field.metadata.items()}}
        for field in schema
    ]
    return docs, len(pd.read_parquet(path))


def csv_columns(path):
    """Names in the file, units in its sidecar, descriptions in the registry alone."""
    rows = pd.read_csv(path)
    fields = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["schema"]["fields"]
    assert [field["name"] for field in fields] == list(rows)
    docs = [
        {"name": field["name"], "unit": field["unit"].replace("/", " / "), "description": "in the registry"}
        for field in fields
    ]
    return docs, len(rows)


def root_columns(path):
    with uproot.open(path) as opened:
        described = json.loads(str(opened["metadata"]))
        assert opened["events"].keys() == [column["name"] for column in described["columns"]]
        return described["columns"], opened["events"].num_entries


def fits_columns(path):
    with fits.open(path) as opened:
        opened.verify("exception")
        header, found = opened[1].header, opened[1].columns
        docs = [
            {"name": column.name, "unit": column.unit or "1", "description": header[f"TCOMM{number}"]}
            for number, column in enumerate(found, start=1)
        ]
        return docs, len(opened[1].data)


def test_every_unit_is_understood_by_astropy():
    units = {column["unit"] for did, file in members() for column in columns_of(did, file)} - NOT_UNITS
    with u.add_enabled_units([u.def_unit(short, doc=text) for short, text in OWN_UNITS.items()]):
        for unit in units:
            u.Unit(unit)


def test_the_record_travels_inside_each_parquet_file():
    for did, file in members():
        if file.metadata["format"] == "Parquet":
            inside = json.loads(pq.read_schema(file.path).metadata[b"metadata"])
            outside = {**DATASETS[did].metadata, **file.metadata}
            assert inside["citation"] == outside["citation"]
            assert inside["licence"] == outside["licence"]
            assert inside["simulated"] is outside["simulated"]


def test_text_of_the_metadata_is_plain():
    texts = [
        v
        for each in (*SEED.files, *SEED.datasets, *SEED.containers)
        for v in each.metadata.values()
        if isinstance(v, str)
    ]
    assert not [text for text in texts if not text.strip() or re.search(r"[\x00-\x1f]|<[a-zA-Z/!]", text)]


# ---- licences


def test_every_curve_states_a_licence_that_allows_shipping():
    assert len(CURVES) == len(catalogue.load())
    for file in CURVES:
        assert not [word for word in FORBIDDEN if word.lower() in file.metadata["licence"].lower()]


def test_no_relic_density_curve_of_the_share_alike_collection_ships():
    assert not [file.name for file in CURVES if file.name.startswith("relic_dmwg")]
    assert not [name for name in FILES if "relic_V" in name or "relic_A" in name]


def test_every_curve_says_that_it_is_checked_and_where_it_comes_from():
    for file in CURVES:
        assert file.metadata["checked"] is True
        assert {"experiment", "arxiv", "doi", "quantity", "origin", "source", "citation"} <= set(
            file.metadata
        )


def test_the_lake_holds_the_catalogue_of_today_byte_by_byte():
    """After a change of the catalogue `python -m builders.seed FOLDER` brings it into the seed."""
    shipped = {path.name: path for path in catalogue.SHIPPED.iterdir() if path.suffix in (".csv", ".json")}
    assert set(DATASETS["limits:catalogue"].files) == set(shipped)
    for name, path in shipped.items():
        assert FILES[f"limits:{name}"].path.read_bytes() == path.read_bytes(), name


def test_the_catalogue_in_the_lake_loads_with_every_check():
    folder = FILES["limits:schema.json"].path.parent
    assert catalogue.load(folder).ids == catalogue.load().ids


def test_what_a_source_does_not_state_is_unknown():
    assert DATASETS["fermi:dsph.likelihoods"].metadata["licence"].endswith("no licence text")
    assert DATASETS["darkside:ds50.highmass.leff"].metadata["licence"] == "no licence stated"
    assert DATASETS["cms:zmumu.2010"].metadata["doi"] == "unknown"


def test_a_filter_on_the_bare_arxiv_id_finds_every_dataset_of_a_paper():
    found = {did for did, dataset in DATASETS.items() if dataset.metadata["arxiv"] == "1903.06248"}
    assert {"atlas:dilepton.2018.spectra", "atlas:dilepton.2018.limits"} <= found
    assert {DATASETS[did].metadata["arxiv_version"] for did in found} == {"v3"}
    assert DATASETS["atlas:monophoton.2017.contours"].metadata["arxiv_version"] == "unknown"


# ---- the reader


@pytest.fixture
def copy(tmp_path):
    """Two files of the seed with their registry, to be damaged."""
    registry = raw_registry()
    registry["files"] = registry["files"][:2]
    for entry in registry["files"]:
        target = tmp_path / "files" / entry["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(seed.FOLDER / "files" / entry["path"], target)
    (tmp_path / "registry.json").write_text(json.dumps(registry), encoding="utf-8")
    return tmp_path


def test_a_whole_copy_verifies(copy):
    seed.load(copy).verify()


@given(position=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_one_changed_byte_anywhere_is_found_and_named(tmp_path_factory, position, flip):
    file = SEED.files[0]
    content = bytearray(file.path.read_bytes())
    content[position % len(content)] ^= flip
    damaged = tmp_path_factory.mktemp("damaged") / "file"
    damaged.write_bytes(content)
    with pytest.raises(SandboxError, match=rf"{file.scope}:{file.name} is damaged: adler32"):
        dataclasses.replace(file, path=damaged).verify()


def test_a_truncated_file_is_found_and_named(copy):
    second = seed.load(copy).files[1]
    second.path.write_bytes(second.path.read_bytes()[:-1])
    with pytest.raises(SandboxError, match=f"{second.name} is damaged: bytes"):
        seed.load(copy).verify()


def test_a_missing_file_is_named_with_the_next_step(copy):
    first = seed.load(copy).files[0]
    first.path.unlink()
    with pytest.raises(SandboxError, match=f"{first.name} cannot be read.*reinstall"):
        seed.load(copy).verify()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"version": 1}', '{"version": 1, "scopes": {}, "files": [{}]}']
)
def test_a_damaged_registry_is_one_clear_line(tmp_path, content):
    (tmp_path / "registry.json").write_text(content)
    with pytest.raises(SandboxError, match=r"registry.*reinstall") as caught:
        seed.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_an_absent_registry_is_one_clear_line(tmp_path):
    with pytest.raises(SandboxError, match="cannot be read"):
        seed.load(tmp_path / "nowhere")


def test_the_reader_needs_only_the_standard_library():
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from vre_dm.sandbox import seed; seed.load().verify()"
    )
    root = Path(seed.__file__).parents[3]
    subprocess.run([sys.executable, "-I", "-S", "-c", script, str(root)], check=True)
