"""Addresses as who connects reads them: the server that one names, and the next one after a redirect."""

from dataclasses import dataclass

import httpx

from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.sources import shown

_MAX_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Origin:
    """One server as asked; ``guarded`` where a stranger named it, so that it must have a public address."""

    scheme: str
    host: str
    port: int
    guarded: bool = False


def address(url: str) -> httpx.URL:
    """Parse an address, once and by the rules of who will connect to it.

    Raises
    ------
    SourceFailed
        It names no server.
    """
    try:
        found = httpx.URL(url)
        if found.host and 0 < _port(found) < 65536:
            return found
        error = None
    except (httpx.InvalidURL, ValueError) as fault:
        error = fault
    msg = f"{shown(url)} is no address"
    raise SourceFailed(msg) from error


def origin(url: httpx.URL) -> Origin:
    """Server of an address."""
    return Origin(url.scheme, url.raw_host.decode("ascii").lower(), _port(url))


def redirected(here: httpx.URL, location: str, seen: set[str]) -> httpx.URL:
    """Next address, which is added to those seen.

    Raises
    ------
    SourceFailed
        It leads in a circle, away from https, or nowhere.
    """
    try:
        there = here.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        msg = f"redirect to {shown(location)}, which is no address"
        raise SourceFailed(msg) from error
    if str(there) in seen or len(seen) > _MAX_REDIRECTS:
        msg = f"redirects in a circle (at {shown(str(there))})"
        raise SourceFailed(msg)
    seen.add(str(there))
    if there.scheme != "https" and (there.scheme != "http" or here.scheme == "https"):
        msg = f"redirect from {here.scheme} to {there.scheme}:// refused"
        raise SourceFailed(msg)
    return address(str(there))


def _port(url: httpx.URL) -> int:
    return url.port if url.port is not None else 443 if url.scheme == "https" else 80
