"""Says of each source of tokens what it has, when that ends, and what to do about it."""

from collections.abc import Iterator
from datetime import datetime

from vre_dm.errors import VreDmError
from vre_dm.lake.finding import Finding, State, failed
from vre_dm.lake.tokens import FileToken, FirstOf, TokenProvider
from vre_dm.lake.tokens.keeping import Kept

_SOON = 600.0  # seconds of life left at which a token that nobody here renews is worth a warning


def credentials(tokens: TokenProvider, now: datetime, what: str = "credentials") -> list[Finding]:
    """Look at each source of tokens, the best first.

    Parameters
    ----------
    tokens
        Of a lake, or of its storage.
    now
        Time of the lake's clock, by which it judges tokens.
    what
        What they are for.
    """
    sources = tokens.sources if isinstance(tokens, FirstOf) else (tokens,)
    found = [list(_findings(source, now, what)) for source in sources]
    usable = any(findings[-1].state is not State.FAIL for findings in found)
    flat = [finding for findings in found for finding in findings]
    # What one source lacks is no failure where another has it.
    return [_softened(finding) for finding in flat] if usable else flat


def _softened(finding: Finding) -> Finding:
    state = State.WARN if finding.state is State.FAIL else finding.state
    return Finding(finding.what, state, finding.text, finding.step)


def _findings(source: TokenProvider, now: datetime, what: str) -> Iterator[Finding]:
    try:
        ends = source.expires()
    except VreDmError as error:
        yield failed(what, error)
        return
    if isinstance(source, FileToken) and source.readable_by_others():
        text = f"other users of this machine can read the token {source}"
        yield Finding(what, State.WARN, text, f"chmod 600 {source.path}")
    if isinstance(source, Kept) and source.trouble:
        yield Finding(what, State.WARN, f"{source} could not be renewed: {source.trouble}")
    yield _life(source, ends, now, what)


def _life(source: TokenProvider, ends: datetime | None, now: datetime, what: str) -> Finding:
    if ends is None:
        return Finding(what, State.OK, f"{source}, which does not say when it ends")
    left = (ends - now).total_seconds()
    if left <= 0:
        text = f"the token from the {source} expired at {ends:%Y-%m-%d %H:%M} UTC"
        return Finding(what, State.FAIL, text, "log in again, or restart the server of your hub")
    text = f"{source}, valid until {ends:%Y-%m-%d %H:%M} UTC"
    if isinstance(source, Kept):
        return Finding(what, State.OK, f"{text}, renewed before")
    if left > _SOON:
        return Finding(what, State.OK, text)
    return Finding(what, State.WARN, text, "it ends soon: renew it")
