"""What stands right beside a finding and is none, and what looks like none and is one: readers of source code."""

import pytest

from shop.stateless.scan import containers, lasting
from tests.stateless.audits import Lost, Twice, scanned

PAGE = "\n\ndef page(request):\n    "


@pytest.mark.parametrize(
    "value",
    ["{1}", "[]", "{n for n in ()}", "[n for n in ()]", "{n: n for n in ()}", "dict()", "collections.deque()"],
)
def test_each_kind_of_container_is_one_also_where_its_type_is_said(tmp_path, value):
    for definition in (f"SEEN = {value}", f"SEEN: Any = {value}"):
        assert len(scanned(containers, tmp_path, views=f"{definition}{PAGE}SEEN.clear()\n")) == 1


@pytest.mark.parametrize("use", ["SEEN.get(1)", "SEEN.copy()", "len(SEEN)", "sorted(SEEN)", "x = SEEN[1]", "x += SEEN"])
def test_looking_at_a_container_changes_nothing(tmp_path, use):
    assert scanned(containers, tmp_path, views=f"SEEN = {{}}{PAGE}{use}\n") == []


@pytest.mark.parametrize(
    "code",
    [
        f"SEEN = {{}}  # per-pod: what this process saw{PAGE}SEEN[1] = 2\n",
        f"SEEN = {{\n    1: 2,\n}}  # per-pod: what this process saw{PAGE}SEEN[1] = 2\n",
        f"CLIENT = connected(){PAGE}CLIENT.put(1)\n",
        f"SEEN: dict[int, int]{PAGE}SEEN[1] = 2\n",
        "KNOWN = {}\n\ndef known(kind):\n    KNOWN[kind.__name__] = kind\n    return kind\n",
    ],
)
def test_what_may_be_kept_or_is_no_container_or_is_filled_by_a_decorator(tmp_path, code):
    assert scanned(containers, tmp_path, views=code) == []


@pytest.mark.parametrize(
    "code",
    [
        "def fill(n):\n    SEEN[n] = 1\n    return fill(n - 1)\n",
        "def page(request):\n    SEEN[1] = 2\n    return request\n",
        "class Shelf:\n    def put(self, n):\n        SEEN[n] = 1\n        return self\n",
        "class Shelf:\n    @classmethod\n    def put(cls, n):\n        SEEN[n] = 1\n        return cls\n",
    ],
)
def test_who_gives_back_itself_or_what_was_asked_is_no_decorator(tmp_path, code):
    assert [found.name for found in scanned(containers, tmp_path, views=f"SEEN = {{}}\n\n{code}")] == ["SEEN"]


@pytest.mark.parametrize(
    "code",
    [
        "tea.stock += 1; tea.save()",
        "tea.stock -= pieces; tea.save()",
        "tea.stock = tea.stock + pieces; tea.save()",
        "tea = basket.tea; tea.stock -= 1; tea.save()",
        "tea = found(1); tea.stock -= 1; tea.save()",
        "tea = TEA(1); tea.stock -= 1; tea.save()",
    ],
)
def test_a_number_of_what_was_there_before_is_changed(tmp_path, code):
    assert [one.name for one in scanned(Lost, tmp_path, a=f"def sell(tea, pieces):\n    {code}\n")] == ["tea.stock"]


@pytest.mark.parametrize(
    "code",
    [
        "tea.stock -= 1; tea.check()",
        "tea.stock -= 1; save(tea)",
        "tea.flags |= 4; tea.save()",
        "tea.flags = tea.flags | 4; tea.save()",
        "tea.note += f'{pieces} sold'; tea.save()",
        "tea.tags += ['sold']; tea.save()",
    ],
)
def test_what_is_not_saved_or_no_number(tmp_path, code):
    assert scanned(Lost, tmp_path, a=f"def sell(tea, pieces):\n    {code}\n") == []


@pytest.mark.parametrize(
    "call",
    [
        "Product.objects.get_or_create(title='x', defaults={'email': 'y'})",
        "Product.objects.update_or_create(title='x', defaults={}, create_defaults={})",
    ],
)
def test_what_a_new_row_gets_besides_keeps_nothing_unique(tmp_path, call):
    assert [one.name for one in scanned(Twice, tmp_path, a=f"def f():\n    {call}\n")] == ["Product by title"]


@pytest.mark.parametrize(("by", "found"), [
    ("user_id=1", ["Cart by user_id"]),
    ("user_id=1, state='open'", []),
])  # fmt: skip
def test_what_is_unique_under_a_condition_is_only_where_that_is_asked_for(tmp_path, by, found):
    code = f"def f():\n    Cart.objects.get_or_create({by})\n"
    assert [one.name for one in scanned(Twice, tmp_path, a=code)] == found


@pytest.mark.parametrize(
    "call",
    [
        "CartLine.objects.get_or_create(cart=cart, variant_id=1)",
        "Product.objects.filter(title='x')",
        "Product.get_or_create(title='x')",
        "get_or_create(title='x')",
        "User.objects.get_or_create(defaults={})",
        "Product.objects.get_or_create(title='x', **more)",
    ],
)
def test_what_makes_no_row_or_says_not_by_what(tmp_path, call):
    assert scanned(Twice, tmp_path, a=f"def f():\n    {call}\n") == []


@pytest.mark.parametrize("by", ["cls.known", "self.known", "type(self).known", "self.__class__.known", "Kinds.known"])
def test_what_a_class_keeps_is_sure_where_a_request_changes_it(tmp_path, by):
    for arguments, certain in (("self, cls, request", True), ("self, cls, kind", False)):
        code = f"class Kinds:\n    known = {{}}\n\n    def tell({arguments}):\n        {by}[1] = 2\n"
        found = scanned(lasting, tmp_path, stock=code)
        assert [(one.name, one.certain) for one in found] == [("Kinds.known", certain)]


@pytest.mark.parametrize(("method", "names"), [
    ("register(self, kind)", []),
    ("__init__(self, kind)", []),
    ("fill(self, kind)", ["Kinds.known"]),
    ("register(self, request)", ["Kinds.known"]),
])  # fmt: skip
def test_what_a_class_is_given_while_modules_are_imported_is_the_same_in_each_pod(tmp_path, method, names):
    code = f"class Kinds:\n    known = {{}}\n\n    def {method}:\n        self.known[1] = 2\n"
    assert [one.name for one in scanned(lasting, tmp_path, views=code)] == names


@pytest.mark.parametrize(("code", "found"), [
    ("class Kinds:\n    known = {}\n\ndef tell(kind):\n    Kinds.known[1] = 2\n", [("Kinds.known", False)]),
    ("class Kinds:\n    known = {}\n    def tell(self, kind):\n        kind.known = self.known[1] = 2\n",
     [("Kinds.known", False)]),
    ("class Kinds:\n    known = {}\n    def tell(self, kind):\n        kind.known[1] = 2\n", []),
    ("class TeaAdmin(admin.ModelAdmin):\n    sums = {}\n    def total(self, row):\n        self.sums[row.pk] = 2\n",
     [("TeaAdmin.sums", True)]),
])  # fmt: skip
def test_whose_attribute_it_is_and_whether_one_object_serves_all(tmp_path, code, found):
    assert [(one.name, one.certain) for one in scanned(lasting, tmp_path, stock=code)] == found
