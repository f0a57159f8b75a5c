"""Which network addresses are public: what a public server may point a fetch to."""

import ipaddress
import socket

from vre_dm.lake.transfer.failures import SourceFailed

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an address is everybody's; one that carries an IPv4 address is judged by that."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        nat64 = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else None
        carried = found.ipv4_mapped or found.sixtofour or nat64
        return is_public(str(carried)) if carried else found.is_global and not found.is_multicast
    return found.is_global and not found.is_multicast


def refuse_private(host: str, port: int) -> None:
    """Refuse a host unless every address of it is public, however its name is spelt.

    Raises
    ------
    SourceFailed
        It has a private address, or none.
    """
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        msg = f"redirect to {host}, whose name is unknown"
        raise SourceFailed(msg, tries=None) from error
    private = sorted(address for address in found if not is_public(address))
    if private:
        msg = f"redirect to the private address {host} ({', '.join(private)}) refused"
        raise SourceFailed(msg)
