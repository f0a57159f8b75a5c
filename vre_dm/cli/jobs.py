"""`vre-dm jobs`: fetches, uploads and maps of this user in every window, followed and cancelled from here."""

import json
from typing import TYPE_CHECKING

import click

from vre_dm.cli.fitting import show

if TYPE_CHECKING:
    from vre_dm.lake.jobs.job import Job


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def jobs(context: click.Context, as_json: bool) -> None:
    """List fetches, uploads and maps: of this and other windows, running and of the last week."""
    from vre_dm.session import jobs as found

    if context.invoked_subcommand is not None:
        return
    if as_json:
        click.echo(json.dumps([job.document() for job in found()]))
    else:
        show(found())


@jobs.command(short_help="Show another window's JOB as it goes on.")
@click.argument("job", required=False)
@click.option("--json", "as_json", is_flag=True, help="What happened and happens, one JSON document a line.")
@click.option("--after", type=click.IntRange(min=0), metavar="ID", help="With --json: only what came later.")
def follow(job: str | None, as_json: bool, after: int | None) -> None:
    """Show the progress of another window's JOB; the only one that runs when left out.

    Ctrl-C stops to follow, and the job goes on. The exit code is 0 if it finished, 1 if it failed, was
    cancelled or died, and 130 after Ctrl-C.

    Each document of --json has an "id", with which --after goes on there.
    """
    chosen = _one(job)
    if as_json:
        _print_entries(chosen, after or 0)
    elif after is not None:
        msg = "--after is for --json; without it, what comes is shown as it comes"
        raise click.UsageError(msg)
    else:
        chosen.follow()
    _tell(chosen)
    if chosen.state != "finished":
        raise click.exceptions.Exit(1)


@jobs.command(short_help="Stop another window's JOB.")
@click.argument("job", required=False)
def cancel(job: str | None) -> None:
    """Stop another window's JOB; the only one that runs when left out.

    What arrived waits for the next run. The exit code is 1 if it has not stopped within ten seconds.
    """
    chosen = _one(job)
    over = chosen.cancel()
    _tell(chosen)
    if not over:
        raise click.exceptions.Exit(1)


def _one(name: str | None) -> "Job":
    from vre_dm.session import jobs as found

    return found().one(name)


def _tell(job: "Job") -> None:
    from vre_dm.lake.jobs.job import AGAIN

    click.echo(f"{job.sentence}; {AGAIN}" if "continue" in job.can else job.sentence, err=True)


def _print_entries(job: "Job", after: int) -> None:
    from vre_dm.lake.transfer.events import to_json

    with job.left_alone():
        for entry in job.entries(after):
            click.echo(json.dumps({"id": entry.end, **to_json(entry.event, entry.at)}))
