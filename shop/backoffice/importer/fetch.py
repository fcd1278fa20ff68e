"""Pictures over HTTP, from addresses that strangers wrote. Redirects go through the same door as the first request:
shop.platform.public_web.
"""

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from shop.backoffice.importer.pictures import AT_ONCE, Unobtainable
from shop.platform import deadline
from shop.platform.public_web import Address, CheckedNetwork, NotAllowed, Policy, is_public

SECONDS = 20.0  # for one picture, all redirects included
PATIENCE = {"connect": 5.0, "read": 5.0, "write": 5.0, "pool": 60.0}  # seconds, each
REDIRECTS = 3
PORTS = {80, 443}
HEADERS = [(b"Accept", b"image/*"), (b"Accept-Encoding", b"identity"), (b"User-Agent", b"shop-importer")]


def public_web(address: Address, port: int) -> bool:
    """Allow the web ports of public addresses."""
    return port in PORTS and is_public(address)


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
        except NotAllowed as error:
            raise Unobtainable(str(error)) from error
        except httpcore.TimeoutException as error:
            raise Unobtainable(_("its server is too slow")) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Unobtainable(_("its server cannot be reached: %(why)s") % {"why": error}) from error


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
