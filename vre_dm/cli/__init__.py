"""The command `vre-dm`: each subcommand is loaded when used, each failure is one line and an exit code."""

from importlib import import_module

import click

from vre_dm import __version__
from vre_dm.errors import INTERRUPTED, VreDmError
from vre_dm.extras import missing_extra
from vre_dm.lake.tables import clean

# command -> module that holds it, and its line in the help
_COMMANDS = {
    "search": ("vre_dm.cli.lake", "Find datasets by name and metadata."),
    "ls": ("vre_dm.cli.lake", "List scopes, the datasets of a scope, the content of a dataset."),
    "fetch": ("vre_dm.cli.lake", "Have the files of a dataset here, each one verified."),
    "login": ("vre_dm.cli.login", "Log in to a data lake in a browser, or by a code."),
    "upload": ("vre_dm.cli.upload", "Make files of this machine a dataset of the lake."),
    "rules": ("vre_dm.cli.rules", "Say how replication rules stand and why; extend, boost, move, end them."),
    "jobs": ("vre_dm.cli.jobs", "List fetches, uploads and maps in every window; follow and cancel them."),
    "cache": ("vre_dm.cli.cache", "List, check and clear what is kept of earlier fetches."),
    "doctor": ("vre_dm.cli.lake", "Say which data lake is used, why, and what is wrong with it."),
    "curves": ("vre_dm.cli.curves", "Look at published limits, check them, add one."),
    "validate": ("vre_dm.cli.validate", "Compute published numbers again and compare."),
    "combine": ("vre_dm.cli.combine", "Combine the likelihoods of several instruments into one limit."),
    "gateway": ("vre_dm.cli.gateway", "Start and stop a Dask Gateway on this machine."),
    "lab": ("vre_dm.cli.lab", "Start JupyterLab on the notebooks, with a lake to work on."),
    "notebooks": ("vre_dm.cli.lab", "Copy the notebooks to a folder, for a JupyterLab that runs already."),
    "kernels": ("vre_dm.cli.kernels", "Install kernels of experiments: ROOT, gamma rays, KM3NeT."),
    "lake": ("vre_dm.sandbox.commands", "Start, stop and look at the embedded lake."),
}
_CTRL_C = 130  # as shells say it


class _Commands(click.Group):
    """Commands by name, loaded late: the help must not pay for all of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(_COMMANDS[cmd_name][0]), cmd_name)
        if not isinstance(command, click.Command):
            msg = f"{_COMMANDS[cmd_name][0]} has no command {cmd_name}"
            raise TypeError(msg)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except VreDmError as error:
            raise click.ClickException(clean(error, None)) from error
        except ModuleNotFoundError as error:
            if missing := missing_extra(error):
                raise click.ClickException(str(missing)) from error
            raise
        except KeyboardInterrupt as interrupt:
            click.echo(f"vre-dm: {str(interrupt) or INTERRUPTED}", err=True)
            raise click.exceptions.Exit(_CTRL_C) from interrupt


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vre-dm")
def main() -> None:
    """Dark-matter data, limits and notebooks, on a data lake or on this machine."""
    from vre_dm.lake.tokens import redaction  # brings the ways to log in, which the help does not need

    redaction.install()  # not every command opens a lake, but each may hold a login
