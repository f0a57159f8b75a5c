"""The `%dm_…` line magics: they read a line, ask the lake, and hand back Python objects."""

import inspect
import sys
from argparse import Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from functools import wraps
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from vre_dm.errors import INTERRUPTED, ChunkFailed, FetchError, VreDmError
from vre_dm.notebook.words import literal, terms, unquoted, variable, words

if TYPE_CHECKING:
    from vre_dm.lake.lake import Lake

_KINDS = ("collection", "dataset", "container", "file", "all")


class _Help(RawDescriptionHelpFormatter):
    """Help as a terminal gives it; IPython's own is reStructuredText, which nothing renders."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, prefix or "usage: %")


class _CellHelp(_Help):
    """The same of a magic that takes a cell."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, prefix or "usage: %%")


def plainly(magic: Callable[..., object]) -> Callable[..., object]:
    """Read the line with the magic's parser; say failures and interrupts in one line without a traceback."""

    @wraps(magic)
    def run(self: Magics, line: str, *cell: str) -> object:
        parser = run.parser  # type: ignore[attr-defined]  # put there by magic_arguments
        try:
            given = words(line)
            if {"-h", "--help"} & set(given):
                print(parser.format_help())  # noqa: T201 - what a user asked to read
                return None
            return magic(self, _parsed(parser, given), *cell)
        except FetchError as error:
            display(error.report)
            raise UsageError(str(error)) from error
        except ChunkFailed as error:
            print(error.trace, file=sys.stderr)  # noqa: T201 - the user's own function, not ours
            raise UsageError(str(error)) from error
        except VreDmError as error:
            raise UsageError(str(error)) from error
        except KeyboardInterrupt as interrupt:
            raise UsageError(str(interrupt) or INTERRUPTED) from interrupt

    run.argcmd_kwds = {  # type: ignore[attr-defined]  # read by magic_arguments
        "description": cleandoc(magic.__doc__ or ""),
        "formatter_class": _CellHelp if "cell" in inspect.signature(magic).parameters else _Help,
    }
    return run


def _parsed(parser: Any, given: list[str]) -> Namespace:
    try:
        arguments: Namespace = parser.parse_args(given)
    except UsageError as error:  # argparse quotes the line as it is, line breaks and control characters too
        raise UsageError(ascii(str(error))[1:-1]) from error
    return arguments


@magics_class
class LakeMagics(Magics):
    """`%dm_search`, `%dm_ls`, `%dm_fetch`, `%dm_rules`, `%dm_doctor`.

    They use the lake of the last `vre_dm.connect`, or connect when the first of them needs it. Variables in
    a line (``$x``, ``{x}``) are not evaluated: a name in a lake may look like one.
    """

    @no_var_expand
    @line_magic
    @magic_arguments()
    @argument(
        "terms", nargs="*", metavar="TERM", help="name* or scope:name*, then filters such as year>=2017"
    )
    @argument("--scope", type=unquoted, help="only in this scope")
    @argument(
        "--type",
        choices=_KINDS,
        default="collection",
        metavar="KIND",
        help=f"what to list: {', '.join(_KINDS)} (default: %(default)s)",
    )
    @plainly
    def dm_search(self, asked: Namespace) -> object:
        """Find datasets by name and metadata.

        %dm_search xenon:* year>=2017 technique="direct detection"
        """
        pattern, where = terms(asked.terms)
        return _lake().search(pattern, scope=asked.scope, kind=asked.type, where=where)

    @no_var_expand
    @line_magic
    @magic_arguments()
    @argument(
        "what", nargs="?", type=literal("dm.dataset"), help="SCOPE or SCOPE:NAME; nothing for the scopes"
    )
    @plainly
    def dm_ls(self, asked: Namespace) -> object:
        """List what is one level below: scopes, the datasets of a scope, the content of a dataset."""
        return _lake().ls(asked.what)

    @no_var_expand
    @line_magic
    @magic_arguments()
    @argument("did", type=literal("dm.fetch"), metavar="SCOPE:NAME", help="dataset, container or file")
    @argument("--as", dest="name", type=unquoted, metavar="NAME", help="bind the paths to this variable")
    @argument("--files", type=unquoted, metavar="GLOB", help="only files whose name fits, such as *.parquet")
    @argument("--rse", type=unquoted, help="read from there alone; verified copies here come first")
    @argument("--to", type=unquoted, metavar="FOLDER", help="folder (default: the lake's cache folder)")
    @argument(
        "--recheck", action="store_true", help="read files that are here again, compare their checksums"
    )
    @argument("--since", type=unquoted, metavar="DATE", help="only files registered then or later (UTC)")
    @argument(
        "--pin", type=unquoted, metavar="FILE", help="fetch the files that FILE records; made if missing"
    )
    @plainly
    def dm_fetch(self, asked: Namespace) -> object:
        """Have the files of a dataset here, each one verified; returns their paths.

        %dm_fetch xenon:s2only.response --as response
        """
        name = None if asked.name is None else variable(asked.name)
        from vre_dm.notebook.display import Fetched
        from vre_dm.notebook.progress import follow

        dataset = _lake().dataset(asked.did)
        with follow() as progress:
            paths = dataset.fetch(
                _folder(asked.to),
                files=asked.files,
                rse=asked.rse,
                progress=progress,
                recheck=asked.recheck,
                since=asked.since,
                pin=asked.pin,
            )
        fetched = Fetched(paths)
        if name is None:
            return fetched
        self.shell.user_ns[name] = fetched
        return None

    @no_var_expand
    @line_magic
    @magic_arguments()
    @argument(
        "what",
        nargs="?",
        type=literal("dm.dataset"),
        help="SCOPE:NAME for the rules on a dataset, or the id of a rule; nothing for your own",
    )
    @argument("--why", action="store_true", help="look at the files of a rule that have not arrived")
    @argument("--extend", type=float, metavar="DAYS", help="keep the copies longer: so many days from now")
    @argument("--shorten", type=float, metavar="DAYS", help="end it earlier: so many days from now")
    @argument("--boost", action="store_true", help="try what is stuck again now")
    @argument("--move", type=unquoted, metavar="RSE", help="keep the copies at another storage element")
    @argument("--approve", action="store_true", help="let it begin, where you approve rules")
    @argument(
        "--deny", type=unquoted, metavar="REASON", help="do not let it begin; its owner gets the reason"
    )
    @argument("--delete", action="store_true", help="end it now")
    @plainly
    def dm_rules(self, asked: Namespace) -> object:
        """List replication rules with their state now, or look at one of them and change it.

        %dm_rules xenon:s2only.limits
        """
        from vre_dm.lake.rule_orders import Order

        found = Order(**vars(asked)).carry_out(_lake())
        if not isinstance(found, str):
            return found
        print(found)  # noqa: T201 - a sentence, not a value
        return None

    @no_var_expand
    @line_magic
    @magic_arguments()
    @plainly
    def dm_doctor(self, asked: Namespace) -> object:
        """Say which data lake is used, why, and what is wrong with it; starts and changes nothing."""
        from vre_dm.lake.doctor import diagnose
        from vre_dm.session import cache_settings

        return diagnose(cache=cache_settings().cache())


def _lake() -> "Lake":
    """Lake of the session; Rucio's client is imported when the first magic needs it."""
    from vre_dm.session import connected

    return connected()


def _folder(text: str | None) -> Path | None:
    return None if text is None else Path(text).expanduser()
