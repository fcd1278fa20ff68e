import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from shop.stateless import rules
from shop.stateless.audit import NOT_IMPORTED, audit
from shop.stateless.checks import every_pod_sees_the_same
from shop.stateless.rules import caches, databases, source
from shop.stateless.scan.locating import roots_of
from shop.stateless.scan.modules import Sources
from tests.stateless.audits import configured

SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/srv/db.sqlite3"}}


def broken(project):
    raise KeyError("odd settings")
    yield


def test_a_rule_that_fails_is_reported_and_the_others_are_asked():
    with configured() as project:
        report = audit(project, (broken, databases.rows))
    assert [row.number for row in report.rows] == [2, 160]
    assert "odd settings" in report.problems[0].reason


@pytest.mark.parametrize(("packages", "said"), [(False, ["source code"]), (True, [])])
def test_whoever_runs_an_installed_package_is_told_that_its_code_was_not_read(packages, said):
    with configured() as project:
        project.packages, project.sources = packages, Sources({}, "settings", set())
        assert [problem.name for problem in audit(project, (source.rows,)).problems] == said


def test_of_packages_django_is_left_out():
    """Its settings say where its state lives."""
    read = roots_of("settings", "", packages=True)
    assert "django_countries" in read
    assert not [name for name in read if name.startswith("django.")]


def test_the_usual_setting_silences():
    with configured(DATABASES=SQLITE, SILENCED_SYSTEM_CHECKS=["stateless.E001"]) as project:
        report = audit(project, (databases.rows,))
    assert report.pod_local == []
    assert report.json()["rows"][0]["silenced"] is True


def test_other_ids_are_not_silenced():
    with configured(DATABASES=SQLITE, SILENCED_SYSTEM_CHECKS=["stateless.E002"]) as project:
        assert len(audit(project, (databases.rows, caches.rows)).pod_local) >= 1


def test_checks_carry_id_level_and_hint():
    with configured(DATABASES=SQLITE):
        found = {one.id: one for one in every_pod_sees_the_same()}
    assert found["stateless.E001"].level == 40
    assert "DATABASES" in found["stateless.E001"].hint
    assert every_pod_sees_the_same([]) == []


def test_every_id_is_explained_and_used_once():
    names = [name for _finder, name, _is_package in pkgutil.iter_modules(rules.__path__)]
    modules = [importlib.import_module(f"{rules.__name__}.{name}") for name in names]
    own = [value for one in modules for name, value in vars(one).items() if name.isupper() and type(value) is int]
    numbers = [number for number in own if number != source.SHOWN]
    text = (Path(__file__).parents[2] / "docs" / "stateless.md").read_text()
    first_cells = re.findall(r"^\| ([\d, ]+) \|", text, re.MULTILINE)
    explained = {int(number) for cell in first_cells for number in cell.split(",")}
    assert sorted(explained) == sorted({*numbers, NOT_IMPORTED})
    assert len(numbers) == len(set(numbers))
