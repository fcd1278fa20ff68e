"""The report on a terminal."""

from io import StringIO

import pytest

from shop.stateless import tables
from shop.stateless.audit import Report
from shop.stateless.rows import Question

SESSIONS = Question("Sessions", "visitors").broken(10, "files in /srv", "disk", "All are logged out.", "cached_db")
CARTS = Question("Variable CARTS", "shoppers")


def cart(line):
    return CARTS.weak(150, "CARTS of cart", "memory", "The cart.", "Keep it in rows", file="shop/cart.py", line=line)


def printed(monkeypatch, columns, *rows):
    monkeypatch.setenv("COLUMNS", str(columns))
    stream = StringIO()
    tables.terminal(Report(rows=list(rows)), stream)
    return stream.getvalue()


@pytest.mark.parametrize(("columns", "headings"), [(160, ["Where", "To write instead"]), (80, ["Lost, and to write"])])
def test_a_setting_has_as_many_columns_as_there_is_room_for(monkeypatch, columns, headings):
    text = printed(monkeypatch, columns, SESSIONS)
    assert all(heading in text.splitlines()[2] for heading in headings)
    assert all(len(line) <= columns for line in text.splitlines())
    assert "files in /srv" in text and "cached_db" in text


def test_what_is_the_same_for_many_lines_of_code_is_said_once(monkeypatch):
    text = printed(monkeypatch, 80, cart(19), cart(7), SESSIONS)
    assert text.count("Keep it in rows") == 1
    assert text.index("cached_db") < text.index("shop/cart.py:7") < text.index("shop/cart.py:19")
