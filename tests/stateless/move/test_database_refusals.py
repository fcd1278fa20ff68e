"""What keeps a move from beginning is a sentence that says what to do; nothing is changed, no password is shown."""

import os
import sqlite3
from socketserver import BaseRequestHandler, TCPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest

from tests.stateless.move.bookshops import Bookshop, target

pytestmark = pytest.mark.long

PASSWORD = "not-the-password"


@pytest.fixture(scope="module")
def stocked(tmp_path_factory):
    return Bookshop(tmp_path_factory.mktemp("bookshop") / "stocked.sqlite3").fill(5)


@pytest.fixture
def bookshop(stocked, tmp_path):
    return stocked.copy(tmp_path / "bookshop.sqlite3")


@pytest.fixture
def there():
    with target() as found:
        yield found


def elsewhere(netloc):
    url = urlsplit(os.environ["DATABASE_URL"])
    return url._replace(netloc=netloc.format(user=url.username, host=url.hostname, port=url.port)).geturl()


def refused(bookshop, *arguments):
    code, said = bookshop.move(*arguments)
    assert code == 2, said
    assert PASSWORD not in said and "Traceback" not in said
    return said


@pytest.mark.parametrize(
    ("netloc", "sentence"),
    [
        (f"{{user}}:{PASSWORD}@{{host}}:{{port}}", "refuses the password"),
        (f"{{user}}:{PASSWORD}@{{host}}:1", "cannot be reached at 127.0.0.1:1"),
        (f"{{user}}:{PASSWORD}@{{host}}:port", "cannot be read"),
    ],
)
def test_a_target_that_does_not_let_us_in(bookshop, netloc, sentence):
    assert sentence in refused(bookshop, "--to", elsewhere(netloc))


class Stranger(BaseRequestHandler):
    def handle(self):
        self.request.recv(100)
        self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_a_target_that_is_something_else(bookshop):
    with TCPServer(("127.0.0.1", 0), Stranger) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        said = refused(bookshop, "--to", f"postgresql://ada:{PASSWORD}@127.0.0.1:{server.server_address[1]}/shop")
        server.shutdown()
    assert "is not PostgreSQL" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--to", "other"], 'The target "other" is sqlite'),
        (["--to", "default"], 'are both "default"'),
        (["--to", "nobody"], 'DATABASES has no "nobody"'),
        (["--to", f"ada:{PASSWORD}@127.0.0.1/shop"], "A URL begins with postgresql://"),
        (["--to", f"postgresql:/ada:{PASSWORD}@127.0.0.1/shop"], "A URL begins with postgresql://"),
        (["--to", f"mysql://ada:{PASSWORD}@127.0.0.1/shop"], "only PostgreSQL can be a target"),
        (["--check", "--from", "nobody"], 'DATABASES has no "nobody"'),
        ([], "Say where the rows go"),
    ],
)
def test_a_command_that_cannot_be_meant(bookshop, arguments, sentence):
    assert sentence in refused(bookshop, *arguments)


def test_a_database_that_does_not_exist(bookshop, there):
    assert "Create it first." in refused(bookshop, "--to", f"{there.url}_gone")


def test_a_source_that_does_not_exist(tmp_path):
    assert "does not exist" in refused(Bookshop(tmp_path / "gone.sqlite3"), "--check")
    assert not (tmp_path / "gone.sqlite3").exists()


def test_a_source_that_is_behind_the_code(bookshop):
    bookshop.change("DELETE FROM django_migrations WHERE app = 'books'")
    assert "The source lacks 1 migrations" in refused(bookshop, "--check")


def test_a_source_that_lacks_a_column(bookshop):
    bookshop.change("ALTER TABLE books_audiobook DROP COLUMN speaker")
    assert "no column books_audiobook.speaker" in refused(bookshop, "--check")


def test_a_column_that_no_model_knows_is_named(bookshop):
    bookshop.change("ALTER TABLE books_tag ADD COLUMN colour text")
    code, said = bookshop.move("--check")
    assert code == 0 and "Not carried: column books_tag.colour" in said


def test_a_role_that_may_not_create_tables(bookshop, there):
    there.query("REVOKE CREATE ON SCHEMA public FROM PUBLIC, pg_database_owner")
    assert "GRANT CREATE ON SCHEMA" in refused(bookshop, "--to", there.url)


def test_rows_of_others(bookshop, there):
    there.query("CREATE TABLE guestbook (name text)")
    assert bookshop.move("--dry-run", "--to", there.url)[0] == 0
    there.query("INSERT INTO guestbook VALUES ('Ada')")
    assert "The target has rows already, in guestbook" in refused(bookshop, "--to", there.url)
    assert there.tables() == {"guestbook"}


def test_a_target_with_newer_migrations(bookshop, there):
    there.query("CREATE TABLE django_migrations (id serial, app text, name text, applied timestamptz)")
    there.query("INSERT INTO django_migrations VALUES (1, 'books', '0009_next_year', now())")
    assert "books.0009_next_year, which this code does not know" in refused(bookshop, "--to", there.url)


def test_another_source_than_the_one_that_was_begun_with(bookshop, there, tmp_path):
    assert bookshop.move("--to", there.url)[0] == 0
    other = bookshop.copy(tmp_path / "other.sqlite3")
    assert "holds a move from SQLite" in refused(other, "--to", there.url)


def test_the_password_may_come_from_the_environment(bookshop, there):
    url = urlsplit(there.url)
    named = url._replace(netloc=f"{url.username}@{url.hostname}:{url.port}").geturl()
    bookshop.environment["PGPASSWORD"] = url.password
    code, said = bookshop.move("--dry-run", "--to", named)
    assert code == 0 and "maintenance window" in said
    assert there.tables() == set()


def test_a_source_that_nobody_may_write_to_is_enough(bookshop):
    bookshop.path.chmod(0o444)
    assert bookshop.move("--check")[0] == 0
    with sqlite3.connect(bookshop.path) as source:
        assert source.execute("PRAGMA integrity_check").fetchone() == ("ok",)
