"""Projects that are not whole: what can be asked is asked."""

import json

import pytest

from tests.stateless.test_command import ROOT, run

APPS = {
    "models_fail": {"models": "import a_driver_that_is_not_here"},
    "does_not_start": {
        "apps": """
from django.apps import AppConfig

class Config(AppConfig):
    name = "does_not_start"

    def ready(self):
        raise RuntimeError("no licence")
"""
    },
    "does_not_parse": {"views": "def ("},
    "goes_on": {"views": "SEEN = {}\n\ndef page(request):\n    SEEN[1] = 2\n"},
}


def project(directory, settings):
    files = {"site_of_others": {"settings": settings}, **APPS}
    for package, modules in files.items():
        for name, text in {"__init__": "", **modules}.items():
            path = directory / package / f"{name}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    there = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return run("-m", "shop.stateless", "--settings", "site_of_others.settings", "--json", cwd=directory, **there)


@pytest.fixture
def report(tmp_path):
    done = project(tmp_path, f"SECRET_KEY = 'fixed'\nINSTALLED_APPS = {list(APPS)}\nDEBUG = True\n")
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)


def test_each_app_that_fails_is_named_with_its_reason(report):
    found = {problem["name"].rpartition("/")[2]: problem["reason"] for problem in report["problems"]}
    assert "a_driver_that_is_not_here" in found["models_fail"]
    assert "no licence" in found["does_not_start"]
    assert found["views.py"].startswith("cannot be read")


def test_the_rest_is_audited(report):
    assert [row["file"] for row in report["rows"] if row["id"] == "stateless.W150"] == ["goes_on/views.py"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 / 0\n", "site_of_others.settings cannot be imported: ZeroDivisionError"),
        ("A = 1\n\nNAME = None.upper()\n", "site_of_others/settings.py, line 3)"),
        ("import no_such_driver\n", "Use the Python of the project, such as .venv/bin/python, or install"),
        ("from .local import *\n", "needs 'site_of_others.local', a part of the project that is not there"),
        ("import os\nSECRET_KEY = os.environ['NOT_SET_HERE']\n", "asks for 'NOT_SET_HERE', which is not there"),
        ("def settings(): ...\n", "site_of_others.settings has no settings in it"),
    ],
)
def test_settings_that_cannot_be_used_are_one_sentence(tmp_path, text, sentence):
    done = project(tmp_path, text)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_key_that_only_pods_have_is_no_hindrance(tmp_path):
    done = project(tmp_path, "SECRET_KEY = ''\nINSTALLED_APPS = ['goes_on']\n")
    assert "goes_on/views.py" in done.stdout, done.stderr
