"""A visitor's browser or phone: each request goes to another process than the last, and what was cut is sent again."""

import time
from typing import Any

import httpx

from config.local.balancer import ROUTE_HEADER
from prove.plan import Journey
from prove.record import CUT, FAILED, OK, WAITED, Record, Sample
from prove.storm import Storm

TRIES = 8  # of one request
PAUSE = 0.4  # seconds before a request is sent again
BROKEN = {0, 502, 503, 504}
CONFLICT = 409
NETWORKS = 250


class WentWrong(Exception):
    """The visitor saw what nobody should see. `about`: cart, session, order, media or journey."""

    def __init__(self, sentence: str, about: str = "journey") -> None:
        super().__init__(sentence)
        self.about = about


class Cut(Exception):
    """A request that must not simply be sent again got no answer: look first at what became of it."""


class Client:
    """One visitor with cookies, from a network of their own. `storm` is None in a calm run."""

    def __init__(
        self, journey: Journey, base_url: str, upstreams: dict[str, str], record: Record, storm: Storm | None
    ) -> None:
        """`upstreams`: {host:port: name} of the web processes."""
        self.journey, self.record, self.storm = journey, record, storm
        self.upstreams = upstreams
        self.served_by = ""  # the process that served the last request
        self.count = 0
        self.tokens: dict[str, Any] = {}  # a phone's
        self.order: dict[str, Any] = {}  # as a phone sees it
        self.order_page = self.order_number = ""  # as a browser does
        address = f"127.0.{1 + journey.number // NETWORKS}.{1 + journey.number % NETWORKS}"
        transport = httpx.HTTPTransport(local_address=address, verify=False)
        self.http = httpx.Client(
            base_url=base_url, timeout=30, headers={"Origin": base_url}, transport=transport, trust_env=False
        )

    def get(self, path: str, *, status: int | tuple[int, ...] = 200, **content: Any) -> httpx.Response:
        return self.send("GET", path, status=status, **content)

    def send(
        self,
        method: str,
        path: str,
        *,
        status: int | tuple[int, ...] = 200,
        label: str = "",
        repeat: bool = True,
        **content: Any,
    ) -> httpx.Response:
        """Send until there is an answer. Raises WentWrong if it is not the one expected.

        `repeat=False`: raises Cut instead of sending again what may have been carried out.
        """
        expected = (status,) if isinstance(status, int) else status
        for tries in range(1, TRIES + 1):
            response, fate = self._once(method, path, label, tries, expected, content)
            if fate in (OK, FAILED):
                return self._checked(response, method, path, expected)
            if fate == CUT and not repeat:
                raise Cut(path)
            if self.record.stopped.wait(PAUSE):
                break
        raise WentWrong(f"{method} {path} got no answer in {TRIES} tries.")

    def close(self) -> None:
        self.http.close()

    def _once(
        self, method: str, path: str, label: str, tries: int, expected: tuple[int, ...], content: dict[str, Any]
    ) -> tuple[httpx.Response | None, str]:
        self.count += 1
        route = self._route(label if tries == 1 else "")
        headers = {**content.pop("headers", {}), **route}
        began_at, error = time.time(), ""
        try:
            response = self.http.request(method, path, headers=headers, **content)
        except httpx.TransportError as trouble:
            response, error = None, repr(trouble)
        seconds = time.time() - began_at
        content["headers"] = {name: value for name, value in headers.items() if name not in route}
        fate = _fate(response, expected)
        pod = self._server(response) or _only(route)
        facts = (began_at, seconds, self.journey.name, self.journey.script, self.count, method, path)
        status = response.status_code if response is not None else 0
        self.record.add(Sample(*facts, status, pod, self.served_by, fate, tries, tries > 1, label, error))
        self.served_by = pod or self.served_by
        return response, fate

    def _route(self, label: str) -> dict[str, str]:
        """Choose who may serve the next request, and begin what was planned to happen to it."""
        if self.storm is None:
            return {}
        self.storm.wait_for_another(self.served_by)
        victim = ""
        for kill in self.journey.kills:
            if kill.at in (label or None, self.count):
                victim = self.storm.strike(kill, self.journey, self.served_by) or victim
        if victim:
            return {ROUTE_HEADER: f"only-{victim}"}
        return {ROUTE_HEADER: f"not-{self.served_by}"} if self.served_by else {}

    def _server(self, response: httpx.Response | None) -> str:
        if response is None:
            return ""
        upstream = response.headers.get("X-Upstream", "")
        return str(response.headers.get("X-Pod") or self.upstreams.get(upstream, ""))

    def _checked(
        self, response: httpx.Response | None, method: str, path: str, expected: tuple[int, ...]
    ) -> httpx.Response:
        if response is None or response.status_code not in expected:
            status = response.status_code if response is not None else "nothing"
            wanted = " or ".join(map(str, expected))
            raise WentWrong(f"{self.served_by} answered {method} {path} with {status} instead of {wanted}.")
        return response


def _only(route: dict[str, str]) -> str:
    """Return the process that a route names, if it names one."""
    kind, _, name = route.get(ROUTE_HEADER, "").partition("-")
    return name if kind == "only" else ""


def _fate(response: httpx.Response | None, expected: tuple[int, ...]) -> str:
    if response is None:
        return CUT
    if response.status_code in expected:
        return OK
    if response.status_code == CONFLICT and response.headers.get("Retry-After"):
        return WAITED
    return CUT if response.status_code in BROKEN else FAILED
