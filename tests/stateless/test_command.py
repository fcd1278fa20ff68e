"""The whole audit, as others start it: in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
SINGLE_SERVER = Path(__file__).parent / "single_server"
EXPECTED = {
    "E001", "E010", "W013", "W020", "E030", "E032", "I040", "E060", "E061", "W062", "W063", "W070", "E081", "E090",
    "W091", "W101", "W110", "E120", "E140", "W150", "W151", "W152", "W153", "W154", "W155", "W156", "I157",
    "I158", "I160",
}  # fmt: skip
PRODUCTION = {
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "PUBLIC_URL": "https://shop.example.com",
    "ALLOWED_HOSTS": "shop.example.com",
    "DATABASE_URL": "postgres://shop:pw@db.internal:5432/shop",
    "REDIS_URL": "redis://cache.internal:6379/0",
    "REDIS_SESSIONS_URL": "redis://cache.internal:6379/1",
    "MEDIA_URL": "https://media.example.com/",
    "SQS_QUEUE_BASE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012",
    "EMAIL_URL": "smtps://user:pw@smtp.example.com:465",
    "CARD_PROVIDER_URL": "https://card.example.com",
    "STATICFILES_STORAGE": "whitenoise.storage.CompressedManifestStaticFilesStorage",
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "HEARTBEAT_FILE": "/tmp/heartbeat",
}


def run(*arguments, cwd=ROOT, **environment):
    command = [sys.executable, *arguments]
    env = {**os.environ, **environment}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False)


def single_server(*arguments):
    there = {"PYTHONPATH": f"{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    return run("-m", "shop.stateless", "--settings", "corner_shop.settings", *arguments, cwd=SINGLE_SERVER, **there)


@pytest.fixture(scope="module")
def report():
    done = single_server("--json")
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)


def test_a_conventional_store_gives_exactly_these_ids(report):
    found = {row["id"].removeprefix("stateless.") for row in report["rows"] if row["severity"] != "none"}
    assert found == EXPECTED


def test_static_findings_name_file_and_line(report):
    found = {row["id"]: f"{row['file']}:{row['line']}" for row in report["rows"] if row["file"]}
    assert found["stateless.W150"] == "corner_shop/stock/views.py:12"
    assert found["stateless.W153"] == "corner_shop/stock/views.py:15"
    assert found["stateless.E090"] == "corner_shop/settings.py:8"


def test_each_finding_says_what_is_lost_and_what_to_write(report):
    findings = [row for row in report["rows"] if row["severity"] != "none"]
    assert all(row["lost"] and row["remedy"] and row["where"] for row in findings)


def test_file_fields_are_named(report):
    users = {row["id"]: row["used_by"] for row in report["rows"] if row["used_by"] and "Uploads" in row["what"]}
    assert users == {"stateless.E030": "stock.Article.photo", "stateless.E032": "stock.Article.manual"}


def test_who_writes_sessions_is_named(report):
    (row,) = [row for row in report["rows"] if row["what"] == "Sessions"]
    assert row["used_by"] == "code: written at 1 places, read at 0; corner_shop/stock/views.py:13"


def test_an_app_that_cannot_be_imported_is_reported_and_the_rest_goes_on(report):
    assert [problem["name"] for problem in report["problems"]] == ["an_app_that_nobody_installed"]


def test_nothing_of_the_audited_project_is_changed():
    before = sorted(SINGLE_SERVER.rglob("*"))
    single_server()
    assert sorted(SINGLE_SERVER.rglob("*")) == before


def test_the_page_is_well_formed_and_says_everything_in_words(tmp_path):
    done = single_server("--html", "--output", str(tmp_path / "map.html"))
    assert (done.returncode, done.stderr) == (1, "")
    text = (tmp_path / "map.html").read_text()
    svg = ET.fromstring(text[text.index("<svg") : text.index("</svg>") + 6])
    assert svg.get("role") == "img"
    spoken = next(node.text for node in svg if node.tag.endswith("desc"))
    assert "Database “default”" in spoken
    rows = len(json.loads(single_server("--json").stdout)["rows"])
    assert (text.count("<tr>"), text.count('data-of="Where"')) == (1 + rows, rows)
    for_a_desk, for_a_phone, _table = text.split("</svg>")
    assert "Database “default”" in for_a_desk and "Database “default”" in for_a_phone
    assert "http" not in text.partition("<svg")[0]  # nothing is loaded from elsewhere


def test_the_tables():
    assert "24 pod-local" in single_server().stdout
    assert "| ✗ pod-local<br>error<br>stateless.E001 |" in single_server("--markdown").stdout


def test_settings_that_are_not_there():
    done = run("-m", "shop.stateless", "--settings", "no_such.settings")
    assert done.returncode == 2
    assert done.stderr == (
        "There is no module 'no_such' on the path. Start in the project's directory, or set PYTHONPATH.\n"
    )


def test_a_project_that_is_called_shop_too(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "settings.py").write_text("SECRET_KEY = 'x'\nROOT_URLCONF = 'shop.urls'\n")
    (tmp_path / "shop" / "urls.py").write_text("SEEN = {}\n\ndef page(request):\n    SEEN[1] = 2\n")
    path = str(ROOT / "shop" / "stateless")
    done = run(
        path, "--settings", "shop.settings", "--markdown", cwd=tmp_path, PYTHONPATH="", PYTHONDONTWRITEBYTECODE="1"
    )
    assert done.stderr == ""
    assert "shop/urls.py:4" in done.stdout


def test_a_report_that_cannot_be_written():
    done = single_server("--output", "/proc/nowhere/report.md")
    assert done.returncode == 2
    assert done.stderr.startswith("The report cannot be written: ")
    assert "/proc/nowhere/report.md" in done.stderr


@pytest.mark.parametrize("change", [{"DJANGO_SETTINGS_MODULE": "no_such.settings"}, {"SECRET_KEY": ""}])
@pytest.mark.parametrize("command", [["stateless"], ["move", "sessions"]])
def test_settings_of_the_store_that_cannot_be_read_are_one_sentence(command, change):
    done = run("manage.py", *command, **PRODUCTION | change)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The settings ")
    assert done.stderr.count("\n") == 1


def test_the_options_of_every_command_may_stand_behind_the_part_of_a_move():
    asked = ("manage.py", "move", "tasks", "--settings", "config.settings", "--traceback", "-v", "0", "--json")
    done = run(*asked, **PRODUCTION | {"DJANGO_SETTINGS_MODULE": "no_such.settings"})
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)


def test_a_python_without_django_is_told_from_a_project_that_is_stateful():
    done = run("-S", "shop/stateless", "--settings", "config.settings")
    assert (done.returncode, "has no Django: use the Python of the project" in done.stderr) == (2, True), done.stderr


def test_our_own_store_is_all_shared():
    done = run("manage.py", "stateless", "--json", **PRODUCTION)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert [row["id"] for row in rows if row["verdict"] != "shared" or row["severity"] != "none"] == []
    assert len(rows) > 10


def test_our_own_store_passes_the_checks_and_a_database_beside_the_pod_does_not():
    """Those of Django and of all libraries, too."""
    good = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert good.returncode == 0, good.stderr
    check = ("manage.py", "check", "--deploy", "--tag", "stateless", "--fail-level", "INFO")
    bad = run(*check, **PRODUCTION | {"DATABASE_URL": "postgres://shop:pw@127.0.0.1/shop"})
    assert bad.returncode == 1
    assert "(stateless.E002)" in bad.stderr


def test_a_pod_whose_state_would_die_with_it_does_not_start():
    wrong = PRODUCTION | {"DATABASE_URL": "postgres://shop:pw@127.0.0.1/shop"}
    web = run("-c", "import config.wsgi", **wrong)
    assert "stateless.E002" in web.stderr
    assert web.returncode == 1
    migrate = run("manage.py", "migrate_safely", **wrong)
    assert "stateless.E002" in migrate.stderr
    assert run("-c", "import config.wsgi", **PRODUCTION).returncode == 0


def test_whom_the_usual_setting_silences_starts(tmp_path):
    (tmp_path / "silenced.py").write_text(
        "from config.settings import *\nSILENCED_SYSTEM_CHECKS = ['stateless.E002']\n"
    )
    beside = PRODUCTION | {"DATABASE_URL": "postgres://shop:pw@127.0.0.1/shop", "PYTHONPATH": str(tmp_path)}
    web = run("-c", "import config.wsgi", **beside | {"DJANGO_SETTINGS_MODULE": "silenced"})
    assert web.returncode == 0, web.stderr
