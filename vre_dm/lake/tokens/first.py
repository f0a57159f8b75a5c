"""Several sources of tokens as one: the best that has a token which the lake takes."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from vre_dm.errors import LoginRefused, VreDmError
from vre_dm.lake.tokens.provider import TokenProvider
from vre_dm.lake.tokens.secret import Secret

_Offer = tuple[TokenProvider, Secret]


class FirstOf:
    """The first source whose token lives and was not refused; asked anew each time.

    Parameters
    ----------
    sources
        The best first.
    """

    def __init__(self, sources: Sequence[TokenProvider]) -> None:
        self.sources = tuple(sources)
        self._refused: dict[TokenProvider, Secret] = {}

    def token(self) -> Secret:
        """Token of the best source.

        Raises
        ------
        LoginRefused
            None has one; the text says why, for each.
        """
        return self._best()[1]

    def renew(self, refused: Secret | None = None) -> bool:
        """Have the source renew its token, else take another source's: whether there is another."""
        source, token = self._best()
        if refused is not None and token != refused:
            return True
        try:
            renewed = source.renew(refused)
        except VreDmError:
            renewed = False
        if not renewed:
            self._refused[source] = token
        return any(other != token for _, other in self._untried(list(self._offers([]))))

    def expires(self) -> datetime | None:
        """When the present token ends."""
        return self._best()[0].expires()

    def _best(self) -> _Offer:
        faults: list[str] = []
        found: list[_Offer] = []
        for offer in self._offers(faults):
            if self._untried([offer]) and _lives(offer[0]):
                return offer  # those after it are not even asked
            found.append(offer)
        if not found:
            msg = "; ".join(faults)
            raise LoginRefused(msg)
        wanted = self._untried(found) or found
        return next((offer for offer in wanted if _lives(offer[0])), wanted[0])

    def _untried(self, offers: Sequence[_Offer]) -> list[_Offer]:
        return [offer for offer in offers if self._refused.get(offer[0]) != offer[1]]

    def _offers(self, faults: list[str]) -> Iterator[_Offer]:
        for source in self.sources:
            try:
                yield source, source.token()
            except VreDmError as error:
                faults.append(str(error))

    def __str__(self) -> str:
        try:
            return str(self._best()[0])
        except LoginRefused:
            return ", ".join(map(str, self.sources))


def _lives(source: TokenProvider) -> bool:
    ends = source.expires()
    return ends is None or ends > datetime.now(UTC)
