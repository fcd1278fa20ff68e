"""Lets the ids of each table begin elsewhere: a test that takes the id of one table for that of another, or an early id
for granted, would be right by chance, as long as all of them begin at 1.
"""

from django.db import connection

APART = 10_007  # a prime, so that no small step from one table leads to another
SEQUENCES = "SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"


def apart() -> None:
    """Move all sequences ahead, each by another number."""
    with connection.cursor() as cursor:
        cursor.execute(SEQUENCES)
        for number, (sequence,) in enumerate(cursor.fetchall(), start=1):
            cursor.execute("SELECT setval(%s, %s)", [sequence, number * APART])
