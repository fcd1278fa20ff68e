"""The address book."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shop.accounts import address_book
from shop.accounts.models import Address
from shop.storefront.forms import AddressForm
from shop.storefront.shopper import MemberRequest


@require_safe
@login_required
@never_cache
def addresses(request: MemberRequest) -> HttpResponse:
    own = Address.objects.filter(user=request.user)
    return render(request, "account/addresses.html", {"addresses": own})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: MemberRequest) -> HttpResponse:
    return _edit(request, Address(user=request.user, country=settings.SHOP_COUNTRY))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit(request: MemberRequest, address_id: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Address, pk=address_id, user=request.user))


@require_POST
@login_required
@never_cache
def remove(request: MemberRequest, address_id: int) -> HttpResponse:
    Address.objects.filter(pk=address_id, user=request.user).delete()
    messages.success(request, _("The address is removed."))
    return redirect("account_addresses")


def _edit(request: MemberRequest, address: Address) -> HttpResponse:
    form = AddressForm(request.POST or None, instance=address)
    if request.method == "POST" and form.is_valid():
        address_book.save(address=form.save(commit=False))
        messages.success(request, _("The address is saved."))
        return redirect("account_addresses")
    return render(request, "account/address.html", {"form": form, "address": address if address.pk else None})
