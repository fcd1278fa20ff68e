"""A user's addresses, of which at most one comes first."""

from django.db import transaction

from shop.accounts.models import Address, User


def save(*, address: Address) -> Address:
    """Store an address in its own transaction. A new default replaces the one before; a first address becomes it."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=address.user_id)  # two saves at once must not both become the default
        others = Address.objects.filter(user_id=address.user_id).exclude(pk=address.pk)
        address.is_default = address.is_default or not others.filter(is_default=True).exists()
        if address.is_default:
            others.filter(is_default=True).update(is_default=False)
        address.save()
    return address
