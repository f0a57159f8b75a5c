"""What a profile says, held against what it has."""

from packaging.utils import canonicalize_name

from vre_dm.errors import InvalidProfile
from vre_dm.kernels.card import Promise
from vre_dm.kernels.lock import MACHINES, fulfilled, missing, solving, versions
from vre_dm.kernels.needs import needed
from vre_dm.kernels.profile import Profile


def check_profile(profile: Profile) -> None:
    """Refuse a profile that claims what it does not hold.

    Raises
    ------
    InvalidProfile
        A requirement, its own or one of vre-dm, is not in the lock, a promise is not of the version that is
        locked for every machine, its proof is no cell of its kernel's smoke notebook, or a file is missing;
        the text has all of the first kind.
    KernelFailed
        Nobody can tell what vre-dm needs.
    """
    pins, card, specs = profile.pins, profile.card, {spec.name: spec for spec in profile.specs}
    _ = profile.apt
    absent = missing(profile.wanted, pins)
    if any(spec.python for spec in profile.specs):
        absent += [f"{each} (of vre-dm)" for each in needed() if not fulfilled(each, pins)]
    if absent:
        msg = f"{profile.lock} does not hold {', '.join(absent)}; solve it again: {solving(profile.lock)}"
        raise InvalidProfile(msg)
    for promise in card.promises:
        _check_promise(promise, profile)
    for spec in specs.values():
        if not any(promise.kernel == spec.name for promise in card.promises):
            msg = f"{profile.folder / 'card.yaml'} promises nothing of the kernel {spec.name}"
            raise InvalidProfile(msg)


def _check_promise(promise: Promise, profile: Profile) -> None:
    what = f"{profile.folder / 'card.yaml'} promises {promise.package} {promise.version}"
    for machine in MACHINES:
        found = versions(promise.package, profile.pins, machine)
        if found != {promise.version}:
            has = f"has {' and '.join(sorted(found))}" if found else "has no such package"
            some = any(pin.name == canonicalize_name(promise.package) and pin.marker for pin in profile.pins)
            where = f" for Python {machine['python_full_version']} on Linux" if some else ""
            msg = f"{what}, and the lock {has}{where}"
            raise InvalidProfile(msg)
    specs = {spec.name: spec for spec in profile.specs}
    if promise.kernel not in specs:
        msg = f"{what} in the kernel {promise.kernel}; there are {', '.join(specs)}"
        raise InvalidProfile(msg)
    # the whole cell: a line of it could stand in a comment, a text, or where its failure is caught
    spec = specs[promise.kernel]
    if not any(promise.proof == cell.source.strip() for cell in spec.cells):
        msg = f"{what}, and no cell of {spec.smoke} is its proof and nothing else: {promise.proof}"
        raise InvalidProfile(msg)
