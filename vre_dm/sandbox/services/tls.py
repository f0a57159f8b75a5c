"""A certificate authority of this lake alone, and the certificate its servers show."""

from pathlib import Path

import trustme

from vre_dm.sandbox.layout import Layout, write_private

# Everything listens on this address only.
ADDRESS = "127.0.0.1"


def certificate(layout: Layout) -> Path:
    """PEM file with the servers' key and certificate chain; made, with its authority, when missing."""
    pem = layout.tls / "server.pem"
    if not pem.exists():
        layout.tls.mkdir(mode=0o700, exist_ok=True)
        authority = trustme.CA(organization_name="vre-dm embedded lake")
        issued = authority.issue_cert(ADDRESS, "localhost")
        chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        write_private(layout.ca, authority.cert_pem.bytes().decode())
        write_private(pem, (issued.private_key_pem.bytes() + chain).decode())
    return pem
