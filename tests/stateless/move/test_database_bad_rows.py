"""What SQLite keeps and PostgreSQL refuses is found before anything is written."""

import csv

import pytest

from tests.stateless.move.bookshops import Bookshop, target

pytestmark = pytest.mark.long

BOOKS = 60
# column, stored value, what is said of it
BAD = [
    ("title", "a\0b", "holds a NUL character"),
    ("title", "x" * 41, "has 41 characters, 40 are allowed"),
    ("title", b"\xff\xfe", "holds bytes where text belongs"),
    ("pages", "many", "cannot be read as a PositiveIntegerField"),
    ("pages", -4, "is -4, outside of 0 to"),
    ("pages", 1.5, "is 1.5, which is no whole number"),
    ('"order by"', 2**40, "is 1099511627776, outside of"),
    ("price", 12345678.9, "cannot be read as a DecimalField"),
    ("price", "abc", "cannot be read as a DecimalField"),
    ("sold_at", "yesterday", "cannot be read as a DateTimeField"),
    ("sold_at", "0001-01-01 00:00:00+05:00", "cannot be read as a DateTimeField"),
    ("published_on", "2020-02-31", "cannot be read as a DateField"),
    ("published_on", "12020-01-01", "cannot be read as a DateField"),
    ("opens", "25:00", "cannot be read as a TimeField"),
    ("playing", "long", "cannot be read as a DurationField"),
    ("in_print", "maybe", "cannot be read as a BooleanField"),
    ("in_print", 7, "cannot be read as a BooleanField"),
    ("facts", '{"a": ["x\\u0000y"]}', "holds a NUL character"),
    ("facts", '["\\ud800"]', "is not valid UTF-8"),
    ("facts", "{broken", "cannot be read as a JSONField"),
    ("cover", "text", "holds text where bytes belong"),
    ("address", "10.0.0.300", "cannot be read as a GenericIPAddressField"),
    ("secret", "not:sealed", "cannot be read as a SealedField"),
]


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


@pytest.fixture
def spoiled(bookshop):
    """One bad value of each kind, each in the book with that number in its title."""
    for number, (column, value, _) in enumerate(BAD):
        bookshop.change(f"UPDATE books_book SET {column} = ? WHERE title LIKE ?", value, f"Büch {number} %")
    return bookshop


def test_each_kind_of_bad_value_is_named_with_its_row_and_nothing_is_written(spoiled, there, tmp_path):
    file = tmp_path / "bad.csv"
    code, said = spoiled.move("--to", there.url, "--bad-rows", str(file))
    assert code == 2 and "Nothing was changed." in said, said
    assert there.tables() == set()
    assert file.stat().st_mode & 0o077 == 0  # it holds what rows hold
    with file.open(newline="") as lines:
        found = {(row["column"], row["what is wrong"]) for row in csv.DictReader(lines)}
    for column, _, text in BAD:
        assert any(name == column.strip('"') and text in wrong for name, wrong in found), (column, text)
    assert len(found) == len(BAD)
    assert spoiled.move("--check")[0] == 1


def test_good_rows_are_moved_without_the_bad_ones_and_without_those_that_need_them(bookshop, there):
    bookshop.change("UPDATE books_book SET title = 'a' || char(0) WHERE pages = 1")  # of the audio book
    bookshop.change("UPDATE books_book SET title = 'a' || char(0) WHERE pages = 2")
    code, said = bookshop.move("--on-bad-row", "report", "--to", there.url)
    assert code == 1 and "7 bad rows were left out" in said and "Every row that was carried is equal." in said, said
    assert "which is left out" in said
    assert there.value("SELECT count(*) FROM books_book") == BOOKS - 2
    assert there.value("SELECT count(*) FROM books_sale") == BOOKS - 2
    assert there.value("SELECT count(*) FROM books_audiobook") == 0


def test_what_refers_to_nothing_is_named(bookshop):
    bookshop.change("UPDATE books_sale SET book_id = '00000000000040008000000000000000' WHERE number = -3")
    bookshop.change("UPDATE books_shelf SET parent_id = 77 WHERE parent_id IS NOT NULL")
    code, said = bookshop.move("--check")
    assert code == 1 and "2 bad rows." in said, said
    assert "book_id refers to books_book '00000000000040008000000000000000', which does not exist" in said
    assert "parent_id refers to books_shelf 77, which does not exist" in said


def test_what_only_postgresql_takes_for_the_same_is_named(bookshop):
    bookshop.change("INSERT INTO books_tag VALUES ('ÄPFEL'), ('äpfel')")
    bookshop.change(
        "INSERT INTO books_book (id, title, in_print, shelf_id) "
        "SELECT upper(id), title, in_print, shelf_id FROM books_book WHERE pages = 5"
    )
    code, said = bookshop.move("--check")
    assert code == 1 and "2 bad rows." in said, said
    assert "slug is the same as in an earlier row but for upper and lower case" in said
    assert "id is the same as in an earlier row" in said
