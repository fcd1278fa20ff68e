"""One POST to an address that staff typed in: by https to the public web, and to networks that the settings name.

No redirect is followed, no proxy of the environment asked, and no connection kept, so that each address is checked.
"""

import logging
import ssl
import time
from dataclasses import dataclass
from functools import cache, partial
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from shop.platform import deadline, patience
from shop.platform.public_web import Address, CheckedNetwork, NotAllowed, is_public

logger = logging.getLogger("shop.webhooks")
PORTS = {443, 8443}  # of the public web
TYPE = "application/cloudevents+json; charset=utf-8"
LONGEST_ANSWER = 500  # characters kept for staff
READ = 4 * LONGEST_ANSWER  # bytes read of an answer
EACH = dict.fromkeys(("connect", "read", "write", "pool"), patience.WEBHOOK_CONNECT) | {"read": patience.WEBHOOK}
GONE = 410
BUSY = {429, 502, 503, 504}  # it is there, and asks to be left alone


class WrongAddress(ValueError):
    """The text says what is wrong with the address, for who typed it in."""


class Split(NamedTuple):
    scheme: str
    host: str
    port: int
    target: str


@dataclass(frozen=True)
class Answer:
    """What came back. `status` is 0 if nothing did; then `error` says why."""

    status: int
    seconds: float
    text: str = ""
    error: str = ""

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == GONE

    @property
    def is_away(self) -> bool:
        """It is better left alone for a while."""
        return not self.status or self.status in BUSY


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send it, within WEBHOOK seconds. Whatever goes wrong on the way is said in the answer."""
    begun = time.monotonic()
    try:
        with deadline.within(patience.WEBHOOK):
            status, text = _post(checked(url), body, headers)
    except (WrongAddress, NotAllowed) as error:
        return Answer(0, time.monotonic() - begun, error=str(error))
    except httpcore.TimeoutException:
        return Answer(0, time.monotonic() - begun, error=_("No answer in time."))
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        return Answer(0, time.monotonic() - begun, error=_("It cannot be reached: %(why)s") % {"why": error})
    return Answer(status, time.monotonic() - begun, text=text)


def _post(url: Split, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    sent = {"Host": _host(url), "Content-Type": TYPE, "User-Agent": "shop-webhooks", "Connection": "close", **headers}
    network = CheckedNetwork(partial(may_receive, scheme=url.scheme))
    target = httpcore.URL(scheme=url.scheme, host=url.host, port=url.port, target=url.target)
    with (
        httpcore.ConnectionPool(ssl_context=_tls(), network_backend=network) as pool,
        pool.stream("POST", target, headers=list(sent.items()), content=body, extensions={"timeout": EACH}) as answer,
    ):
        return answer.status, _beginning(answer)


def _host(url: Split) -> str:
    host = f"[{url.host}]" if ":" in url.host else url.host
    usual = {"https": 443, "http": 80}[url.scheme]
    return host if url.port == usual else f"{host}:{url.port}"


def _beginning(answer: httpcore.Response) -> str:
    """What it says, cut off; without NUL, which PostgreSQL takes in no text. One that ends too soon counts, too."""
    read = bytearray()
    try:
        for chunk in answer.iter_stream():
            read += chunk
            if len(read) >= READ:
                break
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
        logger.info("a webhook's answer was cut off", extra={"status": answer.status})
    return read[:READ].decode("utf-8", "replace").replace("\x00", "")[:LONGEST_ANSWER]


def may_receive(address: Address, port: int, *, scheme: str) -> bool:
    """Allow the public web by https, the networks that the settings name, and plain http only within this machine."""
    plain = _unmapped(address)
    if scheme == "http" and not plain.is_loopback:
        return False
    if any(plain in network for network in _networks()):
        return True
    return scheme == "https" and port in PORTS and is_public(address)


def _unmapped(address: Address) -> Address:
    return address if isinstance(address, IPv4Address) else address.ipv4_mapped or address


def _networks() -> list[IPv4Network | IPv6Network]:
    return [ip_network(text) for text in settings.WEBHOOK_NETWORKS]


def checked(url: str) -> Split:
    """Take an address apart, without asking for its name. Raises WrongAddress."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
        host = (parts.hostname or "").encode("idna" if not (parts.hostname or "").isascii() else "ascii").decode()
    except ValueError as error:
        raise WrongAddress(_("This is no address.")) from error
    if parts.scheme not in {"https", "http"} or not host or any(character <= " " for character in url):
        raise WrongAddress(_("An address begins with https:// and the name of a server."))
    if parts.username is not None or parts.fragment:
        raise WrongAddress(_("An address holds neither a password nor a fragment (#)."))
    if parts.scheme == "http" and not (settings.WEBHOOK_NETWORKS and host in {"127.0.0.1", "localhost", "::1"}):
        raise WrongAddress(_("Only https is sent to, as anybody on the way could read or change what http carries."))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not target.isascii():
        raise WrongAddress(_("Write letters other than those of English as %-codes."))
    return Split(parts.scheme, host, port, target)


@cache  # per-pod: certificates of this image
def _tls() -> ssl.SSLContext:
    """Of all authorities that browsers trust, or those of SSL_CERT_FILE."""
    return httpx.create_ssl_context()
