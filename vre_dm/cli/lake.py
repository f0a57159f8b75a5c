"""`vre-dm search|ls|fetch|doctor`: the lake from a terminal and from scripts."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vre_dm.cli.choosing import lake_named, on_lake
from vre_dm.cli.fitting import show
from vre_dm.cli.lines import lines
from vre_dm.errors import FetchError
from vre_dm.lake.tables import clean, left_out
from vre_dm.notebook.progress import in_terminal

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache
    from vre_dm.lake.catalogue import Scopes
    from vre_dm.lake.dataset import Dataset
    from vre_dm.lake.doctor import Diagnosis
    from vre_dm.lake.results import SearchResult

_SOME_FAILED = 3
_KINDS = click.Choice(["collection", "dataset", "container", "file", "all"])
_as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


def _say(document: object) -> None:
    click.echo(json.dumps(document, default=str))


def _say_refused(found: "Scopes | SearchResult") -> None:
    if found.refused:
        click.echo(left_out(found.refused), err=True)


def _entries(datasets: "Iterable[Dataset]") -> list[dict[str, object]]:
    known = (
        {"did": str(found.did), "kind": found.kind, "files": found.known_length, "size": found.known_size}
        for found in datasets
    )
    return [{key: value for key, value in entry.items() if value is not None} for entry in known]


@click.command()
@click.argument("pattern", default="*")
@click.argument("filters", nargs=-1)
@click.option("--scope", help="Only in this scope.")
@click.option("--type", "kind", type=_KINDS, default="collection", show_default=True, help="What to list.")
@on_lake
@_as_json
def search(
    pattern: str, filters: tuple[str, ...], scope: str | None, kind: str, name: str | None, as_json: bool
) -> None:
    """Find datasets by name and metadata.

    PATTERN is name* or scope:name*. FILTERS are comparisons such as 'year>=2017' or technique='direct
    detection', and all must hold; quote them where > or a blank means something to the shell.
    """
    if set("=<>") & set(pattern):
        pattern, filters = "*", (pattern, *filters)
    found = lake_named(name).search(pattern, scope=scope, kind=kind, where=" ".join(map(_quoted, filters)))
    if not found:
        click.echo(clean(f"nothing {found.title}{_wider(pattern)}", None), err=True)
    if as_json:
        _say(_entries(found))
        return
    for dataset in found:
        click.echo(dataset.did)
    _say_refused(found)


def _wider(pattern: str) -> str:
    scope, colon, name = pattern.rpartition(":")
    return "" if "*" in name else f"; a name needs * : {scope}{colon}*{name}*"


def _quoted(condition: str) -> str:
    """Put back the quotes that a shell took away: one argument is one comparison."""
    found = re.fullmatch(r"(\w+\s*[=!<>]+\s*)([^\"']*\s[^\"']*)", condition)
    return f'{found[1]}"{found[2]}"' if found else condition


@click.command("ls")
@click.argument("what", required=False)
@on_lake
@_as_json
def ls(what: str | None, name: str | None, as_json: bool) -> None:
    """List the scopes, the datasets of a SCOPE, or the content of a SCOPE:NAME."""
    found = lake_named(name).ls(what)
    if as_json:
        _say([entry if isinstance(entry, str) else _entries([entry])[0] for entry in found])
        return
    for entry in found:
        click.echo(clean(entry if isinstance(entry, str) else entry.did, None))
    _say_refused(found)


_CODES = f"""\b
Exit codes: 0  every file is here and verified
            1  it could not begin or go on: login, disk, lake; the cause is in one line
            2  the command line is wrong
            {_SOME_FAILED}  some files, or all, could not be had; a table says why and who can act
          130  interrupted; what arrived waits for the next run
"""


@click.command(epilog=_CODES)
@click.argument("did", metavar="SCOPE:NAME")
@click.option("--to", type=click.Path(path_type=Path), default=".", show_default=True, help="Folder.")
@click.option("--files", metavar="GLOB", help="Only files whose name fits, such as '*.parquet'.")
@click.option("--rse", help="Read from this storage element alone; verified copies here come first.")
@click.option("--recheck", is_flag=True, help="Read files that are here again and compare their checksums.")
@click.option("--since", metavar="DATE", help="Only files registered then or later (UTC).")
@click.option("--pin", type=click.Path(path_type=Path), help="Fetch the files it records; made if missing.")
@on_lake
@click.option("--json", "as_json", is_flag=True, help="What happens, one JSON document a line.")
def fetch(
    did: str,
    to: Path,
    files: str | None,
    rse: str | None,
    recheck: bool,
    since: str | None,
    pin: Path | None,
    name: str | None,
    as_json: bool,
) -> None:
    """Have the files of a dataset here, each one verified; run again to continue.

    Files go to FOLDER/scope/name, and their paths to standard output.
    """
    dataset = lake_named(name).dataset(did)
    try:
        with lines() if as_json else in_terminal() as progress:
            paths = dataset.fetch(
                to, files=files, rse=rse, progress=progress, recheck=recheck, since=since, pin=pin
            )
    except FetchError as error:
        show(error.report, err=True)
        raise click.exceptions.Exit(_SOME_FAILED) from error
    for path in paths if not as_json else ():
        click.echo(path)


@click.command()
@click.argument("name", required=False)
@click.option("--hub", is_flag=True, help="Look at all that a user's server on a JupyterHub needs.")
@_as_json
def doctor(name: str | None, hub: bool, as_json: bool) -> None:
    """Say which data lake is used, why, and what is wrong with it.

    NAME is a configured lake; the default one when left out. Nothing is started or changed; the exit code
    is 1 when the lake cannot be used.

    --hub is for a terminal of a server on a JupyterHub. It looks at the hub, this server, the lake's token,
    mounts, shared kernels, the Dask Gateway, memory and disk too; the exit code is 1 when something fails.
    The report holds no secret, so that it can be sent to the admins of the hub.
    """
    from vre_dm.session import cache_settings

    diagnosis = (_of_server if hub else _of_lake)(name, cache_settings().cache())
    if as_json:
        _say([asdict(finding) for finding in diagnosis.findings])
    else:
        show(diagnosis)
    if not diagnosis.healthy:
        raise click.exceptions.Exit(1)


def _of_lake(name: str | None, cache: "Cache") -> "Diagnosis":
    from vre_dm.lake.doctor import diagnose

    return diagnose(name, cache=cache)


def _of_server(name: str | None, cache: "Cache") -> "Diagnosis":
    from vre_dm.hub.doctor import diagnose_server

    return diagnose_server(name, cache=cache)
