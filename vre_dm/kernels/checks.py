"""What a profile says, held against what it has."""

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from vre_dm.errors import InvalidProfile
from vre_dm.kernels.lock import fulfilled, missing
from vre_dm.kernels.profile import Profile

NEEDED = ("ipykernel",)
"""What every environment has: without it no notebook runs in it."""


def check_profile(profile: Profile, needed: tuple[str, ...] = NEEDED) -> None:
    """Refuse a profile that claims what it does not hold.

    Parameters
    ----------
    needed
        Requirements that the lock has to fulfil beside its own.

    Raises
    ------
    InvalidProfile
        A requirement is not in the lock, a promise is not of the version that is locked, its proof is in no
        cell of its kernel's smoke notebook, or a file is missing; the text has all of the first kind.
    """
    pins, card, specs = profile.pins, profile.card, {spec.name: spec for spec in profile.specs}
    _ = profile.apt
    absent = missing(profile.wanted, pins)
    absent += [said for said in needed if not fulfilled(Requirement(said), pins)]
    if absent:
        msg = f"{profile.lock} does not hold {', '.join(absent)}; solve it again with `make lock`"
        raise InvalidProfile(msg)
    for promise in card.promises:
        versions = {pin.version for pin in pins if pin.name == canonicalize_name(promise.package)}
        what = f"{profile.folder / 'card.yaml'} promises {promise.package} {promise.version}"
        if promise.version not in versions:
            has = f"has {' and '.join(sorted(versions))}" if versions else "has no such package"
            msg = f"{what}, and the lock {has}"
            raise InvalidProfile(msg)
        if promise.kernel not in specs:
            msg = f"{what} in the kernel {promise.kernel}; there are {', '.join(specs)}"
            raise InvalidProfile(msg)
        if not any(promise.proof.strip() in cell.source for cell in specs[promise.kernel].cells):
            msg = (
                f"{what}, and no cell of {specs[promise.kernel].smoke} has its proof: {promise.proof.strip()}"
            )
            raise InvalidProfile(msg)
    for spec in specs.values():
        if not any(promise.kernel == spec.name for promise in card.promises):
            msg = f"{profile.folder / 'card.yaml'} promises nothing of the kernel {spec.name}"
            raise InvalidProfile(msg)
