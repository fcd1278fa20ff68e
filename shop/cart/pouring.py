"""Moving what is in a guest's cart into a user's, at sign-in. What the user's cart held already comes first."""

from django.db import connection

from shop.cart.models import MAX_LINES, MAX_QUANTITY, Cart

POUR = """
INSERT INTO cart_cartline (cart_id, variant_id, quantity, created_at)
SELECT %s, variant_id, quantity, created_at FROM cart_cartline WHERE cart_id = %s ORDER BY id
ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = LEAST(cart_cartline.quantity + EXCLUDED.quantity, %s)
"""


def pour(source: Cart, target: Cart) -> None:
    """Add one cart's lines, as many as fit, its voucher and its gift card to another; within the locks on both."""
    with connection.cursor() as cursor:
        cursor.execute(POUR, [target.pk, source.pk, MAX_QUANTITY])
    surplus = list(target.lines.order_by("id").values_list("pk", flat=True)[MAX_LINES:])
    if surplus:
        target.lines.filter(pk__in=surplus).delete()
    if source.voucher_id:
        Cart.objects.filter(pk=target.pk, voucher=None).update(voucher=source.voucher_id)
    if source.gift_card_id:
        Cart.objects.filter(pk=target.pk, gift_card=None).update(gift_card=source.gift_card_id)
