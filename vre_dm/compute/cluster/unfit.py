"""Why a worker does no chunk of a run: given in place of the chunk, and said by the run as an error."""

from dataclasses import dataclass

from vre_dm.compute.cluster.versions import differing
from vre_dm.errors import NoCluster, VersionsDiffer


@dataclass(frozen=True, slots=True)
class Unfit:
    """A worker that cannot do chunks.

    Attributes
    ----------
    worker
        Its address.
    different
        What it has in other versions, each with both.
    why
        What else is wrong with it.
    """

    worker: str
    different: tuple[str, ...] = ()
    why: str = ""

    def error(self, cluster: str) -> VersionsDiffer | NoCluster:
        """Say it of a worker of that cluster."""
        who = f"worker {self.worker} of {cluster}"
        if self.different:
            return differing(who, list(self.different))
        msg = (
            f"the {who} cannot load the function: {self.why}; "
            "install there what it imports, or define it in the notebook"
        )
        return NoCluster(msg)
