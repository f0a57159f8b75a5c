"""What a cluster of this machine gets of the environment of who starts it."""

from bokeh.server.util import check_allowlist

from vre_dm.compute.cluster.environment import PAGES, environment


def test_a_cluster_has_no_token_of_the_notebook_in_its_environment() -> None:
    names = ("JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN", "STORAGE_TOKEN", "JUPYTER_SERVER_URL")
    found = environment(dict.fromkeys(names, "hush") | {"X509_CERT_DIR": "/certificates", "PATH": "/bin"})
    assert "hush" not in found.values()
    assert (found["X509_CERT_DIR"], found["PATH"]) == ("/certificates", "/bin")


def test_only_pages_of_this_machine_may_talk_to_a_dashboard() -> None:
    allowed = PAGES["BOKEH_ALLOW_WS_ORIGIN"].split(",")
    assert check_allowlist("127.0.0.1:8787", allowed)
    assert check_allowlist("localhost:8888", allowed)
    assert not check_allowlist("elsewhere.example", allowed)
    assert not check_allowlist("127.0.0.1.elsewhere.example:8787", allowed)
