"""What the tests of the embedded lake share: Rucio's own client and command line, and patience."""

import configparser
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from vre_dm.did import Did
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.control import private_python
from vre_dm.sandbox.layout import Layout

T = TypeVar("T")


def until(question: Callable[[], T | None], seconds: float = 120) -> T:
    """Ask until the answer is true; fail when it never is."""
    end = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        assert time.monotonic() < end, f"not within {seconds} s: {question}"
        time.sleep(0.1)


def tick(folder: Path) -> None:
    """Wait until the disk of a folder gives later times; the steps of its clock may be milliseconds."""
    with tempfile.TemporaryFile(dir=folder) as probe:
        first = os.fstat(probe.fileno()).st_mtime_ns
        while os.fstat(probe.fileno()).st_mtime_ns == first:
            os.utime(probe.fileno())


def rucio(config: Path, *words: str, check: bool = True) -> str:
    """Output of the stock ``rucio`` command line, both streams."""
    program = Path(sys.executable).with_name("rucio")
    environment = {"RUCIO_CONFIG": str(config), "PATH": os.environ["PATH"], "HOME": str(config.parent)}
    done = subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    assert not check or done.returncode == 0, output
    return output


def client(lake: LakeStatus, config: Path | None = None) -> Any:
    """Rucio's own Python client, logged in with the password in a ``rucio.cfg``."""
    from rucio.client import Client
    from rucio.common import config as rucio_config

    chosen = config or lake.userpass_config
    parser = configparser.ConfigParser()
    parser.read(chosen)
    login = parser["client"]
    before = os.environ.get("RUCIO_CONFIG")
    os.environ["RUCIO_CONFIG"] = str(chosen)
    try:
        rucio_config.get_config()
        return Client(
            rucio_host=login["rucio_host"],
            auth_host=login["auth_host"],
            account=login["account"],
            ca_cert=login["ca_cert"],
            auth_type="userpass",
            creds={"username": login["username"], "password": login["password"]},
        )
    finally:
        if before is None:
            del os.environ["RUCIO_CONFIG"]
        else:
            os.environ["RUCIO_CONFIG"] = before


def inside(lake: LakeStatus, code: str, *words: str, input: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python code in the lake's private environment, as its own steps are run."""
    command, how = _privately(lake, code, words)
    return subprocess.run(command, check=False, input=input, capture_output=True, **how)


def started_inside(lake: LakeStatus, code: str, *words: str) -> subprocess.Popen[str]:
    """Start such code, and go on."""
    command, how = _privately(lake, code, words)
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, **how)


def _privately(lake: LakeStatus, code: str, words: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    python, path = private_python(Layout(lake.root))
    environment = {"PYTHONPATH": str(path), "RUCIO_CONFIG": str(Layout(lake.root).server / "rucio.cfg")}
    return [str(python), "-W", "ignore", "-c", code, *words], {
        "env": environment,
        "cwd": lake.root,
        "text": True,
    }


def admin(lake: LakeStatus) -> Any:
    """The client of the lake's administrator."""
    return client(lake, Layout(lake.root).admin_config)


_COPIES = """
import json, sys
from sqlalchemy import text
from rucio.db.sqla.session import get_engine
scope, name, names = json.load(sys.stdin)
COPIED = {"dids": ("scope", "name"), "replicas": ("scope", "name"), "contents": ("child_scope", "child_name")}
with get_engine().begin() as connection:
    for table, (scope_column, name_column) in COPIED.items():
        connection.execute(text(
            f"INSERT INTO {table} SELECT (jsonb_populate_record(one, "
            f"jsonb_build_object('{name_column}', other))).* "
            f"FROM {table} one, unnest(CAST(:names AS text[])) other "
            f"WHERE one.{scope_column} = :scope AND one.{name_column} = :name"
        ), {"scope": scope, "name": name, "names": names})
"""


def plant(lake: LakeStatus, did: Did, names: Sequence[str]) -> None:
    """Give a registered DID copies of other names, in the same datasets: any name, and thousands a second."""
    done = inside(lake, _COPIES, input=json.dumps([did.scope, did.name, names]))
    assert done.returncode == 0, done.stderr


_ERASE = """
import sys
from sqlalchemy import text
from rucio.db.sqla.session import get_engine
with get_engine().begin() as connection:
    for table in ("contents", "dids"):
        connection.execute(
            text(f"DELETE FROM {table} WHERE scope = :scope AND name = :name"),
            dict(zip(("scope", "name"), sys.argv[1:])),
        )
"""


def erase(lake: LakeStatus, did: Did) -> None:
    """Do what the lake does at the end of a dataset's lifetime."""
    done = inside(lake, _ERASE, did.scope, did.name)
    assert done.returncode == 0, done.stderr
