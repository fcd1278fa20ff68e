from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse


def private_files() -> Storage:
    return storages["private"]


class TeaQuerySet(models.QuerySet):
    def bestsellers(self) -> models.QuerySet:
        """Return names, what sold most first."""
        ranked = self.annotate(sold=Coalesce(models.Sum("orderline__pieces"), 0)).order_by("-sold", "name")
        return ranked.values_list("name", flat=True)


class Tea(models.Model):
    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)
    cents = models.PositiveIntegerField()
    stock = models.PositiveIntegerField(default=0)
    picture = models.ImageField(upload_to="teas", blank=True)

    objects = TeaQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tea", args=[self.slug])


class Order(models.Model):
    number = models.CharField(max_length=12, unique=True)
    user = models.ForeignKey("auth.User", models.SET_NULL, null=True, related_name="orders")
    email = models.EmailField()
    cents = models.PositiveIntegerField(default=0)
    invoice = models.FileField(upload_to="invoices", storage=private_files, blank=True)
    placed_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("order", args=[self.number])


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    tea = models.ForeignKey(Tea, models.PROTECT)
    pieces = models.PositiveIntegerField()
    cents = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.pieces} × {self.tea}"


class CartLine(models.Model):
    """`cart` is the id of a cart, which its session knows."""

    cart = models.CharField(max_length=40)
    tea = models.ForeignKey(Tea, models.CASCADE)
    pieces = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["tea__name"]
        constraints = [models.UniqueConstraint(fields=["cart", "tea"], name="one_line_for_each_tea")]

    def __str__(self) -> str:
        return f"{self.pieces} × {self.tea}"

    @property
    def cents(self) -> int:
        return self.pieces * self.tea.cents
