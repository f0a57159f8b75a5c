"""Secrets do not show, and tokens are taken from where they are renewed."""

import base64
import copy
import inspect
import json
import logging
import os
import pickle
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vre_dm.errors import LoginRefused, NotWritable
from vre_dm.lake.tokens import FileToken, Secret, VariableToken, audiences, expiry, write_token

CANARY = "canary-3b1f9c"


def jwt(claims: object) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'RS256'})}.{part(claims)}.signature"


def token_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "token"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_secret_shows_nothing_wherever_it_is_put(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(CANARY)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("x").debug("token %s %r", secret, secret)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret:>20}", repr([secret]), repr({"a": secret})]
    shown += [caplog.text, str(vars(Secret)), repr(copy.deepcopy([secret]))]
    assert not any(CANARY in text for text in shown)
    assert secret.reveal() == CANARY


def test_a_secret_refuses_to_be_written_down() -> None:
    for write in (pickle.dumps, json.dumps, lambda s: pickle.dumps({"deep": [s]})):
        with pytest.raises(TypeError) as refused:
            write(Secret(CANARY))
        assert CANARY not in str(refused.value)


def test_secrets_compare_by_their_text() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert not Secret("")
    assert len({Secret("a"), Secret("a")}) == 1


def test_a_token_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = token_file(tmp_path, "first\n")
    provider = FileToken(path)
    assert provider.token().reveal() == "first"
    path.write_text("second-one")
    assert provider.token().reveal() == "second-one"


def test_a_refused_token_is_tried_again_only_if_the_file_holds_another(tmp_path: Path) -> None:
    path = token_file(tmp_path, "aaaa")
    provider = FileToken(path)
    provider.token()
    assert not provider.renew()
    before = path.stat()
    path.write_text("bbbb")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # a clock too coarse to see the change
    assert provider.renew()
    assert provider.token().reveal() == "bbbb"


@pytest.mark.parametrize("mode", [0o666, 0o622, 0o602])
def test_a_token_file_that_others_can_write_is_not_trusted(tmp_path: Path, mode: int) -> None:
    with pytest.raises(LoginRefused, match="other users can write"):
        FileToken(token_file(tmp_path, "aaaa", mode)).token()


def test_a_token_file_that_others_can_read_is_noticed(tmp_path: Path) -> None:
    provider = FileToken(token_file(tmp_path, "aaaa", 0o644))
    assert provider.token().reveal() == "aaaa"
    assert provider.readable_by_others()
    provider.path.chmod(0o600)
    assert not provider.readable_by_others()


@pytest.mark.parametrize("text", ["", "\n", "two words", "a\nb", "tökén"])
def test_a_file_that_holds_no_token_says_so_without_showing_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(LoginRefused, match="write it again") as refused:
        FileToken(token_file(tmp_path, text)).token()
    assert not text.strip() or text.strip() not in str(refused.value)


def test_a_missing_token_file_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(LoginRefused, match=f"{tmp_path}/none: No such file"):
        FileToken(tmp_path / "none").token()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_token_file_that_nobody_named_must_be_closed(tmp_path: Path, mode: int) -> None:
    assert FileToken(token_file(tmp_path, "aaaa"), found=True).token().reveal() == "aaaa"
    with pytest.raises(LoginRefused, match="is open to other users, so it is not trusted"):
        FileToken(token_file(tmp_path, "aaaa", mode), found=True).token()


def test_a_link_at_a_usual_place_does_not_lend_the_token_it_leads_to(tmp_path: Path) -> None:
    path = token_file(tmp_path, "aaaa")
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(LoginRefused, match="link is no plain file"):
        FileToken(tmp_path / "link", found=True).token()
    assert FileToken(tmp_path / "link").token().reveal() == "aaaa"  # named by the user, as hubs mount them


def test_a_token_file_that_is_exchanged_for_a_link_is_noticed_when_it_is_opened(tmp_path: Path) -> None:
    path = token_file(tmp_path, "aaaa")
    provider = FileToken(path, found=True)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LoginRefused, match="cannot be read"):
        provider._read()


def test_a_pipe_is_no_token_file_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(LoginRefused, match="no plain file"):
        FileToken(tmp_path / "pipe").token()


def test_a_token_in_a_variable_is_never_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", CANARY)
    provider = VariableToken("TOKEN")
    with pytest.raises(TypeError, match="never written down"):
        pickle.dumps(provider)
    assert CANARY not in str(vars(provider))
    assert copy.deepcopy([provider]) == [provider]


def test_a_variable_is_looked_up_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", " one\n")
    provider = VariableToken("TOKEN")
    assert provider.token().reveal() == "one"
    monkeypatch.setenv("TOKEN", "two")
    assert provider.token().reveal() == "two"
    assert not provider.renew()
    monkeypatch.delenv("TOKEN")
    with pytest.raises(LoginRefused, match="TOKEN is empty"):
        provider.token()


def test_the_expiry_of_a_jwt_is_read() -> None:
    assert expiry(Secret(jwt({"exp": 1_700_000_000}))) == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert expiry(Secret(jwt({"exp": "1700000000"}))) is not None


@pytest.mark.parametrize(
    "token",
    [
        "",
        "opaque",
        "a.b.c",
        jwt({}),
        jwt([]),
        jwt({"exp": None}),
        jwt({"exp": "soon"}),
        jwt({"exp": 1e300}),
        "a.\x00.b",
    ],
)
def test_a_token_that_does_not_say_has_no_expiry(token: str) -> None:
    assert expiry(Secret(token)) is None


def test_a_token_says_whom_it_is_for() -> None:
    assert audiences(Secret(jwt({"aud": "rucio"}))) == {"rucio"}
    assert audiences(Secret(jwt({"aud": ["rucio", "eos"]}))) == {"rucio", "eos"}
    for silent in ("opaque", jwt({}), jwt([]), "a.b.c"):
        assert audiences(Secret(silent)) == frozenset()


def test_nothing_that_looks_into_a_secret_finds_its_text() -> None:
    secret = Secret(CANARY)
    try:
        raise ValueError(secret)
    except ValueError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
    attributes = [repr(getattr(secret, name)) for name in dir(secret)]
    assert CANARY not in "".join([*told.format(), *attributes, str(inspect.getmembers(secret))])
    assert not hasattr(secret, "__dict__")


def test_a_written_token_file_is_private_from_its_first_byte_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "below" / "token"
    for text in ("first", "second"):
        write_token(path, Secret(text))
        assert path.stat().st_mode & 0o777 == 0o600
        assert FileToken(path, found=True).token() == Secret(text)
    assert [child.name for child in path.parent.iterdir()] == ["token"]
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("kind", ["open", "link", "theirs"])
def test_a_token_is_not_written_to_a_usual_place_that_somebody_else_made_first(
    tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / ".rucio_me"
    if kind == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.mkdir()
        folder.chmod(0o777 if kind == "open" else 0o700)
    if kind == "theirs":
        if os.geteuid() != 0:
            pytest.skip("only root can make folders of another user")
        os.chown(folder, 65534, 65534)
    with pytest.raises(NotWritable, match="in a folder of another user; name your own in rucio"):
        write_token(folder / "token", Secret("mine"), found=True)
    assert list(folder.iterdir()) == []


def test_a_token_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = token_file(tmp_path, "old")
    with pytest.raises(LoginRefused, match="is no token"):
        write_token(path, Secret("tökén"))
    (tmp_path / "folder").mkdir()
    with pytest.raises(NotWritable, match="cannot be written"):
        write_token(tmp_path / "folder", Secret("new"))
    assert path.read_text() == "old"
    assert sorted(child.name for child in tmp_path.iterdir()) == ["folder", "token"]
