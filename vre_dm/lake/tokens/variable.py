"""A token in an environment variable: as fresh as whoever started this process made it."""

import os
from datetime import datetime

from vre_dm.errors import LoginRefused
from vre_dm.lake.tokens.provider import expiry, meant_for
from vre_dm.lake.tokens.secret import Secret, Unwritten


class VariableToken(Unwritten):
    """A token in an environment variable of this process, read at each use and kept nowhere.

    Parameters
    ----------
    name
        Variable, for example ``RUCIO_ACCESS_TOKEN``.
    audience
        If the token is for others than this audience it is not used; empty where a configuration names the
        variable.
    """

    def __init__(self, name: str, *, audience: str = "") -> None:
        self.name, self._audience = name, audience

    def token(self) -> Secret:
        """Token in the variable.

        Raises
        ------
        LoginRefused
            The variable is not set, or its token is for others.
        """
        text = os.environ.get(self.name, "").strip()
        if not text:
            msg = f"no token: the variable {self.name} is empty; log in again, or use a token file"
            raise LoginRefused(msg)
        return meant_for(Secret(text), self._audience, self)

    def renew(self, refused: Secret | None = None) -> bool:
        """Whether the variable holds another token by now: nobody but this process can change it."""
        return refused is not None and self.token() != refused

    def expires(self) -> datetime | None:
        """``exp`` of the token, if it is a JWT."""
        return expiry(self.token())

    def __str__(self) -> str:
        return f"variable {self.name}"
