"""Pictures over HTTP, from addresses that strangers wrote: nothing inside our own network may be reached through them.

The address that is checked is the address that is connected to: names are resolved here, once for each connection, so a
name server cannot give one answer to the check and another to the connection. Redirects go through the same door.
"""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from shop.backoffice.importer.pictures import AT_ONCE, Unobtainable
from shop.platform import deadline

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Policy = Callable[[Address, int], bool]  # may this address be connected to on this port?

SECONDS = 20.0  # for one picture, all redirects included
PATIENCE = {"connect": 5.0, "read": 5.0, "write": 5.0, "pool": 60.0}  # seconds, each
REDIRECTS = 3
PORTS = {80, 443}
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
UNICAST = ipaddress.IPv6Network("2000::/3")  # all of IPv6 that is the internet; RFC 4291, 2.4
PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")  # RFC 6890; one cloud answers here with its instances' secrets
HEADERS = [(b"Accept", b"image/*"), (b"Accept-Encoding", b"identity"), (b"User-Agent", b"shop-importer")]


def public_web(address: Address, port: int) -> bool:
    """Allow the web ports of public addresses: no private, loopback, link-local, shared, multicast or reserved ones."""
    inner = _embedded(address)
    if inner is not None:
        return public_web(inner, port)
    known = address in UNICAST if address.version == 6 else address not in PROTOCOLS
    return port in PORTS and known and address.is_global and not address.is_multicast


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to, if it is one of those that do."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]


class Web:
    """Gets pictures by http and https. May be used by several threads."""

    def __init__(self, policy: Policy = public_web) -> None:
        self._pool = httpcore.ConnectionPool(network_backend=CheckedNetwork(policy), max_connections=AT_ONCE)

    def read(self, src: str) -> bytes:
        url = _url(src)
        with deadline.within(SECONDS):
            for _attempt in range(REDIRECTS + 1):
                found = self._get(url)
                if isinstance(found, bytes):
                    return found
                url = found
        raise Unobtainable(_("it is redirected too often"))

    def _get(self, url: httpx.URL) -> bytes | httpx.URL:
        """Return the body, or where to look instead."""
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            with self._pool.stream("GET", target, headers=HEADERS, extensions={"timeout": PATIENCE}) as response:
                if response.status in {301, 302, 303, 307, 308}:
                    return _url(_header(response, b"location"), base=url)
                if response.status != 200:
                    raise Unobtainable(_("its server answers %(status)s") % {"status": response.status})
                return _body(response)
        except httpcore.TimeoutException as error:
            raise Unobtainable(_("its server is too slow")) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Unobtainable(_("its server cannot be reached: %(why)s") % {"why": error}) from error


class CheckedNetwork(deadline.TimedNetwork):
    """Connects to addresses that the policy allows, and to no others."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self._policy = policy

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **kwargs: Any
    ) -> httpcore.NetworkStream:
        addresses = _resolve(host, port)
        if not all(self._policy(address, port) for address in addresses):
            raise Unobtainable(_("%(host)s:%(port)s is not on the public web") % {"host": host, "port": port})
        return super().connect_tcp(str(addresses[0]), port, timeout, *args, **kwargs)

    def connect_unix_socket(self, path: str, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise Unobtainable(path)


def _resolve(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:
        raise Unobtainable(_("%(host)s is not known") % {"host": host}) from error
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def _url(src: str, base: httpx.URL | None = None) -> httpx.URL:
    try:
        url = base.join(src) if base else httpx.URL(src)
    except (httpx.InvalidURL, ValueError) as error:
        raise Unobtainable(_("“%(src)s” is not an address") % {"src": src[:100]}) from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise Unobtainable(_("“%(src)s” is not an address of the web") % {"src": src[:100]})
    return url


def _header(response: httpcore.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), "")


def _body(response: httpcore.Response) -> bytes:
    """Read at most one byte more than a picture may have; the store refuses it then."""
    length = _header(response, b"content-length")
    limit = settings.IMAGE_MAX_BYTES
    if length.isdecimal() and int(length) > limit:
        raise Unobtainable(_("it is larger than %(size)s MB") % {"size": limit // 1024 // 1024})
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > limit:
            break
    return bytes(body[: limit + 1])
