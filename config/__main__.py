"""One image, one argument: `python -m config web|relay|worker|migrate|cron|wait|publish|heartbeat`.

Each role replaces this process by the program that does the work, so that it is the one that gets the signals.
"""

import os
import sys
import time
from pathlib import Path

from config import metrics_files, queues


def main() -> int:
    roles = {
        "web": _web,
        "relay": _relay,
        "worker": _worker,
        "migrate": _migrate,
        "cron": _cron,
        "wait": _wait,
        "publish": _publish,
        "heartbeat": _heartbeat,
    }
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in roles:
        print(f"Say which part to run: python -m config {'|'.join(roles)}", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["SHOP_ROLE"] = name  # its time-outs, and its name in PostgreSQL's list of sessions
    return roles[name](sys.argv[2:])


def _web(arguments: list[str]) -> int:
    return _become("-m", "gunicorn", "-c", "config/gunicorn.py", *arguments, "config.wsgi:application")


def _relay(arguments: list[str]) -> int:
    metrics_files.name()
    metrics_files.empty()
    return _become("manage.py", "relay", *arguments)


def _worker(arguments: list[str]) -> int:
    metrics_files.name()
    metrics_files.empty()
    # TERM then means: finish what you hold within worker_soft_shutdown_timeout, give the rest back.
    os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")
    names = os.environ.get("WORKER_QUEUES") or ",".join(queues.NAMES)
    concurrency = os.environ.get("WORKER_CONCURRENCY") or "2"
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return _become(
        "-m",
        "celery",
        "-A",
        "config.celery",
        "-q",
        "worker",
        "-Q",
        names,
        "-c",
        concurrency,
        "-l",
        "INFO",
        *quiet,
        *arguments,
    )


def _migrate(arguments: list[str]) -> int:
    return _become("manage.py", "migrate_safely", *arguments)


def _cron(arguments: list[str]) -> int:
    return _become("manage.py", "cron", *arguments)


def _wait(arguments: list[str]) -> int:
    return _become("manage.py", "wait_for_schema", *arguments)


def _publish(arguments: list[str]) -> int:
    return _become("manage.py", "publish_static", *arguments)


def _heartbeat(arguments: list[str]) -> int:
    """Exit with 0 if the heartbeat file is younger than --max-age seconds (60).

    Imports no Django: probes run every few seconds.
    """
    limit = float(arguments[arguments.index("--max-age") + 1]) if "--max-age" in arguments else 60.0
    path = Path(os.environ.get("HEARTBEAT_FILE", "/tmp/heartbeat"))  # noqa: S108
    try:
        age = time.time() - path.stat().st_mtime
    except OSError:
        print(f"No heartbeat yet: {path} is not there.", file=sys.stderr)
        return 1
    if age > limit:
        print(f"The last heartbeat is {age:.0f} s old; at most {limit:.0f} s are allowed.", file=sys.stderr)
        return 1
    return 0


def _become(*arguments: str) -> int:
    sys.stdout.flush()
    os.chdir(Path(__file__).resolve().parent.parent)
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606


if __name__ == "__main__":
    sys.exit(main())
