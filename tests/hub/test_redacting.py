"""A report shows no secret, known or not, and keeps the names of hosts and files."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lake.test_tokens import jwt
from tests.security.leaks import Search
from vre_dm.hub.redacting import Redactor
from vre_dm.lake.finding import Finding, State
from vre_dm.lake.tokens import Secret


def cleaned(text: str, **environ: str) -> str:
    return Redactor(environ).cleaned(Finding("what", State.WARN, text, f"ask {text}")).text


@pytest.mark.parametrize(
    "name",
    ["JUPYTERHUB_API_TOKEN", "AWS_SECRET_ACCESS_KEY", "DASK_GATEWAY__AUTH__KWARGS__PASSWORD", "my_api_key"],
)
def test_what_a_variable_of_that_name_holds_does_not_show(name: str) -> None:
    said = cleaned("the server at hub.example.org says: no canary-of-9 here", **{name: "canary-of-9"})
    assert said == "the server at hub.example.org says: no *** here"


def test_files_and_words_are_kept() -> None:
    environ = {"OIDC_TOKEN_FILE": "/tmp/rucio_oauth.token", "KEY": "rucio", "SSH_KEY": "/home/dm/.ssh/id"}
    text = "rucio: the token file /tmp/rucio_oauth.token and /home/dm/.ssh/id of rucio.example.org:443/a?"
    assert cleaned(text, **environ) == text


@pytest.mark.parametrize("key", ["/3fGh9+kLm02Qx==", "/9x/Kq2+LmN0==", "//Kq2+LmN0Rt=="])
def test_a_key_that_begins_as_a_path_does_is_taken_out(key: str) -> None:
    assert (
        cleaned(f"the header was {key}, they say", JUPYTERHUB_CRYPT_KEY=key) == "the header was ***, they say"
    )


def test_a_secret_of_the_steps_between_is_taken_out_of_all() -> None:
    redactor = Redactor({})
    first = Finding("a", State.OK, "quotes canary-of-later")

    def steps():  # type: ignore[no-untyped-def]
        yield first
        secret = Secret("canary-of-later")
        yield Finding("b", State.OK, "nothing")
        del secret

    assert len(list(redactor.watching(steps()))) == 2
    assert redactor.cleaned(first).text == "quotes ***"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"the hub said {jwt({'aud': 'rucio'})} to it", "the hub said *** to it"),
        ("https://dm:hunter2@hub.example.org/x", "https://***@hub.example.org/x"),
        ("https://eos.example.org/f?X-Amz-Signature=0af1 is gone", "https://eos.example.org/f?*** is gone"),
        ("https://eos.example.org/d/?sig=0af1 is gone", "https://eos.example.org/d/?*** is gone"),
        ("https://eos.example.org/f?download&sig=0af1 is gone", "https://eos.example.org/f?*** is gone"),
        ("https://eos.example.org/f?a[]=1&sig=0af1 is gone", "https://eos.example.org/f?*** is gone"),
        ("(https://eos.example.org/d(1)?authz=0af1", "(https://eos.example.org/d(1)?***"),
        ("Authorization: Bearer 0123456789abcdef0123", "Authorization: Bearer ***"),
        ("Authorization: Basic ZG06/Ghk+3Vw0123456789==", "Authorization: Basic ***"),
        ("header token 0123456789abcdef0123 refused", "header token *** refused"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out_though_nobody_knows_it(text: str, shown: str) -> None:
    assert cleaned(text) == shown


@given(st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=8), st.text(), st.text())
def test_a_known_secret_shows_in_no_form(secret: str, before: str, after: str) -> None:
    coded = base64.b64encode(f"dm:{secret}".encode()).decode()
    said = cleaned(f"{before} {secret} {coded} {after}", THE_TOKEN=secret)
    if secret not in before + after + "ask *** what":
        assert Search({"it": secret}).text(said, "the report") == []
