import pytest

from shop.stateless.project import Project
from shop.stateless.rules import secrets
from shop.stateless.rules import source as rules
from shop.stateless.scan import containers, loopback, memoised, session_uses, threads, visitors_files, writes
from tests.stateless.audits import scanned, sources


def test_a_dictionary_that_a_request_changes(tmp_path):
    (found,) = scanned(containers, tmp_path, views="SEEN = {}\n\ndef page(request):\n    SEEN[request.user.pk] = 1\n")
    assert (found.name, found.line, found.certain) == ("SEEN", 4, True)
    assert found.file.endswith("app/views.py")


@pytest.mark.parametrize("change", ["SEEN.append(1)", "SEEN[0].append(1)", "del SEEN[0]", "global SEEN; SEEN += [1]"])
def test_ways_to_change(tmp_path, change):
    assert len(scanned(containers, tmp_path, views=f"SEEN = []\n\ndef page(request):\n    {change}\n")) == 1


@pytest.mark.parametrize("name", ["add_to_cart", "register", "setup_account"])
def test_a_cart_in_the_process_whatever_the_view_is_called(tmp_path, name):
    code = f"CARTS = {{}}\n\ndef {name}(request):\n    CARTS[request.user.pk] = 1\n"
    assert [found.certain for found in scanned(containers, tmp_path, shopping=code)] == [True]


def test_a_cart_in_a_service(tmp_path):
    code = "CARTS = {}\n\ndef add_to_cart(user, article):\n    CARTS.setdefault(user, []).append(article)\n"
    assert [found.name for found in scanned(containers, tmp_path, services=code)] == ["CARTS"]


@pytest.mark.parametrize(
    "code",
    [
        "SEEN = {}\n\ndef page(request):\n    return SEEN[1]",
        "SEEN = {}\n\ndef page(request):\n    SEEN = {}\n    SEEN[1] = 2",
        "SEEN = {}\n\ndef register(cls):\n    SEEN[cls.__name__] = cls",
        "SEEN = {}\n\ndef named(name):\n    def inner(fn):\n        SEEN[name] = fn\n    return inner",
        "SEEN = {}\nSEEN['a'] = 1",
        "SEEN = ()\n\ndef page(request):\n    SEEN.append(1)",
        "SEEN = {}\n\ndef page(request):\n    SEEN[1] = 2  # per-pod: counts what this process saw",
    ],
)
def test_no_state(tmp_path, code):
    assert scanned(containers, tmp_path, views=code) == []


def test_what_may_run_once_at_start_is_unknown(tmp_path):
    (found,) = scanned(containers, tmp_path, rates="RATES = {}\n\ndef fill():\n    RATES['EUR'] = 1\n")
    assert not found.certain


def test_a_remembered_answer_from_the_database(tmp_path):
    code = """
        @lru_cache(maxsize=None)
        def cheapest():
            return first(1)

        def first(n):
            return Article.objects.all()[:n]

        @cache
        def basket_of(user):
            return 1
    """
    assert [found.name for found in scanned(memoised, tmp_path, prices=code)] == ["cheapest", "basket_of"]


def test_a_remembered_calculation(tmp_path):
    assert scanned(memoised, tmp_path, prices="@lru_cache\ndef double(n):\n    return 2 * n\n") == []


def test_threads(tmp_path):
    code = "import threading\n\ndef page(request):\n    threading.Thread(target=print).start()\n"
    (found,) = scanned(threads, tmp_path, views=code)
    assert (found.line, found.certain) == (4, True)


def test_a_remark_may_stand_at_the_end_of_the_call(tmp_path):
    code = "import threading\n\ndef page(request):\n    threading.Thread(\n        target=print,\n    )"
    assert len(scanned(threads, tmp_path, views=code)) == 1
    assert scanned(threads, tmp_path, views=f"{code}  # per-pod: speaks for its own process") == []


def test_a_scheduler_in_the_process(tmp_path):
    assert scanned(threads, tmp_path, jobs="def begin():\n    BackgroundScheduler().start()\n")[0].certain
    assert scanned(threads, tmp_path, jobs="from threading import Timer\nTimer(5, print).start()\n")[0].certain


@pytest.mark.parametrize(
    "code",
    [
        "import threading\n\ndef page(request):\n    t = threading.Thread(target=print)\n    t.start()\n    t.join()\n",
        "class Thread:\n    pass\n\ndef page(request):\n    Thread()\n",
    ],
)
def test_threads_that_end_with_the_request(tmp_path, code):
    assert scanned(threads, tmp_path, views=code) == []


@pytest.mark.parametrize(
    "call",
    ["open('x', 'w')", "open('x', mode='ab')", "Path('x').write_text('')", "path.open('w')", "shutil.copy(a, b)"],
)
def test_a_view_that_writes(tmp_path, call):
    assert [found.line for found in scanned(writes, tmp_path, views=f"def page(request):\n    {call}\n")] == [2]


@pytest.mark.parametrize("call", ["open('x')", "open('/dev/null', 'w')", "default_storage.open('x', 'w')"])
def test_a_view_that_does_not(tmp_path, call):
    assert scanned(writes, tmp_path, views=f"def page(request):\n    {call}\n") == []


@pytest.mark.parametrize(
    "code",
    [
        "open(f'/tmp/{request.session.session_key}').read()",
        "name = '/tmp/' + request.session.session_key\n    os.path.exists(name)",
        "Path('/tmp') / Path(request.session.session_key)",
    ],
)
def test_a_view_that_looks_for_what_its_visitor_left(tmp_path, code):
    text = f"import os\nfrom pathlib import Path\ndef page(request):\n    {code}\n"
    (found,) = scanned(visitors_files, tmp_path, views=text)
    assert (found.name, found.certain) == ("page()", True)


def test_a_session_s_key_in_a_storage_or_a_row_is_no_file(tmp_path):
    code = "def page(request):\n    key = request.session.session_key\n    default_storage.open(key)\n    open('x')\n"
    assert scanned(visitors_files, tmp_path, views=code) == []


def test_writing_outside_of_requests(tmp_path):
    assert scanned(writes, tmp_path, export="def export(path):\n    open(path, 'w')\n") == []


@pytest.mark.parametrize(
    "text", ["redis://localhost:6379/1", "http://127.0.0.1:9000", "localhost:11211", "http://[::1]/x"]
)
def test_an_address_of_this_machine(tmp_path, text):
    assert len(scanned(loopback, tmp_path, clients=f"URL = {text!r}\n")) == 1


@pytest.mark.parametrize(
    "code",
    [
        "'''See http://localhost:8000.'''",
        "URL = os.environ.get('REDIS_URL', 'redis://localhost')",
        "HOST = 'localhost'",
        "def local(url):\n    return url == 'http://localhost:8000'",
        "parser.add_argument('url', help='such as http://localhost:1')",
        "URL = 'https://localhost.example.com'",
    ],
)
def test_no_address_in_use(tmp_path, code):
    assert scanned(loopback, tmp_path, clients=code) == []


def test_what_only_commands_import_serves_no_request(tmp_path):
    found = sources(
        tmp_path,
        views="from app import prices",
        prices="",
        demo="from app import artwork",
        artwork="",
        tasks="",
        management__commands__load="from app.demo import x\nfrom app import tasks",
        tests__test_views="from app import views",
        unused="",
    )
    assert [module.name for module in found.online()] == ["app.prices", "app.tasks", "app.unused", "app.views"]


def test_what_stands_in_for_others_in_tests_serves_nobody(tmp_path):
    assert scanned(loopback, tmp_path, mocks="SITE = 'http://localhost:8000'") == []


def test_templates_of_projects_are_no_code_yet(tmp_path):
    found = sources(tmp_path, **{"template__{{name}}__apps": "class {{name}}:", "views": ""})
    assert (list(found.modules), found.unread) == (["app.views"], [])


def test_relative_imports_are_followed(tmp_path):
    found = sources(
        tmp_path, management__commands__load="from ...demo import x", demo="from . import artwork", artwork=""
    )
    assert found.online() == []


@pytest.mark.parametrize("taken", ["repair", "LANGUAGES"])
def test_what_settings_import_may_hold_state(tmp_path, taken):
    """A settings.py beside the code that imports a function of it, or a constant."""
    visits = "LANGUAGES = ['de']\nSEEN = {}\n\ndef repair(page):\n    SEEN[page] = 1\n"
    files = {"settings": f"from .visits import {taken}\n", "visits": visits, "urls": "from . import visits"}
    assert [found.name for found in scanned(containers, tmp_path, **files)] == ["SEEN"]


def test_where_settings_come_from(tmp_path):
    found = sources(
        tmp_path,
        settings="from .base import *\nfrom .visits import repair\nfrom .keys import SECRET_KEY",
        base="from . import names",
        keys="",
        names="",
        visits="",
    )
    names = [module.name for module in found.settings_modules()]
    assert names == ["app.base", "app.keys", "app.settings"]


def test_no_more_than_one_parsed_file_is_held_at_a_time(tmp_path):
    code = "from . import pages\nSEEN = {}\n\ndef page(request):\n    SEEN[1] = pages.SEEN[1] = request.session['x']\n"
    found, held = sources(tmp_path, pages="SEEN = {}", views=code, tasks=code, tests__test_page="def ("), set[int]()
    project = Project(say=lambda _: held.add(sum("tree" in module.__dict__ for module in found.own())))
    project.sources = found
    assert len([*secrets.rows(project), *rules.rows(project)]) > 2
    project.say("That was all")
    assert held == {0}
    assert found.unread == []  # and tests are not parsed at all


def test_a_file_that_cannot_be_parsed_is_named(tmp_path):
    found = sources(tmp_path, views="def (", prices="")
    assert [path.endswith("app/views.py") for path, _reason in found.unread] == [True]
    assert [module.name for module in found.online()] == ["app.prices"]


def test_who_reads_and_writes_sessions(tmp_path):
    code = """
        def page(request):
            request.session["cart"] = 1
            request.session.pop("cart")
            return self.request.session.get("cart"), request.session["cart"], requests.get("x"), db.session.add(1)
    """
    assert [(use.place[-1], use.writes) for use in scanned(session_uses, tmp_path, views=code)] == [
        ("3", True),
        ("4", True),
        ("5", False),
        ("5", False),
    ]
