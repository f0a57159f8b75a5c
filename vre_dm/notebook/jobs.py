"""The magic `%dm_jobs`: fetches, uploads and maps of every window, followed and cancelled from a cell."""

from argparse import Namespace

from IPython.core.magic import Magics, line_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments

from vre_dm.notebook.magics import plainly
from vre_dm.notebook.words import unquoted


@magics_class
class JobMagics(Magics):
    """`%dm_jobs`."""

    @no_var_expand
    @line_magic
    @magic_arguments()
    @argument("order", nargs="?", choices=("follow", "cancel"), metavar="ORDER", help="follow or cancel")
    @argument(
        "job", nargs="?", type=unquoted, metavar="JOB", help="its name (default: the only one that runs)"
    )
    @plainly
    def dm_jobs(self, asked: Namespace) -> object:
        """List fetches, uploads and maps of every window; follow one here, or cancel it.

        %dm_jobs follow
        """
        from vre_dm.session import jobs

        found = jobs()
        if asked.order is None:
            return found
        job = found.one(asked.job)
        if asked.order == "follow":
            return job.follow()
        job.cancel()
        return job
