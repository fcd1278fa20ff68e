from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class Tally(models.Model):
    """How many published products have something in common, so that no page counts a million of them.

    `n` of all rows with one `scope` and `key` add up to the number. A trigger adds rows with each change of a product,
    in the same transaction, and never touches one that is there: two pods never wait for each other here. See
    shop.catalog.tally for what is counted.
    """

    scope = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    n = models.BigIntegerField()

    class Meta:
        indexes = [
            # all counts beside a list (tally.counts)
            models.Index(fields=["scope", "key"], include=["n"], name="tally_of_scope"),
            # words that look like a mistyped one (tally.corrected)
            GinIndex(fields=["key"], opclasses=["gin_trgm_ops"], condition=Q(scope="word"), name="tally_words"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key} {self.n:+d}"
