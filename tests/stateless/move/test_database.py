"""Rows of a SQLite file go to PostgreSQL, all of them, or none of a table."""

import signal
import sqlite3
from hashlib import sha256
from urllib.parse import urlsplit

import pytest

from shop.stateless.management.commands.move import STOPPED
from tests.stateless.move.bookshops import LAST, Bookshop, ended, target

pytestmark = pytest.mark.long

BOOKS = 300


@pytest.fixture(scope="module")
def stocked(tmp_path_factory):
    return Bookshop(tmp_path_factory.mktemp("bookshop") / "stocked.sqlite3").fill(BOOKS)


@pytest.fixture
def bookshop(stocked, tmp_path):
    return stocked.copy(tmp_path / "bookshop.sqlite3")


@pytest.fixture
def there():
    with target() as found:
        yield found


@pytest.fixture(scope="module")
def migrated(stocked):
    """The name of a target that has its tables."""
    with target() as found:
        code, said = stocked.move("--to", found.url)
        assert code == 0, said
        yield urlsplit(found.url).path[1:]


@pytest.fixture
def prepared(migrated):
    with target(migrated) as found:
        yield found


def test_every_row_arrives_with_its_value_and_the_source_stays_as_it_is(bookshop, there):
    before = sha256(bookshop.path.read_bytes()).hexdigest()
    code, said = bookshop.move("--to", there.url)
    assert code == 0, said
    assert "13 tables" in said and "Every row that was carried is equal." in said
    assert "Not carried: table ledger" in said
    assert sha256(bookshop.path.read_bytes()).hexdigest() == before
    assert there.value("SELECT title FROM books_book WHERE pages = 5") == "Büch 5 \\ \t \\N"
    assert there.query("SELECT facts, in_print, pages FROM books_book WHERE pages IN (1, 3) ORDER BY pages") == [
        ({"a": [1, 2.0, 100, 0.1, "é\\u0000"], "b": None}, False, 1),
        ("x", True, 3),
    ]
    with sqlite3.connect(bookshop.path) as source:
        rows = source.execute("SELECT id, pages, round(price * 100), hex(cover) FROM books_book ORDER BY id").fetchall()
    columns = "replace(id::text, '-', ''), pages, price * 100, upper(encode(cover, 'hex'))"
    assert there.query(f"SELECT {columns} FROM books_book ORDER BY id") == rows


def test_rows_that_migrations_made_are_replaced_by_those_of_the_source(bookshop, there):
    bookshop.change("UPDATE django_content_type SET id = id + 500")
    bookshop.change("UPDATE auth_permission SET id = id + 700, content_type_id = content_type_id + 500")
    bookshop.change("UPDATE auth_user_user_permissions SET permission_id = permission_id + 700")
    code, said = bookshop.move("--to", there.url)
    assert code == 0, said
    assert there.value("SELECT min(id) FROM django_content_type") > 500
    assert (
        there.value("SELECT count(*) FROM auth_user_user_permissions p JOIN auth_permission ON permission_id > 700") > 0
    )


def test_an_id_that_a_deleted_row_had_is_not_given_again(bookshop, there):
    assert bookshop.move("--to", there.url)[0] == 0
    sql = "INSERT INTO books_sale (book_id, note, number) SELECT id, '', 99 FROM books_book LIMIT 1 RETURNING id"
    assert there.value(sql) == BOOKS + 2


def test_json_null_and_no_value_stay_apart(bookshop, there):
    bookshop.change("UPDATE books_book SET facts = 'null' WHERE pages = 7")
    bookshop.change("UPDATE books_book SET facts = NULL WHERE pages = 8")
    code, said = bookshop.move("--to", there.url)
    assert code == 0, said
    assert there.query("SELECT pages FROM books_book WHERE facts::text = 'null'") == [(7,)]
    assert there.query("SELECT pages FROM books_book WHERE facts IS NULL AND pages = 8") == [(8,)]


def test_local_times_without_zones_arrive(tmp_path, there):
    bookshop = Bookshop(tmp_path / "local.sqlite3", BOOKSHOP_USE_TZ="0").fill(20)
    code, said = bookshop.move("--to", there.url)
    assert code == 0, said
    bookshop.change("UPDATE books_book SET sold_at = '2021-03-28 02:30:00' WHERE pages = 4")
    code, said = bookshop.move("--check")
    assert code == 1 and "sold_at is 2021-03-28 02:30:00, which Europe/Berlin skips" in said


def test_a_second_run_finds_everything_complete(bookshop, there):
    assert bookshop.move("--to", there.url)[0] == 0
    code, said = bookshop.move("--to", there.url)
    assert code == 0 and "0 tables with 0 rows copied" in said, said
    assert bookshop.move("--verify", "--to", there.url)[0] == 0


def test_a_second_run_copies_what_changed_at_the_source(bookshop, there):
    assert bookshop.move("--to", there.url)[0] == 0
    bookshop.change("DELETE FROM books_sale WHERE book_id = (SELECT id FROM books_book WHERE pages = 9)")
    bookshop.change("DELETE FROM books_book_tags WHERE book_id = (SELECT id FROM books_book WHERE pages = 9)")
    bookshop.change("DELETE FROM books_book WHERE pages = 9")
    code, said = bookshop.move("--verify", "--to", there.url)
    assert code == 1 and said.count("DIFFERENT") == 3
    code, said = bookshop.move("--to", there.url)
    assert code == 0, said
    assert there.value("SELECT count(*) FROM books_book") == BOOKS - 1


def test_rows_that_a_store_wrote_at_the_target_are_never_overwritten(bookshop, there):
    assert bookshop.move("--to", there.url)[0] == 0
    there.query("UPDATE books_book SET title = 'sold since' WHERE pages = 1")
    bookshop.change("UPDATE books_book SET title = 'old' WHERE pages = 1")
    code, said = bookshop.move("--to", there.url)
    assert code == 2 and "books_book" in said and "--empty" in said
    assert there.value("SELECT title FROM books_book WHERE pages = 1") == "sold since"
    assert bookshop.move("--empty", "--to", there.url)[0] == 0
    assert there.value("SELECT title FROM books_book WHERE pages = 1") == "old"


def test_killed_in_the_middle_and_run_again_it_is_complete_and_equal(bookshop, prepared):
    with prepared.held(bookshop.start) as move:
        move.process.kill()
        ended(move.process)
    assert prepared.value("SELECT count(*) FROM books_book") == BOOKS
    assert prepared.value(f"SELECT count(*) FROM {LAST}") == 0
    code, said = bookshop.move("--to", prepared.url)
    assert code == 0, said
    assert "1 tables with 300 rows copied" in said and "12 were complete already" in said
    assert bookshop.move("--verify", "--to", prepared.url)[0] == 0


def test_an_interrupted_move_says_what_to_do_and_leaves_whole_tables(bookshop, prepared):
    with prepared.held(bookshop.start) as move:
        move.process.send_signal(signal.SIGINT)
        code, said = ended(move.process)
    assert (code, said.splitlines()[-1]) == (130, f"CommandError: {STOPPED}")
    assert prepared.value("SELECT count(*) FROM books_book") == BOOKS
    assert prepared.value(f"SELECT count(*) FROM {LAST}") == 0


def test_a_target_that_goes_away_is_said_and_the_next_run_goes_on(bookshop, prepared):
    with prepared.held(bookshop.start) as move:
        for process in prepared.waiting():
            prepared.query("SELECT pg_terminate_backend(%s)", *process)
        code, said = ended(move.process)
    assert code == 2 and f"The target refused {LAST}" in said and "run the same command again" in said, said
    code, said = bookshop.move("--to", prepared.url)
    assert code == 0 and "12 were complete already" in said, said


def test_what_the_target_refuses_is_said_in_its_own_words(bookshop, prepared):
    with prepared.held(bookshop.start) as move:
        move.connection.execute(f"ALTER TABLE {LAST} ADD CONSTRAINT few CHECK (number > -5)")
    code, said = ended(move.process)
    assert code == 2 and 'violates check constraint "few"; Failing row contains' in said and "Traceback" not in said, (
        said
    )
    assert prepared.value(f"SELECT count(*) FROM {LAST}") == 0
    prepared.query(f"ALTER TABLE {LAST} DROP CONSTRAINT few")
    assert bookshop.move("--to", prepared.url)[0] == 0


def test_a_source_that_changes_meanwhile_is_noticed(bookshop, prepared):
    bookshop.change("PRAGMA journal_mode = WAL")
    with prepared.held(bookshop.start) as move:
        bookshop.change("UPDATE books_shelf SET name = 'renamed meanwhile'")
    code, said = ended(move.process)
    assert code == 1 and "The source changed during the move: books_shelf" in said, said
    code, said = bookshop.move("--to", prepared.url)
    assert code == 0 and "2 tables" in said, said
    assert prepared.value("SELECT DISTINCT name FROM books_shelf") == "renamed meanwhile"
