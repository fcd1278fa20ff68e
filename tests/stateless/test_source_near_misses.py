"""What stands right beside a finding and is none, and what looks like none and is one: readers of source code."""

import pytest

from shop.stateless.scan import containers
from tests.stateless.audits import scanned

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
