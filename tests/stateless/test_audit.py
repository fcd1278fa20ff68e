import importlib
import pkgutil
import re
from pathlib import Path

from shop.stateless import rules
from shop.stateless.audit import NOT_IMPORTED, audit
from shop.stateless.checks import every_pod_sees_the_same
from shop.stateless.rules import caches, databases, source
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
