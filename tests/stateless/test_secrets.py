import pytest

from shop.stateless.rules import secrets
from shop.stateless.scan.generated import cloud_keys, generated_keys
from tests.stateless.audits import configured, findings, sources


def keys(tmp_path, text):
    module = sources(tmp_path, settings=text).modules["app.settings"]
    return [(key.setting, key.variable, key.line) for key in generated_keys(module)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SECRET_KEY = get_random_secret_key()", [("SECRET_KEY", "", 1)]),
        ("SECRET_KEY = os.environ.get('KEY', secrets.token_hex(32))", [("SECRET_KEY", "KEY", 1)]),
        ("made = uuid.uuid4().hex\nSECRET_KEY = made + 'x'", [("SECRET_KEY", "", 2)]),
        ("SIMPLE_JWT = {'SIGNING_KEY': os.urandom(32)}", [("SIGNING_KEY", "", 1)]),
        ("if DEBUG:\n    SECRET_KEY = get_random_string(50)", [("SECRET_KEY", "", 2)]),
        ("SECRET_KEY = os.environ['SECRET_KEY']", []),
        ("SECRET_KEY = 'written down'", []),
        ("RELEASE = uuid.uuid4().hex", []),
    ],
)
def test_keys_made_at_start(tmp_path, text, found):
    assert keys(tmp_path, text) == found


@pytest.mark.parametrize(("given", "ids"), [("from the environment", []), ("of another variable", ["E090"])])
def test_a_key_that_is_made_only_where_the_environment_has_none(tmp_path, given, ids, monkeypatch):
    text = "SECRET_KEY = env('KEY')\nif not SECRET_KEY:\n    SECRET_KEY = secrets.token_hex(32)\n"
    monkeypatch.setenv("KEY", "from the environment")
    with configured(SECRET_KEY=given) as project:
        project.sources = sources(tmp_path, settings=text)
        found = list(secrets.rows(project))
    assert [row.id.removeprefix("stateless.") for row in found if row.is_finding] == ids


def test_a_key_of_the_cloud_in_the_code(tmp_path):
    module = sources(tmp_path, mail="A = 1\nKEY = 'AKIA" + "QWERTYUIOPASDFGH'\nDOC = 'AKIAIOSFODNN7EXAMPLE'").modules[
        "app.mail"
    ]
    assert list(cloud_keys(module)) == [2]


def test_keys_of_the_cloud_in_settings():
    fixed = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"secret_key": "fixed"}}
    assert findings(secrets.rows, STORAGES={"default": fixed}) == ["W091"]
    assert findings(secrets.rows) == []
