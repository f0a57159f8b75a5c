"""The magics `%dm_cluster` and `%%dm_map`: clusters from a cell, and a cell mapped over a dataset."""

import json
import re
from argparse import Namespace
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments

from vre_dm.compute.options import GIVEN_AS, ON_ERROR
from vre_dm.notebook.cell import function_of
from vre_dm.notebook.magics import plainly
from vre_dm.notebook.words import literal, unquoted, variable

if TYPE_CHECKING:
    from vre_dm.compute.cluster import Cluster

ORDERS = ("status", "up", "scale", "down")
KINDS = ("local", "gateway")


def workers(word: str) -> int | tuple[int, int]:
    """Read ``4``, or ``0-8`` for as many as the work asks.

    Raises
    ------
    UsageError
        It is neither.
    """
    found = re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", unquoted(word), re.ASCII)
    if found is None:
        msg = f"{word!a} is no number of workers; write 4, or 0-8 for as many as the work asks"
        raise UsageError(msg)
    return int(found[1]) if found[2] is None else (int(found[1]), int(found[2]))


@magics_class
class ClusterMagics(Magics):
    """`%dm_cluster` and `%%dm_map`."""

    @no_var_expand
    @line_magic
    @magic_arguments()
    @argument("order", nargs="?", choices=ORDERS, default="status", metavar="ORDER", help=", ".join(ORDERS))
    @argument(
        "what",
        nargs="*",
        type=unquoted,
        metavar="WHAT",
        help="scale: [NAME] WORKERS; down: [NAME]; NAME as listed, or a variable (default: the only one)",
    )
    @argument("--workers", type=workers, help="how many, 4, or 0-8 for as many as the work asks")
    @argument("--memory", type=unquoted, help="of each worker, such as 4GB")
    @argument("--kind", choices=KINDS, metavar="KIND", help=f"{' or '.join(KINDS)} (default: what there is)")
    @argument("--idle", type=float, metavar="SECONDS", help="end a local one after so long without work")
    @argument("--option", action="append", metavar="NAME=VALUE", help="of the gateway, such as image=…")
    @argument("--as", dest="name", type=unquoted, metavar="NAME", help="bind the cluster to this variable")
    @plainly
    def dm_cluster(self, asked: Namespace) -> object:
        """List clusters, start one, change its workers, end it.

        %dm_cluster up --workers 0-4 --memory 2GB --as both
        """
        if asked.order == "up":
            return self._up(asked)
        if asked.order == "scale":
            return self._scale(asked.what)
        if asked.order == "down":
            _few(asked.what, 1)
            self._one(asked.what).down()
        else:
            _few(asked.what, 0)
        from vre_dm.compute.cluster import clusters

        return clusters()

    @no_var_expand
    @cell_magic
    @magic_arguments()
    @argument(
        "what", type=literal("dm.map"), metavar="SCOPE:NAME", help="dataset, or files such as data/*.root"
    )
    @argument(
        "--on", type=unquoted, metavar="CLUSTER", help="local, gateway, a name as listed, or a variable"
    )
    @argument("--into", type=unquoted, metavar="NAME", help="bind the value to this variable")
    @argument("--columns", type=unquoted, metavar="A,B", help="what is read (default: found out)")
    @argument("--tree", type=unquoted, metavar="PATH", help="of the tree, where a file has several")
    @argument("--files", type=unquoted, metavar="GLOB", help="only files whose name fits, such as *.root")
    @argument(
        "--kind", choices=GIVEN_AS, default="awkward", metavar="KIND", help=f"events as {', '.join(GIVEN_AS)}"
    )
    @argument("--on-error", choices=ON_ERROR, default="raise", metavar="WHAT", help=", ".join(ON_ERROR))
    @plainly
    def dm_map(self, asked: Namespace, cell: str) -> object:
        """Map the cell over a dataset: its code has events, its last expression is the value.

        %%dm_map cms:zmumu.2010 --on local --into counts
        np.histogram(np.asarray(events.mass[events.category == 0]), edges)[0]
        """
        name = None if asked.into is None else variable(asked.into)
        from vre_dm.mapping import map

        place = None if asked.on is None else self._place(asked.on)
        function = function_of(cell, self.shell.user_ns, self.shell.compile.cache)
        value = map(
            asked.what,
            function,
            on=place,
            columns=None if asked.columns is None else [part.strip() for part in asked.columns.split(",")],
            tree=asked.tree,
            files=asked.files,
            as_=asked.kind,
            on_error=asked.on_error,
        )
        if name is None:
            return value
        self.shell.user_ns[name] = value
        return None

    def _up(self, asked: Namespace) -> object:
        _few(asked.what, 0)
        name = None if asked.name is None else variable(asked.name)
        from vre_dm.compute.cluster import cluster

        options = dict(_option(word) for word in asked.option or ())
        started = cluster(asked.workers, asked.memory, kind=asked.kind, idle=asked.idle, **options).up()
        if name is None:
            return started
        self.shell.user_ns[name] = started
        return None

    def _scale(self, what: list[str]) -> object:
        _few(what, 2)
        if not what:
            msg = "scale to how many workers? %dm_cluster scale 4, or 0-8 for as many as the work asks"
            raise UsageError(msg)
        number = workers(what[-1])
        found = self._one(what[:-1])
        if said := found.scale(number):
            print(said)  # noqa: T201  # of the gateway, to the user
        return found

    def _one(self, names: list[str]) -> "Cluster":
        """Cluster of that name or in that variable; the only one where none is named."""
        from vre_dm.compute.cluster import attached, clusters

        if names:
            return self._held(names[0]) or attached(names[0])
        known = [state.name for state in clusters()]
        if len(known) != 1:
            msg = f"name one of {', '.join(known)}" if known else "no cluster runs; %dm_cluster up starts one"
            raise UsageError(msg)
        return attached(known[0])

    def _place(self, word: str) -> Any:
        """Where a map runs."""
        if word in KINDS:
            return word
        from vre_dm.compute.cluster import attached

        return self._held(word) or attached(word)

    def _held(self, name: str) -> "Cluster | None":
        """Cluster in a variable of the user's."""
        from vre_dm.compute.cluster import GatewayCluster, LocalCluster

        value = self.shell.user_ns.get(name)
        return value if isinstance(value, LocalCluster | GatewayCluster) else None


def _few(what: list[str], most: int) -> None:
    if len(what) > most:
        msg = f"unrecognized arguments: {' '.join(what[most:])}"
        raise UsageError(ascii(msg)[1:-1])


def _option(word: str) -> tuple[str, Any]:
    """Read ``image=x`` or ``worker_cores=2``."""
    name, given, text = unquoted(word).partition("=")
    if not given or not name.isidentifier():
        msg = f"--option {word!a} is no NAME=VALUE"
        raise UsageError(msg)
    value: Any = unquoted(text)
    with suppress(ValueError):
        value = json.loads(value)
    return name, value
