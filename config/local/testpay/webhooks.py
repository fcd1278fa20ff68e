"""Delivering events: signed, again until the receiver takes them, and with switches to make it as bad as real life."""

import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from config.local.testpay.ledger import Ledger, Row

TIMEOUT = 10  # seconds a receiver has for its answer
LONGEST_PAUSE = 60  # seconds between two tries
MAX_TRIES = 40  # half an hour and a bit
SIGNATURE_HEADER = "Testpay-Signature"


@dataclass
class Switches:
    """How events are delivered; tests turn these through /_test/webhooks.

    `delay` in seconds, `copies` of each delivery at once, `paused` holds everything back, `backwards` sends the latest
    event of a payment first, `before_return` lets the browser go back only when all events were delivered.
    """

    delay: float = 0
    copies: int = 1
    paused: bool = False
    backwards: bool = False
    before_return: bool = False


class Courier:
    def __init__(self, ledger: Ledger, secret: str) -> None:
        self.switches = Switches()
        self._ledger, self._secret = ledger, secret.encode()
        self._pool = ThreadPoolExecutor(16, thread_name_prefix="webhook")
        self._wake, self._stopping = threading.Event(), False
        self._under_way: set[str] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def wake(self) -> None:
        self._wake.set()

    def deliver_all(self, payment: str, copies: int = 1) -> list[int]:
        """Send every event of a payment now, each so often, whether it was delivered or not. Returns the answers."""
        order = "DESC" if self.switches.backwards else "ASC"
        events = self._ledger.rows(f"SELECT * FROM events WHERE payment = ? ORDER BY rowid {order}", payment)
        waiting = [self._pool.submit(self._send, event) for event in events for _copy in range(copies)]
        return [one.result() for one in waiting]

    def wait_delivered(self, payment: str, seconds: float = 5) -> bool:
        """Wait until nothing of this payment is left to deliver. Returns False if that took too long."""
        end = time.monotonic() + seconds
        sql = "SELECT 1 FROM events WHERE payment = ? AND delivered IS NULL"
        self.wake()
        while self._ledger.rows(sql, payment):
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(0.2)
            self._wake.clear()
            if not self.switches.paused and not self._stopping:
                self._send_due()

    def _send_due(self) -> None:
        order = "DESC" if self.switches.backwards else "ASC"
        sql = (
            f"SELECT * FROM events WHERE delivered IS NULL AND tries < ? AND due <= ? ORDER BY rowid {order} LIMIT 100"
        )
        for event in self._ledger.rows(sql, MAX_TRIES, time.time() - self.switches.delay):
            if event["id"] not in self._under_way:
                self._under_way.add(event["id"])
                self._pool.submit(self._deliver, event)

    def _deliver(self, event: Row) -> None:
        try:
            for _copy in range(self.switches.copies - 1):
                self._pool.submit(self._send, event)
            self._send(event)
        finally:
            self._under_way.discard(event["id"])

    def _send(self, event: Row) -> int:
        """Send an event once and write down the answer. Returns the HTTP status, 0 if there was none."""
        answer = post(event["url"], event["body"].encode(), self._secret)
        if 200 <= answer < 300:
            sql = "UPDATE events SET delivered = ?, tries = tries + 1, last_answer = ? WHERE id = ?"
            self._ledger.execute(sql, time.time(), str(answer), event["id"])
        else:
            due = time.time() + min(LONGEST_PAUSE, 0.5 * 2 ** min(event["tries"], 10))
            sql = "UPDATE events SET due = ?, tries = tries + 1, last_answer = ? WHERE id = ?"
            self._ledger.execute(sql, due, str(answer), event["id"])
        return answer


def signature(body: bytes, secret: bytes, moment: int) -> str:
    """Return "t=<unix seconds>,v1=<hex>": HMAC-SHA256 over "<t>.<body>"."""
    digest = hmac.new(secret, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def post(url: str, body: bytes, secret: bytes) -> int:
    """Send a signed message. Returns the HTTP status; 0 if nobody answered."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "testpay",
        SIGNATURE_HEADER: signature(body, secret, int(time.time())),
    }
    request = urllib.request.Request(url, body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError):
        return 0


def event_list(ledger: Ledger, payment: str) -> list[Row]:
    """What became of a payment's events: {"id", "type", "tries", "delivered", "last_answer"} each."""
    events = ledger.rows("SELECT * FROM events WHERE payment = ? ORDER BY rowid", payment)
    kept = ("id", "tries", "delivered", "last_answer")
    return [{name: event[name] for name in kept} | {"type": json.loads(event["body"])["type"]} for event in events]
