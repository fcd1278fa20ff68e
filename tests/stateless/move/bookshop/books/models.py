import uuid

from django.db import models
from django.db.models.functions import Lower

from books.fields import SealedField


class Tag(models.Model):
    slug = models.SlugField(primary_key=True, max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("slug"), name="tag_slug_once")]

    def __str__(self):
        return self.slug


class Shelf(models.Model):
    """A circle: a shelf has a best book, a book has a shelf; and a shelf is on a shelf."""

    parent = models.ForeignKey("self", models.CASCADE, null=True)
    best = models.ForeignKey("Book", models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=30)

    def __str__(self):
        return self.name


class Book(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    shelf = models.ForeignKey(Shelf, models.CASCADE)
    title = models.CharField(max_length=40)
    tags = models.ManyToManyField(Tag)
    in_print = models.BooleanField(default=True)
    pages = models.PositiveIntegerField(null=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    weight = models.FloatField(null=True)
    facts = models.JSONField(null=True)
    cover = models.BinaryField(null=True)
    playing = models.DurationField(null=True)
    published_on = models.DateField(null=True)
    sold_at = models.DateTimeField(null=True)
    opens = models.TimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    secret = SealedField(null=True)
    order = models.IntegerField("a name that has to be quoted", null=True, db_column="order by")

    def __str__(self):
        return self.title


class AudioBook(Book):
    speaker = models.TextField()


class Sale(models.Model):
    book = models.ForeignKey(Book, models.CASCADE)
    note = models.TextField(blank=True)
    number = models.IntegerField(unique=True)

    def __str__(self):
        return self.note


class Ledger(models.Model):
    """A view that a migration of others made: no migration of ours makes its table."""

    text = models.TextField()

    class Meta:
        managed = False
        db_table = "ledger"

    def __str__(self):
        return self.text
