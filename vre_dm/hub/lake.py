"""The lake as a user's server sees it: its mount, which must hold nobody, and whom the token is for."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from vre_dm.errors import VreDmError
from vre_dm.hub.folders import PATIENCE, Seen, seen
from vre_dm.lake import instances
from vre_dm.lake.doctor import examine
from vre_dm.lake.finding import Finding, State, failed
from vre_dm.lake.instance import Instance, Mount
from vre_dm.lake.login import provider
from vre_dm.lake.tables import clean, plural
from vre_dm.lake.tokens import Secret, TokenProvider, audiences
from vre_dm.lake.tokens.provider import ANYBODY

_SLOW = 2.0  # seconds of a mount that users notice
_REMOUNT = "ask the admins of the hub to remount it; a new server may start where it works"
_EXCHANGE = "ask the admins of the hub to keep one for it in exchanged_tokens, or for a client to exchange it"


def lake_findings(instance: Instance) -> Iterator[Finding]:
    """Look at a lake as `vre_dm.lake.doctor.examine` does, and at what matters inside a hub.

    Yields
    ------
    Finding
        Mount, those of `examine`, and the token; what lies on a dead mount is left out.
    """
    if instance.ca is not None and seen(instance.ca.parent).hangs:
        text = f"the certificate authority {instance.ca} is on a mount that does not answer"
        yield Finding("TLS", State.FAIL, text, _REMOUNT)
        return
    yield from examine((yield from _mounted(instance)))
    yield from token_findings(instance)


def token_findings(instance: Instance) -> Iterator[Finding]:
    """Say where the token in use comes from, whom it is for, and how long it lives.

    Whether the lake's server takes it is told by the finding ``account`` of `examine`.
    """
    if instance.auth != "oidc":
        yield Finding("token", State.OK, f"none is used: the login at {instance.name} is by {instance.auth}")
        return
    try:
        tokens = provider(instance)
        token, ends = tokens.token(), tokens.expires()
    except VreDmError as error:
        yield _none(instance, error)
        return
    yield _told(instance, tokens, token, ends)


def other_mounts(name: str | None, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the mounts of the configured lakes that were not examined.

    Parameters
    ----------
    name
        Of the lake that was, as `vre_dm.lake.doctor.diagnose` has it.
    environ
        Environment to read.
    """
    with suppress(VreDmError):  # told already, by who examined
        chosen = instances.choose(name, environ) if name != instances.EMBEDDED else None
        for instance in instances.known(environ).instances:
            if instance.mount and not (chosen and instance.name == chosen.name):
                yield _answered(seen(instance.mount.folder), instance, instance.mount)


def _mounted(instance: Instance) -> Generator[Finding, None, Instance]:
    """Look at the mount of a lake; gives the lake without it where it must not be asked."""
    if instance.mount is None:
        text = "no storage element is mounted here: files are copied over the network"
        yield Finding("mount", State.OK, text)
        return instance
    found = seen(instance.mount.folder)
    yield _answered(found, instance, instance.mount)
    return replace(instance, mount=None) if found.hangs or found.fault else instance


def _answered(found: Seen, instance: Instance, mount: Mount) -> Finding:
    from vre_dm.lake.transfer.mounts import mount_of  # brings the engine

    where = f"{mount.rse} at {mount.folder}"
    # Without replica mode its files come over the network.
    bad = State.FAIL if instance.replicate else State.WARN
    if found.hangs:
        return Finding("mount", bad, f"{where} did not answer in {PATIENCE:.0f} s", _REMOUNT)
    if found.fault:
        text = f"{where} cannot be read: {found.fault}"
        return Finding("mount", bad, text, f"correct it in {instance.source}, or {_REMOUNT}")
    text = f"{where} {found.took}, in the file system at {mount_of(mount.folder)}"
    if found.seconds > _SLOW:
        return Finding("mount", State.WARN, f"{text}: that is slow", _REMOUNT)
    return Finding("mount", State.OK, text)


def _none(instance: Instance, error: VreDmError) -> Finding:
    """There is no token: what the hub has instead, if anything."""
    if instance.hub is not None:
        with suppress(VreDmError):
            kept = audiences(instance.hub("").token())
            if kept and instance.audience not in kept:
                wanted = f"{instance.name} wants one for {instance.audience}"
                text = f"the hub has a token for {_whom(kept)}, and {wanted}"
                return Finding("token", State.FAIL, text, _EXCHANGE)
    text = f"there is none for {instance.name}, which wants one for {instance.audience}"
    return Finding("token", State.FAIL, text, failed("token", error).step or "log in with: vre-dm login")


def _told(instance: Instance, tokens: TokenProvider, token: Secret, ends: datetime | None) -> Finding:
    said, wanted = audiences(token), instance.audience
    left = ends - datetime.now(UTC) if ends else None
    text = f"from the {tokens}, {_life(left)}"
    if left is not None and left <= timedelta():
        return Finding("token", State.FAIL, text, "log in to the hub again and restart your server")
    if not said:
        text += f"; it does not say whom it is for, and {instance.name} wants {wanted}"
        step = "where the account above is ok, nothing; else ask the hub's admins for tokens with an audience"
        return Finding("token", State.WARN, text, step)
    if said.isdisjoint({wanted, ANYBODY}):
        text += f"; it is for {_whom(said)}, and {instance.name} wants {wanted}"
        return Finding("token", State.FAIL, text, f"{_EXCHANGE}; or set oidc_audience, if the lake takes it")
    return Finding("token", State.OK, f"{text}; it is for {_whom(said)}, as {instance.name} wants")


def _life(left: timedelta | None) -> str:
    if left is None:
        return "which does not say when it ends"
    if left <= timedelta():
        return "which ended"
    minutes = int(left.total_seconds() // 60)
    if minutes < 120:
        return f"{plural(minutes, 'minute')} left"
    return f"{plural(minutes // 60, 'hour')} left"


def _whom(said: frozenset[str]) -> str:
    return clean(" and ".join(sorted(said)), 200)
