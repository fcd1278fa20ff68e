"""Where a request comes from, behind load balancers."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

# Some balancers write 192.0.2.1:4711 or [2001:db8::1]:4711.
PORT = re.compile(r"^(?:\[(?P<ipv6>[^\]]+)\]|(?P<ipv4>[\d.]+))(?::\d+)?$")


def network(request: HttpRequest) -> str:
    """Return the visitor's address, for IPv6 the /64 network, which is what one household has; else "unknown".

    Each proxy appends to X-Forwarded-For whom it heard from. Only the last settings.TRUSTED_PROXIES entries are ours;
    anybody can write what comes before them.
    """
    try:
        address = ipaddress.ip_address(PORT.sub(r"\g<ipv6>\g<ipv4>", _address(request)))
    except ValueError:
        return "unknown"
    # A socket that listens for both kinds writes IPv4 as ::ffff:192.0.2.1: all of it would be one /64.
    address = getattr(address, "ipv4_mapped", None) or address
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _address(request: HttpRequest) -> str:
    proxies = settings.TRUSTED_PROXIES
    named = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and len(named) >= proxies:
        return named[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
