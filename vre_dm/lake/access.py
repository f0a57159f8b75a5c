"""What a transfer may use at a URL: which credentials, which certificate authorities, which local path."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Access(Protocol):
    """What the transfer engine asks before it opens a physical file name."""

    def headers(self, url: str) -> dict[str, str]:
        """HTTP headers for this URL.

        Holds ``Authorization`` only for https URLs whose host and port belong to a storage element of the
        lake, and nothing otherwise. Asked anew for each request, since tokens expire; never to be stored.
        """
        ...

    def renew(self, url: str, refused: Mapping[str, str]) -> bool:
        """After a storage refused the headers for this URL: try to get others; whether to ask once more."""
        ...

    def verify(self, url: str | None) -> ssl.SSLContext:
        """TLS settings for this URL, or for hosts without credentials: the lake's authority and the system's.

        The same object as long as they are the same.
        """
        ...

    def knows(self, url: str) -> bool:
        """Whether this URL is on host, port and protocol of a storage element of the lake.

        Whoever may register a copy chooses its URL: one of no storage element could be any service that this
        machine reaches.
        """
        ...

    def local_path(self, pfn: str) -> Path | None:
        """Path of a copy that can be read without a network, or ``None``.

        The path lies under the configured mount or, in the embedded lake, under a known prefix of a
        ``file://`` element, with symbolic links resolved; it was not checked to exist.
        """
        ...

    def mount_fault(self, rse: str | None = None) -> str | None:
        """Why copies cannot be read on the configured mount now, or ``None``.

        Parameters
        ----------
        rse
            Only if it is this storage element's mount.
        """
        ...
