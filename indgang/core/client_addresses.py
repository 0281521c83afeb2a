"""Addresses of clients as text, and which of them count as one client when attempts and connections are counted."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network


def counted_as(address: str) -> str:
    """The address itself, or for IPv6 the /64 network of one subscriber (RFC 6177); "" for an invalid address.

    >>> counted_as("2001:db8::1:2:3"), counted_as("::ffff:192.0.2.1"), counted_as("192.0.2.1")
    ('2001:db8::/64', '192.0.2.1', '192.0.2.1')
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False))
