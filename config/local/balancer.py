"""The load balancer: caddy in front of the web processes.

What it does when a web process fails is what a shopper sees of it:
* the connection is refused: nothing was sent, so any request goes to the next process;
* the connection breaks later: only GET, HEAD and OPTIONS are sent again. A POST may have been carried out; its sender
  gets a 502 and decides, which the idempotency key of an order makes safe.
A new connection for each request keeps the first case apart from the second: a kept one that was cut while idle looks
like a request that broke.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.local import ports
from config.local.process import Program
from config.local.programs import installed

TRY_FOR = 10  # seconds that a request waits for a process that takes it; gunicorn boots in less
CONFIGURATION = """\
{{
	admin off
	persist_config off
	auto_https off
	grace_period 10s
	log default {{
		output stderr
		level WARN
	}}
}}

http://:{port} {{
	bind {host}
{media}{routes}{every}	handle_errors {{
{trace}		header Retry-After 2
		header Cache-Control no-store
		@api path /api/*
		handle @api {{
			header Content-Type application/problem+json
			respond `{problem}` {{err.status_code}}
		}}
		handle {{
			header Content-Type "text/html; charset=utf-8"
			respond `{page}` {{err.status_code}}
		}}
	}}
}}
"""
# {matcher}: empty, or which requests these upstreams are for. {health}: empty, or how they are asked for it.
PASS = """\
	handle {matcher}{{
		reverse_proxy {upstreams} {{
			lb_policy round_robin
			lb_try_duration {try_for}s
			lb_try_interval 50ms
			lb_retry_match method GET HEAD OPTIONS
			fail_duration 1s
{health}			transport http {{
				dial_timeout 1s
				response_header_timeout 60s
				keepalive off
			}}
		}}
	}}
"""
HEALTH = "\t\t\thealth_uri /readyz\n\t\t\thealth_interval 1s\n\t\t\thealth_timeout 5s\n"
ROUTE_HEADER = "X-Route"
ROUTE = "\t@{name} header " + ROUTE_HEADER + " {name}\n"
TRACE = "\t\theader X-Upstream {http.reverse_proxy.upstream.hostport}\n"  # who let the request down
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>One moment</title><h1>One moment, please</h1>"
    "<p>The shop did not answer. Nothing is lost: please try again.</p></html>"
)
PROBLEM = '{"type":"about:blank","title":"Try again in a moment","status":{err.status_code},"code":"unavailable"}'
FROM_DIRECTORY = """\
	handle_path /media/* {{
		root * {directory}
		@there file
		header @there Cache-Control "public, max-age=31536000, immutable"
		header X-Content-Type-Options nosniff
		header Content-Security-Policy "default-src 'none'; style-src 'unsafe-inline'; sandbox"
		file_server
	}}
"""
FROM_BUCKET = """\
	handle_path /media/* {{
		rewrite * /{bucket}{{uri}}
		reverse_proxy {endpoint} {{
			header_up Host {{upstream_hostport}}
			header_down Cache-Control "public, max-age=31536000, immutable"
		}}
	}}
"""


class Balancer:
    name = "balancer"
    title = "Load balancer"

    def __init__(
        self,
        directory: Path,
        *,
        port: int,
        upstreams: Sequence[int],
        media: str = "",
        try_for: int = TRY_FOR,
        routes: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        """`upstreams`: ports of the web processes. `media`: a block that answers /media/*. `try_for`: seconds.

        `routes`: {name: ports} for requests that bring X-Route: <name>, so that a test says who serves them.
        """
        self.directory = directory.resolve()
        self.port = port
        self._text = CONFIGURATION.format(
            port=port,
            host=ports.HOST,
            media=media,
            routes="".join(
                ROUTE.format(name=name) + _pass(some, try_for, matcher=f"@{name} ")
                for name, some in (routes or {}).items()
            ),
            every=_pass(upstreams, try_for, health=HEALTH),
            trace=TRACE if routes else "",
            page=PAGE,
            problem=PROBLEM,
        )

    @property
    def url(self) -> str:
        return f"http://{ports.HOST}:{self.port}"

    def prepare(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "Caddyfile").write_text(self._text)

    def program(self) -> Program:
        command = [installed("caddy"), "run", "--config", str(self.directory / "Caddyfile"), "--adapter", "caddyfile"]
        home = str(self.directory)  # it keeps nothing in the user's own home
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home}
        return Program(self.name, command, environment, patience=15)

    def ready(self) -> bool:
        return ports.answers(self.port)


def _pass(upstreams: Sequence[int], try_for: int, *, matcher: str = "", health: str = "") -> str:
    addresses = " ".join(f"{ports.HOST}:{upstream}" for upstream in upstreams)
    return PASS.format(upstreams=addresses, try_for=try_for, matcher=matcher, health=health)


def media_from(directory: Path) -> str:
    """Serve /media/* from the embedded bucket's own files."""
    return FROM_DIRECTORY.format(directory=directory.resolve())


def media_through(endpoint: str, bucket: str) -> str:
    """Serve /media/* from a bucket elsewhere, which has to allow reading to everybody."""
    return FROM_BUCKET.format(endpoint=endpoint.rstrip("/"), bucket=bucket)
