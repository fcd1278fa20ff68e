"""For tests: how badly the provider and its webhooks behave. POST a JSON object; what it leaves out is the default."""

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from config.local.testpay.ledger import Refused
from config.local.testpay.webhooks import MAX_TRIES, Switches, event_list

if TYPE_CHECKING:
    from config.local.testpay.server import Request


@dataclass
class Outage:
    """`seconds` before each answer of /v1/, and the HTTP `status` it then is (0: the right one).

    With `after`, what was asked for is done first: a card is charged, and nobody hears of it. With `pages`, the pages
    for customers suffer too.
    """

    seconds: float = 0
    status: int = 0
    after: bool = False
    pages: bool = False


outage = Outage()


def turn(request: "Request") -> tuple[int, dict[str, Any]]:
    """Set webhooks.Switches."""
    try:
        request.courier.switches = Switches(**request.json())
    except TypeError as error:
        raise Refused(422, "no_such_switch", str(error)) from error
    request.courier.wake()
    return 200, asdict(request.courier.switches)


def break_down(request: "Request") -> tuple[int, dict[str, Any]]:
    """Set Outage."""
    try:
        wanted = Outage(**request.json())
    except TypeError as error:
        raise Refused(422, "no_such_switch", str(error)) from error
    vars(outage).update(asdict(wanted))
    return 200, asdict(outage)


def deliver(request: "Request") -> tuple[int, dict[str, Any]]:
    """Send all events of a payment now, {"copies": n} times each; answers with what the receiver answered."""
    copies = int(request.json().get("copies", 1))
    return 200, {"answers": request.courier.deliver_all(request.words["id"], copies)}


def wait(request: "Request") -> tuple[int, dict[str, Any]]:
    """Answer when all events of a payment were delivered, {"seconds": 20} at most; says whether they were."""
    done = request.courier.wait_delivered(request.words["id"], float(request.json().get("seconds", 20)))
    return 200, {"delivered": done}


def forget(request: "Request") -> tuple[int, dict[str, Any]]:
    """Give up whatever is not delivered yet. Returns how many events that were."""
    sql = "UPDATE events SET tries = ? WHERE delivered IS NULL"
    return 200, {"forgotten": request.ledger.execute(sql, MAX_TRIES)}


def events(request: "Request") -> tuple[int, dict[str, Any]]:
    return 200, {"events": event_list(request.ledger, request.words["id"])}


def misbehave() -> None:
    """Behave as the outage says. Raises Refused."""
    time.sleep(outage.seconds)
    if outage.status:
        raise Refused(outage.status, "outage", "The provider is out of order.")


def is_hit(path: str) -> bool:
    return path.startswith("/v1/") or (outage.pages and path.startswith("/pay/"))
