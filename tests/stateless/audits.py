"""Running a rule on a few settings, or a reader of source code on a few lines."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import dedent
from typing import Any

from django.test import override_settings

from shop.stateless.audit import Rule
from shop.stateless.project import Project
from shop.stateless.rows import Row
from shop.stateless.scan import races
from shop.stateless.scan.findings import Finding
from shop.stateless.scan.modules import Sources, read

PUBLIC = ["shop.example.com"]
POSTGRES = {"default": {"ENGINE": "django.db.backends.postgresql", "HOST": "db.internal", "NAME": "shop"}}


@contextmanager
def configured(**settings: Any) -> Iterator[Project]:
    """A project on the internet whose database is shared, but for what the test says."""
    changed = override_settings(**{"ALLOWED_HOSTS": PUBLIC, "DATABASES": POSTGRES, "DEBUG": False, **settings})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # DATABASES cannot be overridden for queries; there are none
        with changed:
            yield Project()


def rows(rule: Rule, **settings: Any) -> list[Row]:
    with configured(**settings) as project:
        return list(rule(project))


def findings(rule: Rule, **settings: Any) -> list[str]:
    """The ids without "stateless."; nothing for what is shared."""
    return [row.id.removeprefix("stateless.") for row in rows(rule, **settings) if row.is_finding]


def sources(tmp_path, **files: str) -> Sources:
    """Files of a package "app"; a name such as management__commands__count is a path."""
    for name, text in files.items():
        path = tmp_path / "app" / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return read({"app": tmp_path / "app"}, "app.settings")


def scanned(reader: Any, tmp_path, **files: str) -> list[Finding]:
    return [found for module in sources(tmp_path, **files).online() for found in reader.find(module)]


class Lost:
    """A reader for `scanned`, of numbers that two pods change."""

    find = staticmethod(races.lost_updates)


class Twice:
    """Another, of rows that two pods make."""

    find = staticmethod(races.made_twice)
