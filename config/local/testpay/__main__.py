"""Run the test card provider until TERM or Ctrl-C."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from config.local.testpay.ledger import Ledger
from config.local.testpay.server import Server
from config.local.testpay.webhooks import Courier


def main() -> int:
    parser = argparse.ArgumentParser(prog="testpay", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="directory for the provider's own database")
    options = parser.parse_args()
    missing = [name for name in ("CARD_PROVIDER_KEY", "CARD_WEBHOOK_SECRET") if not os.environ.get(name)]
    if missing:
        print(f"testpay: {' and '.join(missing)} must be set in the environment.", file=sys.stderr)
        return 2
    return serve(options.port, options.data)


def serve(port: int, data: Path) -> int:
    data.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(data / "testpay.sqlite3")
    courier = Courier(ledger, os.environ["CARD_WEBHOOK_SECRET"])
    try:
        server = Server(("127.0.0.1", port), ledger, courier, os.environ["CARD_PROVIDER_KEY"])
    except OSError as error:
        print(f"testpay: port {port} cannot be used: {error.strerror}.", file=sys.stderr)
        return 1

    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()  # shutdown() waits for the loop that this handler interrupts

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    courier.start()
    print(f"testpay listens on http://127.0.0.1:{port}", flush=True)
    server.serve_forever(poll_interval=0.1)
    courier.stop()
    server.server_close()
    return 0


sys.exit(main())
