"""docs/outages.md, made from the contract and from the constants that enforce it."""

from shop.platform import contract, patience

HEAD = """# What happens when something is away

<!-- Written by: manage.py outages --markdown > docs/outages.md -->

Every dependency may be slow or gone. What everybody then sees is written down in the code, beside what keeps it
(`shop.platform.contract`). This page is made from there; `manage.py outages` shows the same with the state of each
dependency now, and so does `/readyz?verbose` of any web pod, in less than two seconds even if all of them are silent.
Pods stay ready during an outage: taking all of them out of service would help nobody.

`/readyz?verbose` asks what a web pod itself talks to: PostgreSQL, Redis, the bucket, and whether the card provider's
address takes connections. SQS and the mail server are told from the outbox, which knows whether work gets done; web
pods have no way to them.

To be alarmed: the metric `shop_away` is 1 while a process takes `redis` or `postgresql` for away, and
`shop_lane_refusals_total` counts the catalogue pages that were not made because those being made were slow.
"""

TIMES = """## Time-outs of PostgreSQL

| session of | one statement | one lock | silence on an open connection |
|---|---|---|---|
{rows}
| `migrate` | as long as it takes | {migration:g} s | as long as it takes; TCP keepalives notice a peer that is gone |

Opening a connection may take {connect:g} s, asking an idle one whether it lives {health:g} s, a transaction may be
idle for {idle:g} s. Silence is bounded in this process, not by the server or by TCP: an answer that does not come
breaks the connection (`shop.platform.postgresql`). A pod's threads never all wait for a server that cannot be reached:
after a connection that could not be opened, one thread at a time tries, every {away:g} s; the others answer 503 at
once. Each session names its role and pod as `application_name`.

A name server that is silent adds {names:g} s to a new connection, to whatever service (`RES_OPTIONS` in the image; 20 s
with what systems usually have); open connections and pages that are kept do not ask it.
"""

ROLES = ("web", "worker", "relay", "cron", "command")


def markdown() -> str:
    return f"{HEAD}\n{contract.markdown(contract.rows())}\n\n{_times()}"


def _times() -> str:
    rows = [
        f"| `{role}` | {patience.statement(role):g} s | {patience.LOCK:g} s | {patience.silence(role):g} s |"
        for role in ROLES
    ]
    return TIMES.format(
        rows="\n".join(rows),
        migration=patience.MIGRATION_LOCK,
        connect=patience.DATABASE_CONNECT,
        health=patience.DATABASE_HEALTH,
        idle=patience.IDLE_IN_TRANSACTION,
        away=patience.DATABASE_AWAY,
        names=patience.NAMES,
    )
