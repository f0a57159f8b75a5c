"""Rucio's WebDAV protocol with certificates checked and the lake's login: the ``impl`` of its https RSEs.

Imported by Rucio wherever it touches such an RSE: in the daemons, and in ``rucio download`` and ``upload``
of a user whose environment holds vre-dm.
"""

from typing import Any

from rucio.common import exception
from rucio.rse.protocols import webdav

from vre_dm.sandbox.services import storage_login


class Default(webdav.Default):
    """Stock methods over a session of ours."""

    def connect(self, credentials: dict[str, Any] | None = None) -> None:
        """Open the session; no request is sent before one is needed.

        Raises
        ------
        rucio.common.exception.RSEAccessDenied
            The client has neither a token nor a password.
        """
        self.timeout, self.cert, self.auth_type = 300, None, "token"
        try:
            self.session = storage_login.session(self.auth_token)
        except Exception as error:
            msg = f"no login for the storage: {error}"
            raise exception.RSEAccessDenied(msg) from error
