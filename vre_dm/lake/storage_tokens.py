"""Tokens for the storage: the lake's own, or one of the audience that a storage element wants."""

import threading
from datetime import datetime

from vre_dm.errors import LoginRefused
from vre_dm.lake.instance import Instance
from vre_dm.lake.tokens import FirstOf, Secret, TokenProvider, audiences, expiry
from vre_dm.lake.tokens.keeping import Kept
from vre_dm.lake.tokens.oauth import exchanged


class StorageTokens:
    """Where the token for each audience comes from; asked for once, kept and renewed for all threads.

    Parameters
    ----------
    instance
        Lake whose storage it is.
    lake
        Source of the lake's own token.
    """

    def __init__(self, instance: Instance, lake: TokenProvider) -> None:
        self._instance, self._lake = instance, lake
        self._lock = threading.Lock()
        self._sources: dict[str, TokenProvider] = {}

    def of(self, rse: str) -> TokenProvider:
        """Source of tokens for a storage element.

        The lake's own token goes to an element that wants another audience only where it cannot be exchanged
        for a narrower one, and says that it is for that audience too.
        """
        return self.reaching(self._instance.storage_audiences.of(rse))

    def reaching(self, audience: str) -> TokenProvider:
        """Source of tokens for an audience; empty is the lake's own."""
        if audience in {"", self._instance.audience}:
            return self._lake
        with self._lock:
            if audience not in self._sources:
                self._sources[audience] = self._made(audience)
            return self._sources[audience]

    def _made(self, audience: str) -> TokenProvider:
        hub, client = self._instance.hub, self._instance.registration
        found: list[TokenProvider] = [hub(audience)] if hub else []
        if client:
            how = exchanged(client, self._lake, audience, client.storage_scope)
            found.append(Kept(how, f"exchange for {audience} at {client.issuer}"))
        else:
            found.append(_AlsoFor(self._lake, audience, self._instance.source))
        return FirstOf(found) if len(found) > 1 else found[0]


class _AlsoFor:
    """The lake's token, where it says that it is for another audience too."""

    def __init__(self, lake: TokenProvider, audience: str, source: str) -> None:
        self._lake, self._audience, self._source = lake, audience, source

    def token(self) -> Secret:
        """Token of the lake.

        Raises
        ------
        LoginRefused
            It is for the lake alone.
        """
        token = self._lake.token()
        if self._audience not in audiences(token):
            msg = (
                f"the storage wants a token for {self._audience}, and the lake's is for others; "
                f"name issuer and client_id in [vre-dm] of rucio.cfg (settings from {self._source})"
            )
            raise LoginRefused(msg)
        return token

    def renew(self, refused: Secret | None = None) -> bool:
        """As the lake's."""
        return self._lake.renew(refused)

    def expires(self) -> datetime | None:
        """``exp`` of the token, if it is a JWT."""
        return expiry(self.token())

    def __str__(self) -> str:
        return f"token of the lake that is for {self._audience} too"
