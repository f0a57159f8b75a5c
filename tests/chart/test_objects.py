"""Every object of the chart fits the schemas of Kubernetes."""

import pytest

from tests.chart.conftest import FILES, NEWEST, OLDEST, Lines
from tests.chart.test_engine import Installed


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_every_object_fits_the_oldest_and_the_newest_kubernetes(
    installed: Installed, validator: Lines, version: str, name: str
) -> None:
    objects = list(installed(name)[0].api.objects.values())
    assert len(objects) > 3
    assert validator.ask(objects=objects, version=version) == {"faults": []}


def test_an_object_that_does_not_fit_is_told(validator: Lines) -> None:
    wrong = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "date": {"a": "b"}}
    told = validator.ask(objects=[wrong], version=NEWEST)["faults"]
    assert len(told) == 1
    assert "date" in told[0]


def test_the_versions_are_those_that_the_chart_says() -> None:
    from builders.chart import CHART

    assert f'kubeVersion: ">={OLDEST}.0-0"' in (CHART / "Chart.yaml").read_text()
