"""What all runs of a proof stand on: the services, read-only copies of the code, and a filled database to copy."""

import secrets
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import psycopg
from psycopg import sql

from config.local.commands import Command, StaticFiles
from config.local.guard import Guard
from config.local.process import Place
from config.local.secret_files import signing_key, token
from config.local.services import Services
from config.local.steps import Steps
from config.local.store import HASHED
from config.local.unwinding import Unwinding
from prove import code

NEW, OLD = "new", "old"


class Ground(Unwinding):
    """A context: everything is in a directory of its own that is removed at the end, also after a kill."""

    def __init__(self, steps: Steps, *, people: int, staff: Iterable[int], revision: str = "", old: str = "") -> None:
        """`people`: accounts. `staff`: numbers of those who work here.

        `revision`: what is proved, the working tree if empty. `old`: a revision to run beside it, if any.
        """
        super().__init__()
        self.steps = steps
        self.people, self.staff = people, list(staff)
        self.revisions = {NEW: revision} | ({OLD: old} if old else {})
        self.code: dict[str, Path] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What every process of the store is told; every setting that could differ is named."""
        return {
            "SECRET_KEY": self._secret,
            "JWT_SIGNING_KEY": self._signing_key,
            "DEBUG": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "STATICFILES_STORAGE": HASHED,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SHOP_SHOW_POD": "1",
            "LOG_LEVEL": "INFO",
            "WEB_WORKERS": "1",
            "WEB_THREADS": "4",
            "WEB_DRAIN_SECONDS": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "STATELESS_GUARD": "count",
            "CARD_PROVIDER_KEY": "prove-card_provider_key",
            "CARD_WEBHOOK_SECRET": "prove-card_webhook_secret",
            **self.services.environment,
        }

    def clone(self, name: str) -> str:
        """Copy the filled database; return the address of the copy."""
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            template = sql.SQL("CREATE DATABASE {} TEMPLATE shop")
            connection.execute(template.format(sql.Identifier(name)))
        return self._address(name)

    def _address(self, database: str) -> str:
        url = self.services.environment["DATABASE_URL"]
        return f"{url.rpartition('/')[0]}/{database}"

    def _start(self) -> None:
        directory = Path(tempfile.mkdtemp(prefix="shop-prove-"))
        self._stack.callback(shutil.rmtree, directory, ignore_errors=True)
        self.place = Place(directory, f"{directory}/run:{secrets.token_hex(8)}")
        self._stack.callback(Guard(self.place, remove=True).dismiss)
        self._secret, self._signing_key = token(), signing_key()
        with self.steps.begin("PostgreSQL, Redis, S3, SQS, card provider"):
            self._start_services()
        with self.steps.begin("Read-only copies of the code"):
            self._copy_code()
        with self.steps.begin("Migrations, goods and accounts"):
            self._fill()

    def _start_services(self) -> None:
        self.services = Services(self.place, secret=lambda name: f"prove-{name.lower()}", durable=False, given={})
        self._stack.callback(self.services.kill)  # at once: nothing in them is kept
        self.services.start()
        self.services.wait_all()

    def _copy_code(self) -> None:
        StaticFiles(self.place, self.environment).wait()
        for label, revision in self.revisions.items():
            target = self.place.data / "code" / label
            self._stack.callback(code.release, target)
            self.code[label] = code.copy(target, revision)

    def _fill(self) -> None:
        """Both by the new code: an old process meets the new schema."""
        numbers = ",".join(str(number) for number in self.staff)
        for name, arguments in {
            "migrate": ["-m", "config", "migrate"],
            "furnish": ["-m", "prove.furnish", str(self.people), numbers],
        }.items():
            Command(self.place, name, arguments, self.environment, directory=self.code[NEW]).wait()
