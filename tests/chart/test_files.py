"""The files of the chart agree with each other, with the profiles, and with the charts that it stands on."""

import json
import re
import tomllib
from importlib import import_module
from typing import Any

import jsonschema
import pytest
import yaml

from builders import chart
from builders.chart_values import bare, described
from builders.images.catalogue import BASE, images
from tests.chart.conftest import CHART, DATA, FILES, FOREIGN, ROOT, merged, values, without_null
from vre_dm.kernels.profile import profiles

ABOUT = yaml.safe_load((CHART / "Chart.yaml").read_text())
PLAIN = yaml.safe_load((CHART / "values.yaml").read_text())


def test_what_is_written_by_the_builder_is_up_to_date() -> None:
    assert chart.stale() == [], "run `python -m builders.chart`"


def test_the_lock_holds_the_dependencies_of_the_chart_and_helms_own_digest_of_them() -> None:
    lock = yaml.safe_load((CHART / "Chart.lock").read_text())
    wanted = ABOUT["dependencies"]
    for key in ("name", "version", "repository"):
        assert [each[key] for each in lock["dependencies"]] == [each[key] for each in wanted]
    assert lock["digest"] == f"sha256:{chart._digest(wanted, lock['dependencies'])}"


def test_the_digest_is_that_which_helm_wrote_for_another_chart() -> None:
    # dask/helm-chart, daskhub of November 2020
    names = [("jupyterhub", "0.10.2", "https://jupyterhub.github.io/helm-chart/")]
    names += [("dask-gateway", "0.9.0", "https://dask.org/dask-gateway-helm-repo/")]
    lock: list[dict[str, Any]] = [{"name": n, "version": v, "repository": r} for n, v, r in names]
    wanted = [{**lock[0], "import-values": [{"child": "rbac", "parent": "rbac"}]}, lock[1]]
    digest = "884e9da0966c4ed22935a168c9fc71e55d28da89dfcf641e047650b16da703d8"
    assert chart._digest(wanted, lock) == digest


def test_archives_of_dependencies_are_those_of_the_lock() -> None:
    there = {path.name for path in CHART.glob("charts/*.tgz")}
    named = {f"{each['name']}-{each['version']}.tgz" for each in ABOUT["dependencies"]}
    if not there:
        pytest.skip("NOT RUN: no archives of dependencies are in helm/vre-dm/charts")
    assert there == named


def test_the_chart_is_that_of_this_version_whose_images_it_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert ABOUT["appVersion"] == project["version"]
    assert ABOUT["home"] == project["urls"]["Repository"]
    lake = values("values-minikube.yaml")["jupyterhub"]["hub"]["extraContainers"][0]
    assert lake["image"] == f"localhost/vre-dm-base:{project['version']}"


def test_every_profile_can_be_offered_and_every_one_that_is_offered_has_an_image() -> None:
    assert set(PLAIN["profiles"]) == {each.name for each in profiles()}, (
        "profiles of helm/vre-dm/values.yaml are not those of images/profiles: give each an entry there, "
        "then run `python -m builders.chart`"
    )


def test_the_notebooks_that_everybody_is_given_run_in_the_profile_that_is_chosen_for_him() -> None:
    (default,) = (name for name, asked in PLAIN["profiles"].items() if asked["default"])
    assert default in {each.name for each in images() if each.tour}


def test_the_card_that_users_read_holds_what_the_lock_holds() -> None:
    cards = json.loads((CHART / chart.PROFILES).read_text())
    for each in profiles():
        held = {pin.name: pin.version for pin in each.pins}
        assert cards[each.name]["packages"].items() <= held.items()


def test_who_chooses_a_profile_reads_its_packages_its_size_and_when_it_was_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for folder in ("both", "hub"):
        monkeypatch.syspath_prepend(str(CHART / "files" / folder))
    described = import_module("hub_servers")._description
    card = {
        "about": "Gamma rays.",
        "packages": {"gammapy": "2.1"},
        "tried": {"size": 1.75, "day": "2026-01-31"},
    }
    said = "Gamma rays. With gammapy 2.1."
    assert described(card, own=True) == f"{said} 1.75 GB, last tried on 2026-01-31."
    assert described(card | {"tried": None}, own=True) == said  # its packages are others since
    assert described(card, own=False) == f"{said} An image of this site's own."


def test_a_cluster_runs_in_each_image_that_is_offered() -> None:
    base = next(each for each in profiles() if each.name == BASE)
    assert {"distributed", "dask-gateway"} <= {pin.name for pin in base.pins}  # it is in all images
    kernels = {each.name: each.specs for each in profiles()}
    for name, card in json.loads((CHART / chart.PROFILES).read_text()).items():
        assert card["daskKernel"] in {chart.JUPYTERLAB, *(spec.name for spec in kernels[name])}


@pytest.mark.parametrize("name", FILES)
def test_the_values_fit_their_schema(name: str) -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(without_null(merged(PLAIN, values(name))), schema)


def test_the_schema_lets_nothing_through_that_it_does_not_know() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    assert set(schema["properties"]) - {"global"} == set(PLAIN)
    open_ones = {
        ".".join(path) for path, each in _objects(schema) if each.get("additionalProperties") is True
    }
    assert open_ones == {"jupyterhub", "dask-gateway"}


def test_every_value_is_described() -> None:
    text = (CHART / "values.yaml").read_text()
    assert bare(text, without=tuple(FOREIGN)) == []
    assert bare(text + "\nnew:\n  value: 1\n", without=tuple(FOREIGN)) == ["new.value"]
    assert {"images.registry", "login.exchange", "dask.idleTimeout"} <= {
        each.name for each in described(text)
    }


@pytest.mark.parametrize("section", FOREIGN)
@pytest.mark.parametrize("name", FILES)
def test_the_values_of_the_charts_it_stands_on_fit_their_own_schemas(section: str, name: str) -> None:
    said = merged(PLAIN, values(name))[section]
    # The defaults of those charts are not here, so nothing is held to be there.
    _strict(section).validate(said)


@pytest.mark.parametrize(
    ("section", "wrong"),
    [
        ("jupyterhub", {"singleuser": {"memory": {"limt": "2G"}}}),
        ("jupyterhub", {"hub": {"networkPolicy": {"enable": True}}}),
        ("dask-gateway", {"gateway": {"auth": {"kind": "jupyterhub"}}}),
    ],
)
def test_a_value_that_those_charts_do_not_know_is_found(section: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        _strict(section).validate(merged(PLAIN[section], wrong))


def test_no_file_of_the_chart_holds_a_secret_or_says_latest() -> None:
    files = [
        path for path in CHART.rglob("*") if path.suffix in {".py", ".yaml", ".json", ".md", ".txt", ".tpl"}
    ]
    assert len(files) > 20
    for path in files:
        assert not re.search(r"image: .*:latest|BEGIN [A-Z ]*PRIVATE KEY", path.read_text()), path


def _strict(section: str) -> jsonschema.Draft7Validator:
    schema = json.loads((DATA / f"{FOREIGN[section]}.values.schema.json").read_text())
    return jsonschema.Draft7Validator(_without_required(schema))


def _without_required(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_required(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_required(value)
        for key, value in schema.items()
        if not (key == "required" and isinstance(value, list))
    }


def _objects(
    schema: dict[str, Any], path: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    found = [(path, schema)] if schema.get("type") == "object" else []
    for key, value in schema.get("properties", {}).items():
        found += _objects(value, (*path, key))
    for key, value in schema.get("definitions", {}).items():
        found += _objects(value, (*path, key))
    more = schema.get("additionalProperties")
    return found + (_objects(more, (*path, "*")) if isinstance(more, dict) else [])
