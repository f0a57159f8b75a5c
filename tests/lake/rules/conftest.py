"""What the tests of rules share: bytes where the catalogue says that files are."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.lakes import inside
from vre_dm.did import Did
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout


def put(lake: LakeStatus, rucio: Any, did: Did, rse: str, content: bytes | None = None) -> None:
    """Write the files of a dataset where the catalogue says they are; the registered bytes when left out."""
    for file in rucio.list_files(did.scope, did.name):
        asked = [{"scope": file["scope"], "name": file["name"]}]
        (row,) = rucio.list_replicas(asked, rse_expression=rse)
        path = Layout(lake.root).storage(rse) / row["rses"][rse][0].split(f"/{rse}/", 1)[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        number = int(file["name"].split(".")[-2])
        path.write_bytes(f"{number}".encode() if content is None else content)


_TRIGGER = """
import sys
from sqlalchemy import text
from rucio.db.sqla.session import get_engine
with get_engine().begin() as connection:
    for statement in sys.argv[1:]:
        connection.execute(text(statement))
"""
_UNDO = """
CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE 'two changes met' USING ERRCODE = 'deadlock_detected'; END $$
"""


@contextmanager
def undoing(lake: LakeStatus, did: Did) -> Iterator[None]:
    """The lake's database ends each change of rules on a DID as it ends one of two that block each other."""
    on = f"ON rules FOR EACH ROW WHEN (NEW.scope = '{did.scope}' AND NEW.name = '{did.name}')"
    made = inside(
        lake, _TRIGGER, _UNDO, f"CREATE TRIGGER undo BEFORE INSERT OR UPDATE {on} EXECUTE FUNCTION undo()"
    )
    assert made.returncode == 0, made.stderr
    try:
        yield
    finally:
        assert inside(lake, _TRIGGER, "DROP FUNCTION undo CASCADE").returncode == 0
