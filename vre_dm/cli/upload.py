"""`vre-dm upload`: files of this machine become a dataset of the lake."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from vre_dm.cli.choosing import lake_named, on_lake
from vre_dm.cli.fitting import show
from vre_dm.cli.lines import lines
from vre_dm.lake.tables import plural
from vre_dm.notebook.progress import in_terminal

if TYPE_CHECKING:
    from vre_dm.lake.lake import Lake
    from vre_dm.lake.publish.publication import Publication


_CODES = """\b
Exit codes: 0  everything is in the lake
            1  refused, or it could not go on; the cause is in one line
            2  the command line is wrong
          130  interrupted; what arrived waits for the next run
"""


@click.command(epilog=_CODES)
@click.argument("did", metavar="SCOPE:NAME")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--rse", help="Storage element; left out, that of the dataset's rule.")
@click.option("--days", type=float, help="Lifetime of the rule of a new dataset; for ever when left out.")
@click.option("--metadata", type=click.Path(path_type=Path), help="JSON file with the metadata.")
@click.option("--meta", multiple=True, metavar="KEY=VALUE", help="One value of the metadata; repeatable.")
@click.option("--prefix", default="", help="Text to put before each file's name.")
@click.option("--comment", default="", help="Why, for who manages the storage.")
@click.option("--close", is_flag=True, help="Let no more files be added, for ever; alone or after an upload.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--discard", is_flag=True, help="Remove what an interrupted upload left on the storage.")
@on_lake
@click.option("--json", "as_json", is_flag=True, help="What happens, one JSON document a line.")
def upload(
    did: str,
    files: tuple[Path, ...],
    rse: str | None,
    days: float | None,
    metadata: Path | None,
    meta: tuple[str, ...],
    prefix: str,
    comment: str,
    close: bool,
    dry_run: bool,
    discard: bool,
    name: str | None,
    as_json: bool,
) -> None:
    """Upload FILES (or the files of a folder) as a dataset; run again to continue.

    The bytes are placed and verified first; then files, dataset, metadata and rule are registered at once.
    A new dataset needs the metadata title, experiment, technique, arxiv and licence ("unknown" where nothing
    is stated), and the year, a number, where it is known. Columns: --meta 'columns=[{"name": "m", "unit":
    "GeV"}]'.
    """
    lake = lake_named(name)
    if discard:
        _discard(lake, did)
    if close and not files and not dry_run:
        lake.dataset(did).close()
        click.echo(f"{did} is closed: no more files can be added", err=True)
        return
    publication = lake.publication(
        files, did, rse=rse, days=days, metadata=_metadata(metadata, meta), prefix=prefix, comment=comment
    )
    if dry_run:
        _rehearsed(publication, as_json)
        return
    with lines() if as_json else in_terminal() as progress:
        publication.run(progress)
    if close:
        lake.dataset(did).close()
    if not as_json:
        click.echo(publication.did)


def _discard(lake: "Lake", did: str) -> NoReturn:
    left = lake.discard_upload(did)
    stays = f"{plural(left, 'file')} could not be removed; try again later"
    click.echo(stays if left else "nothing is left", err=True)
    raise click.exceptions.Exit(1 if left else 0)


def _rehearsed(publication: "Publication", as_json: bool) -> None:
    from vre_dm.lake.publish.publication import described

    if as_json:
        click.echo(json.dumps(described(publication.plan)))
    else:
        show(publication)


def _metadata(file: Path | None, texts: tuple[str, ...]) -> dict[str, Any] | None:
    from vre_dm.lake.publish.metadata import from_file, parsed

    if file is None and not texts:
        return None
    return (from_file(file) if file is not None else {}) | parsed(texts)
