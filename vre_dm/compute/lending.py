"""What a run lends to its workers: the tokens that a storage gets from it, and nothing that it keeps."""

from collections.abc import Iterable, Mapping

from vre_dm.compute.inputs import Input
from vre_dm.errors import LoginRefused
from vre_dm.lake.access import Access
from vre_dm.lake.tokens import Secret, TokenProvider
from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.origins import address, origin

Samples = Mapping[str, tuple[str, ...]]
"""Hosts as `host_of` names them, each with an address of every storage element there."""


def host_of(url: str) -> str:
    """Scheme, host and port of an address, as who connects reads it; empty where it is none."""
    try:
        at = origin(address(url))
    except SourceFailed:
        return ""
    return f"{at.scheme}://{at.host}:{at.port}"


def samples_of(inputs: Iterable[Input]) -> dict[str, tuple[str, ...]]:
    """Hosts from which files are read where they are."""
    found: dict[tuple[str, str], str] = {}
    for source in inputs:
        for rse, url in source.away.copies if source.away is not None else ():
            found.setdefault((host_of(url), rse), url)
    hosts: dict[str, tuple[str, ...]] = {}
    for (host, _), url in found.items():
        hosts[host] = (*hosts.get(host, ()), url)
    return hosts


def tokens_of(access: Access, samples: Samples, kept: TokenProvider | None = None) -> dict[str, Secret]:
    """Token of each host that wants one.

    Parameters
    ----------
    kept
        Source of a token that is not lent.

    Raises
    ------
    LoginRefused
        There is none; or what a host wants is not lent: a password, the token that is kept, or tokens that
        differ from path to path.
    """
    found: dict[str, Secret] = {}
    own = [kept.token()] if kept is not None else []
    for host, urls in samples.items():
        words = {access.headers(url).get("Authorization", "") for url in urls}
        kind, _, token = words.pop().partition(" ")
        if words:
            msg = f"{host} wants other tokens for other paths, which workers do not get; use fetch=True"
            raise LoginRefused(msg)
        if kind not in {"", "Bearer"}:
            msg = f"{host} wants a password, which workers do not get; log in with a token, or use fetch=True"
            raise LoginRefused(msg)
        if token:
            found[host] = Secret(token)
    if kept is not None:
        own.append(kept.token())  # asked before and after, as it may have been renewed meanwhile
    if lent := next((host for host, token in found.items() if token in own), None):
        msg = (
            f"{lent} takes the login's own token, which workers elsewhere get only where fetch=False says so"
        )
        raise LoginRefused(msg)
    return found
