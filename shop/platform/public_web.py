"""Connections to addresses that others wrote: nothing inside our own network may be reached through them.

The address that is checked is the address that is connected to: names are resolved here, once for each connection, so a
name server cannot give one answer to the check and another to the connection.
"""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import httpcore
from django.utils.translation import gettext as _

from shop.platform import deadline

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Policy = Callable[[Address, int], bool]  # may this address be connected to on this port?

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
UNICAST = ipaddress.IPv6Network("2000::/3")  # all of IPv6 that is the internet; RFC 4291, 2.4
PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")  # RFC 6890; one cloud answers here with its instances' secrets


class NotAllowed(Exception):
    """The text says in a few words what is wrong with the address."""


def is_public(address: Address) -> bool:
    """Return whether it is of the internet: not private, loopback, link-local, shared, multicast or reserved."""
    inner = embedded(address)
    if inner is not None:
        return is_public(inner)
    known = address in UNICAST if address.version == 6 else address not in PROTOCOLS
    return known and address.is_global and not address.is_multicast


def embedded(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to, if it is one of those that do."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]


class CheckedNetwork(deadline.TimedNetwork):
    """Connects to addresses that the policy allows, and to no others. Raises NotAllowed."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self._policy = policy

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **kwargs: Any
    ) -> httpcore.NetworkStream:
        addresses = _resolve(host, port)
        if not all(self._policy(address, port) for address in addresses):
            raise NotAllowed(_("%(host)s:%(port)s is not on the public web") % {"host": host, "port": port})
        return super().connect_tcp(str(addresses[0]), port, timeout, *args, **kwargs)

    def connect_unix_socket(self, path: str, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise NotAllowed(path)


def _resolve(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:
        raise NotAllowed(_("%(host)s is not known") % {"host": host}) from error
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
