"""What Dask's settings say of a gateway, beside where it is and how to log in there (test_gateway.py)."""

import os
from collections.abc import Iterator

import dask.config
import pytest

from vre_dm.compute.cluster import clusters, settings
from vre_dm.compute.cluster.settings import GatewaySettings
from vre_dm.errors import InvalidConfiguration

OPTIONS = {"image": "{JUPYTER_IMAGE_SPEC}", "worker_memory": 4.5}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A gateway with the hub's login, and the image of the notebook for its clusters."""
    monkeypatch.setenv("JUPYTER_IMAGE_SPEC", "registry.example.org/notebook:1")
    said = {"address": "http://127.0.0.1:9", "auth.type": "jupyterhub", "cluster.options": OPTIONS}
    with dask.config.set({f"gateway.{name}": value for name, value in said.items()}):
        yield monkeypatch


def gateway() -> GatewaySettings:
    found = settings.found()
    assert found is not None
    return found


@pytest.mark.usefixtures("hub")
def test_options_of_clusters_have_their_variables_filled_in() -> None:
    assert gateway().options() == {"image": "registry.example.org/notebook:1", "worker_memory": 4.5}


def test_an_option_that_names_a_variable_that_is_not_set_is_refused(hub: pytest.MonkeyPatch) -> None:
    hub.delenv("JUPYTER_IMAGE_SPEC")
    with pytest.raises(InvalidConfiguration, match="JUPYTER_IMAGE_SPEC"):
        gateway().options()


@pytest.mark.usefixtures("hub")
def test_options_that_somebody_may_read_have_the_names_of_variables() -> None:
    assert gateway().options(filled=False) == {"image": "{JUPYTER_IMAGE_SPEC}", "worker_memory": 4.5}


@pytest.mark.usefixtures("hub")
def test_options_without_names_are_refused() -> None:
    with (
        dask.config.set({"gateway.cluster.options": ["image"]}),
        pytest.raises(InvalidConfiguration, match="list"),
    ):
        gateway().options()


@pytest.fixture
def nameless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user id without a name, as a container may be given."""
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 987654)


@pytest.mark.usefixtures("nameless")
def test_the_hubs_login_needs_no_name_of_the_user_id(hub: pytest.MonkeyPatch) -> None:
    hub.setenv("JUPYTERHUB_API_TOKEN", "a-token")
    assert gateway().user == ""
    assert "does not answer" in clusters().notes[0]


@pytest.mark.usefixtures("hub", "nameless")
def test_a_password_needs_a_name_and_says_where_to_give_it() -> None:
    with dask.config.set({"gateway.auth.type": "basic"}):
        with pytest.raises(InvalidConfiguration, match=r"987654 has none .* gateway\.auth\.kwargs\.username"):
            settings.found()
        assert "987654" in clusters().notes[0]
        with dask.config.set({"gateway.auth.kwargs": {"username": "dm"}}):
            assert gateway().user == "dm"
