"""The magic `%dm_upload`: files of this machine become a dataset of the lake."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from IPython.core.magic import Magics, line_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments

from vre_dm.errors import InvalidUpload
from vre_dm.notebook.magics import plainly
from vre_dm.notebook.words import literal, unquoted


@magics_class
class UploadMagics(Magics):
    """`%dm_upload`."""

    @no_var_expand
    @line_magic
    @magic_arguments()
    @argument("did", type=literal("lake.publish"), metavar="SCOPE:NAME", help="dataset, new or there")
    @argument("files", nargs="*", type=unquoted, metavar="FILE", help="files, or a folder that holds them")
    @argument("--rse", type=unquoted, help="storage element (default: that of the dataset's rule)")
    @argument("--days", type=float, help="lifetime of the rule of a new dataset (default: for ever)")
    @argument("--metadata", type=unquoted, metavar="NAME", help="variable with the metadata, or a JSON file")
    @argument("--prefix", type=unquoted, default="", help="put before each file's name")
    @argument("--close", action="store_true", help="let no more files be added, alone or after an upload")
    @argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
    @plainly
    def dm_upload(self, asked: Namespace) -> object:
        """Upload files as a dataset: bytes first, names last; run again to continue.

        %dm_upload user.dm:my.limits limits/ --rse CNAF-STORM --metadata about
        """
        from vre_dm.notebook.progress import follow
        from vre_dm.session import connected

        lake = connected()
        if asked.close and not asked.files and not asked.dry_run:
            dataset = lake.dataset(asked.did)
            dataset.close()
            return dataset
        publication = lake.publication(
            asked.files,
            asked.did,
            rse=asked.rse,
            days=asked.days,
            metadata=self._metadata(asked.metadata),
            prefix=asked.prefix,
        )
        if asked.dry_run:
            return publication
        with follow() as progress:
            publication.run(progress)
        dataset = lake.dataset(asked.did)
        if asked.close:
            dataset.close()
        return dataset

    def _metadata(self, name: str | None) -> dict[str, Any] | None:
        from vre_dm.lake.publish.metadata import from_file

        if name is None:
            return None
        if name not in self.shell.user_ns:
            return from_file(Path(name).expanduser())
        found = self.shell.user_ns[name]
        if not isinstance(found, dict):
            msg = (
                f"--metadata: {name} is no dictionary; make one with title, experiment, technique, arxiv and "
                "licence"
            )
            raise InvalidUpload(msg)
        return found
