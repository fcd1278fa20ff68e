from django.db import models


class Placement(models.Model):
    """A published product in a category whose list it is in: its own, or one above.

    A trigger writes these rows with each change of a product, in the same transaction (migration 0005), from its
    `facets`; nothing else does. `published_at` is the product's, also where that is still to come.
    """

    pk = models.CompositePrimaryKey("product_id", "category_id")
    product_id = models.BigIntegerField()
    category_id = models.BigIntegerField()
    published_at = models.DateTimeField()

    class Meta:
        indexes = [
            # a category's list by "newest", and what goes well with a product
            models.Index(
                models.F("category_id"),
                models.F("published_at").desc(),
                models.F("product_id").desc(),
                name="placement_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"product {self.product_id} in category {self.category_id}"
