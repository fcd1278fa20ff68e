"""What outlives a request without being a dictionary of its own module, and what two pods do at once."""

import pytest

from shop.stateless.scan import attached, containers, lasting, locks, memoised, paths, threads, writes
from tests.stateless.audits import Lost, Twice, scanned

MIDDLEWARE = """
class Counts:
    hits = {}

    def __init__(self, get_response):
        self.get_response = get_response
        self.client, self.times = None, 0
        self.seen = {}

    def __call__(self, request):
        CHANGE
        return self.get_response(request)
"""
ADMIN = "class TeaAdmin(admin.ModelAdmin):\n    def get_queryset(self, request):\n        CHANGE\n"
CLOSURE = """
def counts(get_response):
    n = 0
    seen = set()

    def inner(request):
        CHANGE

    return inner
"""


@pytest.mark.parametrize(
    ("code", "change", "name"),
    [
        (MIDDLEWARE, "self.seen[request.path] = 1", "Counts.seen"),
        (MIDDLEWARE, "self.times += 1", "Counts.times"),
        (MIDDLEWARE, "self.user = request.user", "Counts.user"),
        (MIDDLEWARE, "self.hits[1] = 2", "Counts.hits"),
        (MIDDLEWARE, "type(self).hits.clear()", "Counts.hits"),
        (MIDDLEWARE, "Counts.hits.update({})", "Counts.hits"),
        (ADMIN, "self.request = request", "TeaAdmin.request"),
        (CLOSURE, "seen.add(request.user)", "counts.seen"),
        (CLOSURE, "nonlocal n; n += 1", "counts.n"),
    ],
)
def test_what_an_object_for_all_requests_keeps(tmp_path, code, change, name):
    found = scanned(lasting, tmp_path, shopping=code.replace("CHANGE", change))
    assert [(one.name, one.certain) for one in found] == [(name, True)]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        (MIDDLEWARE, "seen = {}; seen[1] = 2"),
        (MIDDLEWARE, "request.seen = {}"),
        (MIDDLEWARE, "if self.client is None: self.client = connected()"),
        (MIDDLEWARE, "self.times += 1  # per-pod: what this process answered"),
        (ADMIN, "request.shown = 1"),
        (CLOSURE, "request.seen = seen"),
        ("class Form:\n    def clean(self):\n        CHANGE", "self.errors.append(1)"),
        (
            "class Form:\n    rows = []\n    def clean(self):\n        self.rows = []\n        CHANGE",
            "self.rows.append(1)",
        ),
        (
            "class Kinds(FacetsMixin):\n    known = {}\n    def register(self, kind):\n        CHANGE",
            "self.known[kind] = 1",
        ),
    ],
)
def test_what_each_request_has_for_itself(tmp_path, code, change):
    assert scanned(lasting, tmp_path, views=code.replace("CHANGE", change)) == []


def test_an_object_of_another_module_that_is_told_something(tmp_path):
    jobs = "class Jobs:\n    last = 0\n\n    def note(self, job):\n        self.last += job\n"
    view = "from app.jobs import running\n\ndef start(request):\n    running.note(1)\n"
    (found,) = scanned(lasting, tmp_path, jobs=f"{jobs}\nrunning = Jobs()\n", views=view)
    assert (found.name, found.line, found.certain) == ("running", 4, True)
    remark = "running = Jobs()  # per-pod: threads of this process\n"
    assert scanned(lasting, tmp_path, jobs=f"{jobs}\n{remark}", views=view) == []


@pytest.mark.parametrize(
    ("taken", "change"),
    [
        ("from app.state import PROGRESS", "PROGRESS[1] = 2"),
        ("from .state import PROGRESS as now", "now.clear()"),
        ("from app import state", "state.PROGRESS[1] = 2"),
        ("import app.state as kept", "kept.PROGRESS[1] += 2"),
    ],
)
def test_a_dictionary_of_another_module(tmp_path, taken, change):
    code = f"{taken}\n\ndef page(request):\n    {change}\n"
    (found,) = scanned(containers, tmp_path, state="PROGRESS = {}\n", views=code)
    assert (found.line, found.certain) == (4, True)
    assert found.text.startswith("PROGRESS of app.state, ")


@pytest.mark.parametrize(
    "change",
    [
        "global LAST; LAST = Tea.objects.first()",
        "global LAST; LAST = request.user",
        "global LAST; LAST += 1",
        "next(NUMBERS)",
        "WAITING.put(1)",
        "RECENT[1] = 2",
        "page.calls = 1",
        "STATE.last = 1",
        "settings.CLOSED = True",
        "os.environ['TENANT'] = 'a'",
    ],
)
def test_other_variables_that_a_request_changes(tmp_path, change):
    code = f"""
        from django.conf import settings
        LAST = 0
        WAITING = Queue()
        RECENT = cachetools.TTLCache(9, 60)
        NUMBERS = itertools.count()
        STATE = SimpleNamespace()

        def page(request):
            {change}
    """
    assert [found.certain for found in scanned(containers, tmp_path, shopping=code)] == [True]


@pytest.mark.parametrize(
    "change",
    ["global CLIENT; CLIENT = boto3.client('s3')", "LOCAL.user = request.user", "answer = Answer(); answer.x = 1"],
)
def test_variables_that_hold_nothing_of_a_request(tmp_path, change):
    code = f"LOCAL = threading.local()\nCLIENT = None\n\ndef page(request):\n    {change}\n"
    assert scanned(containers, tmp_path, views=code) == []


def test_answers_that_cachetools_or_a_class_of_models_gives(tmp_path):
    code = """
        from cachetools import cached
        from app.models import Profile

        @cached(TTLCache(9, 60))
        def cheapest():
            return Tea.objects.all()

        @lru_cache
        def robot():
            return Profile.robot()
    """
    assert [found.name for found in scanned(memoised, tmp_path, prices=code)] == ["cheapest", "robot"]
    shared = "from cacheops import cached\n@cached(timeout=60)\ndef cheapest():\n    return Tea.objects.all()\n"
    assert scanned(memoised, tmp_path, prices=shared) == []


@pytest.mark.parametrize(
    "call",
    [
        "mp.Process(target=print).start()",
        "subprocess.Popen(['report'])",
        "POOL.submit(print)",
        "asyncio.create_task(later())",
        "loop.run_in_executor(None, print)",
    ],
)
def test_work_that_outlives_its_request(tmp_path, call):
    code = f"import multiprocessing as mp\nPOOL = ThreadPoolExecutor()\n\ndef page(request):\n    {call}\n"
    assert [found.line for found in scanned(threads, tmp_path, views=code)] == [5]


@pytest.mark.parametrize(
    "call",
    [
        "subprocess.Popen(['report']).communicate()",
        "POOL.submit(print).result()",
        "await asyncio.gather(asyncio.create_task(later()))",
        "await loop.run_in_executor(None, print)",
        "with ThreadPoolExecutor() as pool: pool.submit(print)",
    ],
)
def test_work_that_a_request_waits_for(tmp_path, call):
    code = f"POOL = ThreadPoolExecutor()\n\nasync def page(request):\n    {call}\n"
    assert scanned(threads, tmp_path, views=code) == []


@pytest.mark.parametrize(
    "call",
    [
        "shelve.open('x')",
        "sqlite3.connect('x')",
        "ZipFile('x', 'w')",
        "plot.savefig('x.png')",
        "table.to_csv(settings.EXPORT_DIR / 'x.csv')",
        "image.save(self.picture.path)",
        "FileSystemStorage().save(name, upload)",
        "TenantFileSystemStorage().save(name, upload)",
        "fd, name = mkstemp(); open('x', 'w'); os.remove(name)",
        "self.target.open('wb')",
        "target.open(mode='a', encoding='utf-8')",
        "aiofiles.open('x', 'w')",
        "tarfile.open('x.tgz', 'w:gz')",
        "urlretrieve(address, 'x.zip')",
        "archive.extractall('/srv/import')",
        "document.write_pdf(f'{order.pk}.pdf')",
    ],
)
def test_more_ways_to_write(tmp_path, call):
    files = "from zipfile import ZipFile\nfrom django.core.files.storage import FileSystemStorage\n"
    files += "from urllib.request import urlretrieve\n"
    code = f"{files}\ndef page(request):\n    {call}\n"
    assert [found.certain for found in scanned(writes, tmp_path, views=code)] == [True]


@pytest.mark.parametrize(
    "call",
    [
        "table.to_csv(response)",
        "user.avatar.save('x.png', content)",
        "form.save()",
        "sqlite3.connect(':memory:')",
        "fd, name = mkstemp(); open(name, 'w'); os.remove(name)",
        "with TemporaryDirectory() as there:\n        table.to_csv(os.path.join(there, 'x.csv'))",
        "with TemporaryDirectory() as there:\n        archive.extractall(os.path.join(there, 'x'))",
        "document.write_pdf()",
        "table['size'].str.extractall('([0-9]+)')",
        "self.target.open('rb')",
        "archive.open('report.txt', mode='w')",
        "product.picture.open('wb')",
    ],
)
def test_what_leaves_nothing_on_the_disk(tmp_path, call, monkeypatch):
    monkeypatch.setattr(paths, "file_fields", lambda: {"picture"})
    assert scanned(writes, tmp_path, views=f"def page(request):\n    {call}\n") == []


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("cls.rates = cls.objects.first()", ["Rates.rates"]),
        ("rows = Rate.objects.all()\n        type(self).rates = list(rows)", ["Rates.rates"]),
        ("self.__class__.last = request.user", ["Rates.last"]),
        ("Rates.asked += 1", ["Rates.asked"]),
        ("Rates.rates = made(settings.RATES)", []),
        ("self.rates = Rate.objects.first()", []),
        ("cls._meta.rates = Rate.objects.first()", []),
        ("kind.rates = Rate.objects.first()", []),
    ],
)
def test_what_is_left_on_a_class(tmp_path, line, names):
    code = f"class Rates(models.Model):\n    def load(cls, self, kind, request):\n        {line}\n"
    assert [found.name for found in scanned(attached, tmp_path, rates=code)] == names


@pytest.mark.parametrize(
    ("arguments", "line", "names"),
    [
        ("request, seen=[]", "seen.append(1)", ["seen of page()"]),
        ("request, *, old=1, seen={}", "seen[1] = 2", ["seen of page()"]),
        ("request, seen=None, old={}", "seen[1] = 2", []),
        ("request, seen=()", "seen += (1,)", []),
        ("request, seen={}", "seen = dict(seen)\n    seen[1] = 2", []),
        ("request, seen={}", "seen.get(1)", []),
    ],
)
def test_a_default_that_outlives_the_call(tmp_path, arguments, line, names):
    found = scanned(attached, tmp_path, views=f"def page({arguments}):\n    {line}\n")
    assert [(one.name, one.certain) for one in found] == [(name, True) for name in names]


def test_a_temporary_file_that_stays_and_a_model_that_writes(tmp_path):
    stays = "def page(request):\n    fd, name = mkstemp()\n    request.session['upload'] = name\n"
    model = "class Tea:\n    def shrink(self):\n        image.save(self.picture.path)\n"
    found = scanned(writes, tmp_path, views=stays, models=model)
    assert [(one.line, one.certain) for one in found] == [(3, False), (2, False)]


@pytest.mark.parametrize(
    "code", ["product.picture.file.path", "default_storage.path('x')", "settings.MEDIA_ROOT / 'x'"]
)
def test_uploads_by_their_path(tmp_path, code, monkeypatch):
    monkeypatch.setattr(paths, "file_fields", lambda: {"file"})
    view = f"from django.conf import settings\n\ndef page(request):\n    return open({code})\n"
    assert [found.line for found in scanned(paths, tmp_path, views=view)] == [4]
    assert (
        scanned(paths, tmp_path, views="def page(request):\n    return request.path, url.path, x.picture.url\n") == []
    )


@pytest.mark.parametrize("taken", ["with LOCK:\n        tea.save()", "fcntl.flock(file, fcntl.LOCK_EX)"])
def test_a_lock_that_other_pods_do_not_see(tmp_path, taken):
    code = f"LOCK = threading.Lock()\n\ndef page(request):\n    {taken}\n"
    assert [found.line for found in scanned(locks, tmp_path, views=code)] == [4]


def test_a_lock_for_what_the_process_has_for_itself(tmp_path):
    code = "LOCK = threading.Lock()\n\ndef page(request):\n    with LOCK:\n        client = connected()\n"
    assert scanned(locks, tmp_path, views=code) == []


@pytest.mark.parametrize("change", ["tea.stock -= 1", "tea.stock = tea.stock - pieces"])
def test_a_number_that_two_pods_change(tmp_path, change):
    code = f"def sell(tea, pieces):\n    {change}\n    tea.save()\n"
    assert [(one.name, one.line, one.certain) for one in scanned(Lost, tmp_path, stock=code)] == [
        ("tea.stock", 2, False)
    ]


@pytest.mark.parametrize(
    "code",
    [
        "tea = Tea.objects.select_for_update().get(); tea.stock -= 1; tea.save()",
        "tea.stock = F('stock') - 1; tea.save()",
        "tea.stock -= 1  # locked: by sell()\n    tea.save()",
        "tea.stock -= 1",
        "tea = Tea.objects.create(); tea.stock -= 1; tea.save()",
        "tea = Tea(); tea.stock -= 1; tea.save()",
        "tea.note += 'sold'; tea.save()",
        "tea.stock = other.stock - 1; tea.save()",
    ],
)
def test_a_number_that_is_safe_or_not_saved(tmp_path, code):
    assert scanned(Lost, tmp_path, stock=f"def sell(tea, other):\n    {code}\n") == []


def test_rows_that_two_pods_may_make(tmp_path):
    made = "Product.objects.get_or_create(title='x')"
    assert [one.name for one in scanned(Twice, tmp_path, a=f"def f():\n    {made}\n")] == ["Product by title"]


@pytest.mark.parametrize(
    "call",
    [
        "User.objects.get_or_create(email='x', defaults={})",
        "Permission.objects.get_or_create(content_type_id=1, codename='x')",
        "User.objects.get_or_create(pk=1)",
        "User.objects.get_or_create(**lookups)",
        "Unknown.objects.get_or_create(name='x')",
    ],
)
def test_rows_that_the_database_keeps_unique(tmp_path, call):
    assert scanned(Twice, tmp_path, a=f"def f():\n    {call}\n") == []
