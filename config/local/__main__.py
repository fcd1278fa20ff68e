"""`python -m config.local`: the store on this machine, until Ctrl-C or TERM."""

import signal
import sys
import time
from types import FrameType

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from config.local.claim import claimed
from config.local.errors import LaunchError
from config.local.options import Options, from_environment
from config.local.steps import Steps
from config.local.store import ADMIN, Store

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Asked(BaseException):
    """A signal asked this process to stop."""


def main() -> int:
    console = Console(highlight=False, soft_wrap=True)
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, or a script's background job
            signal.signal(number, _ask)
    try:
        options = from_environment()
        with claimed(options.data):
            return run(options, console)
    except LaunchError as trouble:
        return report(trouble)
    except OSError as error:
        return report(
            LaunchError(
                f"{error.filename or 'The data directory'} cannot be used: {(error.strerror or str(error)).lower()}."
            )
        )
    except Asked:
        return 0


def run(options: Options, console: Console) -> int:
    began_at = time.monotonic()
    steps = Steps(console)
    store = Store(options, steps)
    try:
        with steps:
            store.start()
        console.print(f"Store ready in {time.monotonic() - began_at:.1f} s: http://127.0.0.1:{options.port}/")
        console.print(addresses(store))
        store.serve(lambda line: console.print(f"{time.strftime('%H:%M:%S')} {line}", markup=False))
    except Asked:
        console.print("Stopping ...")
    finally:
        _only_once()
        store.stop()
    console.print("Stopped; the data stays in", str(options.data), markup=False)
    return 0


def addresses(store: Store) -> Panel:
    url = f"http://127.0.0.1:{store.options.port}"
    table = Table.grid(padding=(0, 2))
    rows = {
        "Shop": f"{url}/",
        "Admin": f"{url}/admin/",
        "User": ADMIN,
        "Password": store.admin_password,
        "API": f"{url}/api/v1/docs/",
        "Mail": f"{store.place.data / 'mail'}/*.eml",
        "Logs": f"{store.place.logs}/",
        "Stop": "Ctrl-C",
    }
    for name, value in rows.items():
        table.add_row(Text(name, style="bold"), Text(value))
    return Panel(table, expand=False, border_style="dim")


def report(trouble: LaunchError) -> int:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"✗ {trouble}", style="bold red", markup=False)
    for line in trouble.lines:
        console.print(f"    {line}", style="dim", markup=False)
    return 1


def _ask(number: int, frame: FrameType | None) -> None:
    raise Asked


def _only_once() -> None:
    """A second Ctrl-C does not break off the stop, whose duration is bounded."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
