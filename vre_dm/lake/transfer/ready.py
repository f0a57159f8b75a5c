"""A file whose bytes are all here and verified, and which only lacks its name."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from vre_dm.errors import NotWritable
from vre_dm.lake.transfer.claim import Claim
from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.events import Placed
from vre_dm.lake.transfer.failures import ClaimLost
from vre_dm.lake.transfer.item import Item
from vre_dm.lake.transfer.kept import remember
from vre_dm.lake.transfer.part import Part


@dataclass(frozen=True, slots=True)
class Ready:
    """One file, with what is held for it.

    Attributes
    ----------
    claim
        None where none was taken.
    source
        Where the bytes came from; empty if they were here.
    held
        Lets go of temporary file and claim, whatever comes of it.
    """

    item: Item
    part: Part
    claim: Claim | None
    source: str
    held: ExitStack

    def place(
        self, context: Context, folder: Callable[[Path, Path], int], fault: OSError | None
    ) -> Path | None:
        """Give the bytes, which are durable, their name; None if another fetch took the file over.

        Parameters
        ----------
        folder
            Opens the folder of the file below the target folder.
        fault
            Why the disk did not take the bytes.

        Raises
        ------
        NoSpace, NotWritable
            The disk refused, or somebody exchanged the temporary file; the name is as it was before.
        """
        try:
            with self.held:
                return self._placed(context, folder, fault)
        except ClaimLost:
            return None

    def _placed(self, context: Context, folder: Callable[[Path, Path], int], fault: OSError | None) -> Path:
        if fault is not None:
            raise fault
        self._refuse_lost(None)
        try:
            self.part.place(folder(self.item.folder, self.item.root))
        except NotWritable as error:  # the part may have been taken with the claim, since we looked
            self._refuse_lost(error)
            raise
        remember(self.item, context, self.part)
        context.tell(Placed(self.item.did, self.item.target, self.source))
        return self.item.target

    def _refuse_lost(self, cause: Exception | None) -> None:
        if self.claim is not None and not self.claim.ours():
            raise ClaimLost from cause
