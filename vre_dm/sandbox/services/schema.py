"""Make or upgrade Rucio's tables; run as a module, in the lake's folder, with the database up."""

from contextlib import suppress

from alembic import command
from alembic.config import Config
from rucio.common.config import config_get
from rucio.db.sqla.session import get_engine
from rucio.db.sqla.util import build_database, create_base_vo, create_root_account
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from vre_dm.sandbox.services import rucio_patches


def main() -> None:
    """Bring the database to the schema of this Rucio; safe to repeat, also after a kill halfway."""
    rucio_patches.check()
    # The version table is written last.
    if inspect(get_engine()).has_table("alembic_version"):
        command.upgrade(Config(config_get("alembic", "cfg")), "head")
    else:
        build_database()
    for create in (create_base_vo, create_root_account):
        with suppress(IntegrityError):  # it is there
            create()


if __name__ == "__main__":
    main()
