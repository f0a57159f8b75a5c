"""What every kernel of Python has beside its own packages, so that it runs and can load vre-dm."""

from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import Requirement

from vre_dm.errors import KernelFailed
from vre_dm.kernels.lock import MACHINES


def needed() -> tuple[Requirement, ...]:
    """Requirements of vre-dm itself without its extras, and the kernel.

    Raises
    ------
    KernelFailed
        This vre-dm was not installed but copied, as into a kernel, and does not know them.
    """
    try:
        said = requires("vre-dm") or []
    except PackageNotFoundError as error:
        msg = "this vre-dm is a copy inside of a kernel; use the one that made the kernel"
        raise KernelFailed(msg) from error
    found = [Requirement(each) for each in ("ipykernel", *said)]
    return tuple(each for each in found if each.marker is None or any(map(each.marker.evaluate, MACHINES)))
