"""The few places where Rucio 41 is told something it has no setting for, and the private names we rely on.

`PRIVATE` is what a test walks through at every upgrade: a name that is gone fails there, with one clear
message, not in a daemon's log.
"""

import inspect
import select
from importlib import import_module
from typing import Any

from vre_dm.errors import SandboxError

# (module, dotted attribute, parameters we pass by name)
PRIVATE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("rucio.common.cache", "MemcacheRegion._configure_region", ("expiration_time",)),
    ("rucio.common.constants", "SCHEME_MAP", ()),
    ("rucio.common.schema", "validate", ("instance", "schema")),
    ("rucio.core.transfer", "TRANSFERTOOL_CLASSES_BY_NAME", ()),
    ("rucio.core.request", "TransferStatsManager", ()),
    ("rucio.core.topology", "ExpiringObjectCache", ("ttl", "new_obj_fnc")),
    ("rucio.core.topology", "Topology", ()),
    ("rucio.daemons.common", "HeartbeatHandler", ("executable", "renewal_interval")),
    (
        "rucio.daemons.conveyor.submitter",
        "_fetch_requests",
        (
            "partition_hash_var",
            "bulk",
            "activity",
            "rse_ids",
            "request_type",
            "ignore_availability",
            "filter_transfertool",
            "metrics",
            "cached_topology",
            "set_last_processed_by",
            "heartbeat_handler",
        ),
    ),
    (
        "rucio.daemons.conveyor.submitter",
        "_handle_requests",
        (
            "transfertools",
            "schemes",
            "failover_schemes",
            "max_sources",
            "timeout",
            "transfertool_kwargs",
            "metrics",
        ),
    ),
    ("rucio.daemons.conveyor.submitter", "METRICS", ()),
    (
        "rucio.daemons.conveyor.poller",
        "_fetch_requests",
        (
            "db_bulk",
            "older_than",
            "activity_shares",
            "transfertool",
            "filter_transfertool",
            "cached_topology",
            "activity",
            "set_last_processed_by",
            "heartbeat_handler",
        ),
    ),
    (
        "rucio.daemons.conveyor.poller",
        "_handle_requests",
        ("fts_bulk", "multi_vo", "timeout", "transfertool", "transfer_stats_manager", "oidc_support"),
    ),
    (
        "rucio.daemons.conveyor.finisher",
        "_fetch_requests",
        ("db_bulk", "set_last_processed_by", "cached_topology", "heartbeat_handler", "activity"),
    ),
    (
        "rucio.daemons.conveyor.finisher",
        "_handle_requests",
        ("bulk", "suspicious_patterns", "retry_protocol_mismatches"),
    ),
    ("rucio.daemons.judge.injector", "run_once", ("paused_rules", "heartbeat_handler")),
    ("rucio.daemons.judge.evaluator", "run_once", ("paused_dids", "did_limit", "heartbeat_handler")),
    ("rucio.daemons.judge.cleaner", "run_once", ("paused_rules", "heartbeat_handler")),
    ("rucio.daemons.judge.repairer", "run_once", ("paused_rules", "delta", "heartbeat_handler")),
    ("rucio.daemons.undertaker.undertaker", "run_once", ("paused_dids", "chunk_size", "heartbeat_handler")),
    ("rucio.daemons.abacus.account", "run_once", ("heartbeat_handler",)),
    ("rucio.daemons.abacus.rse", "run_once", ("heartbeat_handler",)),
    ("rucio.daemons.abacus.collection_replica", "run_once", ("heartbeat_handler", "limit")),
    ("rucio.daemons.badreplicas.necromancer", "run_once", ("heartbeat_handler", "bulk")),
    (
        "rucio.daemons.reaper.reaper",
        "run_once",
        (
            "rses",
            "include_rses",
            "exclude_rses",
            "vos",
            "chunk_size",
            "greedy",
            "scheme",
            "delay_seconds",
            "auto_exclude_threshold",
            "auto_exclude_timeout",
            "heartbeat_handler",
        ),
    ),
    ("rucio.transfertool.transfertool", "Transfertool", ("external_host",)),
    ("rucio.transfertool.transfertool", "TransferStatusReport", ("request_id",)),
    ("rucio.transfertool.transfertool", "TransferToolBuilder", ()),
    ("rucio.rse.protocols.webdav", "Default.connect", ("credentials",)),
    ("rucio.db.sqla.session", "get_engine", ()),
    ("rucio.db.sqla.util", "build_database", ()),
    ("rucio.db.sqla.util", "create_base_vo", ()),
    ("rucio.db.sqla.util", "create_root_account", ()),
)


def find(module: str, attribute: str) -> Any:
    """The object behind a row of `PRIVATE`."""
    found: Any = import_module(module)
    for name in attribute.split("."):
        found = getattr(found, name)
    return found


def check() -> None:
    """Find every private name and every parameter we pass to it.

    Raises
    ------
    SandboxError
        Names all that this Rucio no longer has.
    """
    gone = [problem for row in PRIVATE for problem in _problems(*row)]
    if gone:
        msg = f"the lake was not written for this Rucio: {'; '.join(gone)}; use the one of locks/lake.txt"
        raise SandboxError(msg)


def _problems(module: str, attribute: str, parameters: tuple[str, ...]) -> list[str]:
    try:
        found = find(module, attribute)
    except (ImportError, AttributeError):
        return [f"{module}.{attribute} is gone"]
    if not parameters:
        return []
    known = inspect.signature(found).parameters
    return [f"{module}.{attribute} takes no {name}" for name in parameters if name not in known]


def cache_in_memory() -> None:
    """Give Rucio dogpile's memory where it would use memcached; call before the application is imported.

    Without memcached Rucio falls back to a cache that keeps nothing, and list_replicas asks the configuration
    table several times a file: 49 s instead of 1.6 s for 10 000 files. One server process makes memory safe.
    """
    from rucio.common.cache import MemcacheRegion

    def configure(region: Any, expiration_time: int, memcached_expire_time: int | None = None) -> None:
        region.configure("dogpile.cache.memory", expiration_time=expiration_time)

    MemcacheRegion._configure_region = configure


def check_connections_out() -> None:
    """Look whether each pooled database connection still stands, so that a restart is not met as an error.

    PostgreSQL says nothing unasked but that it ends, so one with something to read has ended. To ask it would
    be a third of what the daemons do.
    """
    from rucio.db.sqla.session import get_engine
    from sqlalchemy import event
    from sqlalchemy.exc import DisconnectionError

    def look(connection: Any, _record: Any, _proxy: Any) -> None:
        watched = select.poll()
        watched.register(connection, select.POLLIN)
        if watched.poll(0):
            raise DisconnectionError

    event.listen(get_engine(), "checkout", look)


def trust_own_schemas() -> None:
    """Check what a request says, but not each time Rucio's schema for it: that took longer than the rest."""
    from jsonschema.exceptions import best_match
    from jsonschema.validators import validator_for
    from rucio.common import schema

    def validate(instance: Any, rules: Any) -> None:
        if error := best_match(validator_for(rules)(rules).iter_errors(instance)):
            raise error

    schema.validate = validate


def any_pair_of_protocols() -> None:
    """Let transfers go between any two protocols: our transfer tool streams through this machine."""
    from rucio.common.constants import SCHEME_MAP

    for scheme in ("file", "https"):
        SCHEME_MAP[scheme] = list(dict.fromkeys([*SCHEME_MAP.get(scheme, []), "file", "https"]))
