"""`vre-dm cache list|verify|clear`: what is kept of earlier fetches, and how to be rid of it."""

import json
import sys
import time
from typing import TYPE_CHECKING

import click

from vre_dm.cli.fitting import show
from vre_dm.lake.tables import clean, plural, size_text

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache
    from vre_dm.lake.cache.room import Entry
    from vre_dm.lake.cache.tending import Verdict

_as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


def _cache() -> "Cache":
    from vre_dm.session import cache_settings  # heavy, and not needed for the help

    return cache_settings().cache()


def _document(entry: "Entry") -> dict[str, object]:
    return {
        "did": entry.did or None,
        "size": entry.size,
        "used": round(entry.used, 3),
        "path": str(entry.path),
    }


@click.group()
def cache() -> None:
    """Look at the files that were fetched without a target, check them, remove them.

    VRE_DM_CACHE is their folder, VRE_DM_CACHE_QUOTA (such as 200 GB) what it may hold, VRE_DM_SHARED_CACHE
    the cache of an admin that is read as well.
    """


@cache.command("list")
@_as_json
def list_(as_json: bool) -> None:
    """List what the cache holds, the longest unused first."""
    from vre_dm.lake.cache.tending import Contents

    contents = Contents(_cache())
    if as_json:
        click.echo(json.dumps([_document(entry) for entry in contents]))
    else:
        show(contents)


@cache.command()
@_as_json
def verify(as_json: bool) -> None:
    """Read every file of the cache again; what is damaged is removed.

    What cannot be read is said and stays. The exit code is 1 if something is damaged or cannot be read.
    """
    from vre_dm.lake.cache.tending import Contents
    from vre_dm.lake.cache.tending import verify as verified

    contents = Contents(_cache())
    if sys.stderr.isatty():
        with click.progressbar(length=contents.size, label="reading", file=sys.stderr) as bar:
            verdict = verified(contents, lambda entry: bar.update(entry.size))
    else:  # a bar would leave its label in a log
        verdict = verified(contents)
    if as_json:
        unread = [{**_document(entry), "cause": cause} for entry, cause in verdict.unread]
        removed = list(map(_document, verdict.removed))
        click.echo(json.dumps({"good": verdict.good, "removed": removed, "unread": unread}))
    else:
        _tell(verdict)
    if verdict.removed or verdict.unread:
        raise click.exceptions.Exit(1)


def _tell(verdict: "Verdict") -> None:
    for entry in verdict.removed:
        click.echo(f"damaged and removed: {clean(entry.did or entry.path.name, None)}")
    for entry, cause in verdict.unread:
        which = clean(entry.did or entry.path.name, None)
        click.echo(f"cannot be read and stays: {which} ({cause}); look at the disk below {entry.path}")
    unread = f", {len(verdict.unread)} not read" if verdict.unread else ""
    click.echo(f"{plural(verdict.good, 'file')} verified, {len(verdict.removed)} removed{unread}")


@cache.command()
@click.argument("which", metavar="[SCOPE:NAME*]", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@_as_json
def clear(which: str | None, yes: bool, as_json: bool) -> None:
    """Remove files from the cache: all, or those whose name fits.

    Files that a program has open stay. Files that were fetched into a folder of your own are not touched.
    """
    from vre_dm.did import DidPattern
    from vre_dm.lake.cache.tending import Contents
    from vre_dm.lake.cache.tending import clear as cleared

    contents = Contents(_cache(), DidPattern.parse(which) if which else None)
    if which and "*" not in which and not contents:
        msg = f"the cache holds no file {which}; it knows files, not datasets: try {which}*"
        raise click.ClickException(msg)
    what = f"{plural(len(contents), 'file')}, {size_text(contents.size)}"
    if contents and not yes:
        click.confirm(f"Remove {what}, from {contents.cache.folder}?", abort=True, err=True)
    stayed = cleared(contents.cache, contents, time.time)
    gone = [entry for entry in contents if entry not in stayed]
    if as_json:
        click.echo(
            json.dumps({"removed": list(map(_document, gone)), "in_use": list(map(_document, stayed))})
        )
        return
    in_use = f"; {plural(len(stayed), 'file')} in use stayed" if stayed else ""
    click.echo(f"{plural(len(gone), 'file')} removed, {size_text(sum(entry.size for entry in gone))}{in_use}")
