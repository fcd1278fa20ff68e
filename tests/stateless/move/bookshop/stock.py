"""python stock.py N: makes the database and puts N books and some of everything else into it."""

import datetime
import random
import sys
import uuid
from decimal import Decimal

import django

django.setup()

from books.models import AudioBook, Book, Sale, Shelf, Tag  # noqa: E402  # apps have to be ready
from django.contrib.auth.models import Permission, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

FACTS = [None, {"a": [1, 2.0, 1e2, 0.1, "é\\u0000"], "b": None}, [], "x", 3.0]


def fill(number: int) -> None:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE ledger (id integer PRIMARY KEY, text text)")
    User.objects.create_user("ada").user_permissions.set(Permission.objects.all()[3:7])
    Tag.objects.bulk_create(Tag(slug=f"t{index}") for index in range(20))
    upper = Shelf.objects.create(name="upper")
    lower = Shelf.objects.create(name="lower", parent=upper)
    chance = random.Random(1)
    books = [_book(index, chance, chance.choice([upper, lower])) for index in range(number)]
    Book.objects.bulk_create(books, batch_size=40)
    notes = ["", "a\n\\.\t", "\\N"]
    Sale.objects.bulk_create(Sale(book=book, note=notes[-book.pages % 3], number=-book.pages) for book in books)
    through = Book.tags.through
    through.objects.bulk_create(through(book_id=book.pk, tag_id=f"t{index % 20}") for index, book in enumerate(books))
    Shelf.objects.update(best=books[0])
    AudioBook(book_ptr=books[1], speaker="z").save_base(raw=True)
    Sale.objects.create(book=books[0], number=1).delete()


def _book(index: int, chance: random.Random, shelf: Shelf) -> Book:
    return Book(
        id=uuid.UUID(int=chance.getrandbits(128), version=4),
        shelf=shelf,
        title=f"Büch {index} \\ \t \\N",
        in_print=index % 3 == 0,
        pages=index,
        price=Decimal(chance.randrange(10**8)) / 100,
        weight=chance.random() * 10 ** chance.randrange(-5, 20),
        facts=FACTS[index % len(FACTS)],
        cover=chance.randbytes(30),
        playing=datetime.timedelta(seconds=chance.random() * 1e6),
        published_on=datetime.date(1, 1, 1) + datetime.timedelta(days=chance.randrange(3650000)),
        sold_at=_moment(chance),
        opens=datetime.time(chance.randrange(24), 3, 4, chance.randrange(10**6)),
        address=[None, "10.0.0.1", "fe80::1"][index % 3],
        secret=[None, "s", "…"][index % 3],
        order=[None, 1][index % 2],
    )


def _moment(chance: random.Random) -> datetime.datetime:
    utc = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=chance.random() * 1e9)
    from django.conf import settings

    return utc if settings.USE_TZ else utc.replace(tzinfo=None)


fill(int(sys.argv[1]))
