"""What real projects of others do: state that is easily overlooked, and what only looks like state."""

import pytest

from shop.stateless.scan import containers, lasting, locks, loopback, threads, writes
from tests.stateless.audits import configured, scanned, sources

CACHED = """
import threading

LOCK = threading.Lock()
with LOCK:
    TEAS: dict[str, Tea] = {}

def page(request, slug):
    with LOCK:
        TEAS[slug] = Tea.objects.get(slug=slug)
"""


@pytest.mark.parametrize("above", ["with LOCK", "if DEBUG", "try"])
def test_a_dictionary_that_the_module_makes_inside_a_block(tmp_path, above):
    end = "\nexcept ImportError:\n    pass\n" if above == "try" else "\n"
    code = f"{above}:\n    SEEN = {{}}{end}\ndef page(request):\n    SEEN[1] = 2\n"
    assert [found.name for found in scanned(containers, tmp_path, views=code)] == ["SEEN"]


def test_a_lock_around_a_dictionary_is_the_dictionary_s_finding(tmp_path):
    assert [found.name for found in scanned(containers, tmp_path, views=CACHED)] == ["TEAS"]
    assert scanned(locks, tmp_path, views=CACHED) == []


@pytest.mark.parametrize("sells", ["Tea.objects.filter(pk=1).update(stock=0)", "Order.objects.create(tea=slug)"])
def test_a_lock_around_what_is_sold_as_well(tmp_path, sells):
    assert [found.line for found in scanned(locks, tmp_path, views=f"{CACHED}        {sells}\n")] == [9]


@pytest.mark.parametrize(
    "value", ["import_string(NAMES[name])", "(name, kind)", "getattr(import_module(name), 'Carrier')"]
)
def test_classes_that_are_imported_when_first_asked_for(tmp_path, value):
    body = f"kind = import_string(name)\n        KINDS[name] = {value}\n        self.KINDS[name] = {value}\n"
    code = f"KINDS = {{}}\n\nclass ParcelView(View):\n    KINDS = {{}}\n    def get(self, name):\n        {body}"
    assert [scanned(reader, tmp_path, views=code) for reader in (containers, lasting)] == [[], []]


def test_an_imported_function_that_a_function_keeps(tmp_path):
    body = "module = import_module(NAME)\n    hook.done = getattr(module, 'done')\n"
    assert scanned(containers, tmp_path, tasks=f"def hook():\n    {body}") == []


@pytest.mark.parametrize(
    ("arguments", "value", "kept"),
    [
        ("", "Made()", False),
        ("", "{}", False),
        ("", "Made(Tea.objects.all())", True),
        ("user", "{}", True),
        ("", "None", True),
    ],
)
def test_what_is_made_when_it_is_first_asked_for(tmp_path, arguments, value, kept):
    """Such as what a package makes of the settings, once in each process."""
    body = f"global _made\n    if not _made:\n        _made = {value}\n        _made.update(DEFAULTS)\n"
    found = scanned(containers, tmp_path, conf=f"_made = None\n\ndef made({arguments}):\n    {body}")
    assert [one.name for one in found] == ["_made"] * kept


@pytest.mark.parametrize(
    ("filled", "kept"),
    [
        ("found = {}\n    for tea in Tea.objects.all():\n        found[tea.slug] = tea.title", True),
        ("found = []\n    for tea in Tea.objects.all():\n        found.append(tea)", True),
        ("teas = Tea.objects.all()\n    found = [tea.slug for tea in teas]", True),
        ("found = Client()\n    count = Tea.objects.count()", False),
    ],
)
def test_rows_that_a_function_gathers_before_it_keeps_them(tmp_path, filled, kept):
    code = f"_teas = None\n\ndef teas():\n    global _teas\n    {filled}\n    _teas = found\n    return found\n"
    assert [found.name for found in scanned(containers, tmp_path, texts=code)] == ["_teas"] * kept


@pytest.mark.parametrize(
    ("module", "code", "lines"),
    [
        ("registry", "def emptied():\n    KINDS.clear()\n", []),
        ("registry", "def emptied():\n    KINDS.clear()\n\ndef find(kind):\n    KINDS[kind] = 1\n", [10]),
        ("views", "def emptied(request):\n    KINDS.clear()\n", [7]),
    ],
)
def test_what_is_emptied_and_what_is_filled(tmp_path, module, code, lines):
    text = f"KINDS = {{}}\n\ndef register(kind):\n    KINDS[kind] = 1\n\n{code}"
    assert [found.line for found in scanned(containers, tmp_path, **{module: text})] == lines


@pytest.mark.parametrize(
    ("code", "certain"),
    [
        ("DEFAULTS = {'site': 'http://localhost:8000'}", [False]),
        ("DEV_URLS = ['http://127.0.0.1:3002/']", [False]),
        ("DEVICES = ['http://127.0.0.1:3002/']", [True]),
        ("ALLOWED_ORIGINS = ['http://localhost']", []),
        ("VALID_PREFIXES = ('https://', 'http://localhost')", []),
    ],
)
def test_addresses_that_something_else_may_stand_for(tmp_path, code, certain):
    assert [found.certain for found in scanned(loopback, tmp_path, clients=code)] == certain


@pytest.mark.parametrize("mode", ["mode", "mode + 'b'", "'w' if new else 'r'"])
def test_a_file_whose_mode_is_known_only_when_it_runs(tmp_path, mode):
    found = scanned(writes, tmp_path, views=f"def page(request, mode, new):\n    open('x', {mode})\n")
    assert [one.certain for one in found] == [False]


def test_a_job_of_rq_that_writes_a_file(tmp_path):
    found = scanned(writes, tmp_path, jobs="def export(name):\n    open(name, 'w')\n")
    assert [one.certain for one in found] == [False]


def test_a_file_written_by_a_class_that_settings_name(tmp_path):
    code = "class Files:\n    def put(self, name):\n        open(name, 'w')\n"
    assert scanned(writes, tmp_path, blobs=code) == []
    with configured(PICTURES={"keep": "app.blobs.Files"}):
        assert [found.line for found in scanned(writes, tmp_path, blobs=code)] == [3]


def test_what_is_kept_beside_an_imported_class(tmp_path):
    code = "SEEN = {}\n\ndef page(request):\n    kind = import_string(NAME)\n    SEEN[kind] = request.user\n"
    assert [found.name for found in scanned(containers, tmp_path, views=code)] == ["SEEN"]


@pytest.mark.parametrize(
    ("arguments", "first", "kept"),
    [
        ("self", "self.rates = []", False),
        ("self, user", "self.rates = []", True),
        ("self", "self.rates = self.rates or made()", True),
        ("self", "rates = []", True),
    ],
)
def test_a_list_that_is_filled_once_from_the_settings(tmp_path, arguments, first, kept):
    rates = (
        f"class Rates:\n    def all({arguments}):\n        {first}\n        self.rates.append(1)\n\nrates = Rates()\n"
    )
    code = "from app.rates import rates\n\ndef page(request):\n    rates.all()\n"
    assert [found.name for found in scanned(lasting, tmp_path, rates=rates, views=code)] == ["rates"] * kept


@pytest.mark.parametrize("imports", ["from app.invoices import written", "from . import invoices"])
def test_a_file_written_by_what_a_view_imports(tmp_path, imports):
    invoices = "def written(order):\n    with open(f'/srv/{order.pk}.pdf', 'wb') as file:\n        file.write(b'')\n"
    found = scanned(writes, tmp_path, __init__="", invoices=invoices, views=f"{imports}\n")
    assert [(one.name, one.line, one.certain) for one in found] == [("written()", 2, False)]


@pytest.mark.parametrize(
    ("reader", "code"),
    [
        (writes, "open('x', 'w')"),
        (locks, "with LOCK:\n        order.save()"),
        (threads, "asyncio.create_task(sent(order))"),
    ],
)
def test_what_a_view_reaches_by_way_of_another_module(tmp_path, reader, code):
    far = f"import asyncio\nfrom threading import Lock\nLOCK = Lock()\n\ndef close(order):\n    {code}\n"
    near, views = "from app.far import close\n", "from app.near import close\n"
    assert [found.line for found in scanned(reader, tmp_path, far=far, near=near, views=views)] == [6]
    assert scanned(reader, tmp_path, far=far, near=near, views="", tests__test_far=near) == []


@pytest.mark.parametrize(
    "call",
    [
        "zipfile.ZipFile(answer, 'w')",
        "zipfile.ZipFile(io.BytesIO(), mode='w')",
        "image.save(thumbnail_file)",
        "gzip.open(thumbnail_file, 'wb')",
    ],
)
def test_what_is_written_into_memory_or_into_the_answer(tmp_path, call):
    made = "answer = HttpResponse()\n    thumbnail_file = io.BytesIO()"
    code = f"import io, gzip, zipfile\n\ndef page(request):\n    {made}\n    {call}\n"
    assert scanned(writes, tmp_path, views=code) == []


@pytest.mark.parametrize(
    "call",
    ["shutil.move(name, request.path)", "Path('/srv/x').write_bytes(memory.getvalue())", "os.replace(name, 'x')"],
)
def test_what_is_carried_from_memory_or_a_temporary_file_to_where_it_stays(tmp_path, call):
    made = "fd, name = mkstemp()\n    memory = BytesIO()"
    code = f"import os, shutil\n\ndef page(request):\n    {made}\n    {call}\n"
    assert [found.line for found in scanned(writes, tmp_path, views=code) if found.certain] == [6]


@pytest.mark.parametrize(
    ("query", "certain"), [("SELECT title FROM docs", False), ("  insert into seen values (1)", True), ("", True)]
)
def test_a_database_of_the_release_that_is_only_asked(tmp_path, query, certain):
    code = f"import sqlite3\n\ndef page(request):\n    sqlite3.connect('docs.db').execute({query!r})\n"
    assert [found.certain for found in scanned(writes, tmp_path, views=code)] == [certain]


@pytest.mark.parametrize("text", ["from .settings import *", "ALLOWED_HOSTS = ['*']", "if True:\n    DATABASES = {}"])
def test_the_settings_of_another_environment_are_not_in_force(tmp_path, text):
    others = f"{text}\nSITE = 'http://localhost:8000'\n"
    assert scanned(loopback, tmp_path, __init__="", settings="DEBUG = False\n", laptop=others) == []


@pytest.mark.parametrize("used", ["settings", "settings.production"])
def test_what_settings_keep_beside_them(tmp_path, used):
    read_it = "def address(given):\n    return given or 'redis://localhost:6379'\n"
    files = {"settings__custom": read_it, "settings__production": "", "custom": read_it, "urls": "from . import custom"}
    found = sources(tmp_path, __init__="", settings____init__="from .custom import address", **files)
    found.settings_module = f"app.{used}"
    assert [one.file[-9:] for module in found.online() for one in loopback.find(module)] == ["custom.py"]


def test_a_module_that_serves_is_no_settings(tmp_path):
    code = "from .settings import *\nSITE = 'http://localhost:8000'\n"
    files = {"__init__": "", "settings": "DEBUG = False\n", "views": code}
    assert [found.line for found in scanned(loopback, tmp_path, **files)] == [2]
