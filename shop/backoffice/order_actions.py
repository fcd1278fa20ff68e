"""What staff may do with an order, by buttons on its page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from shop.backoffice.lists import RecordAdmin
from shop.backoffice.note_dialog import RequiredNoteForm, dialog
from shop.backoffice.parcel_form import ParcelForm, ShipForm
from shop.errors import ShopError
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import services as payments


class OrderActions(RecordAdmin):
    def has_mark_paid_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_become(request, object_id, Order.State.PAID)

    def has_ship_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_become(request, object_id, Order.State.SHIPPED)

    def has_cancel_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_become(request, object_id, Order.State.CANCELLED)

    def has_note_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_change_permission(request) and _asked_for(request, object_id) is not None

    def has_track_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        order = _asked_for(request, object_id) if self.has_change_permission(request) else None
        return order is not None and order.state == Order.State.SHIPPED

    def _may_become(self, request: HttpRequest, object_id: Any, state: Order.State) -> bool:
        """Offer only what the order's state allows; an old page's button gets the refusal as a message."""
        order = _asked_for(request, object_id) if self.has_change_permission(request) else None
        return order is not None and (request.method == "POST" or order.can_become(state))

    @action(
        description=_("Mark paid"),
        url_path="mark-paid",
        permissions=["mark_paid"],
        icon="paid",
        variant=ActionVariant.PRIMARY,
        dialog=dialog(_("Mark as paid"), _("The money has arrived. The customer gets a mail."), _("Mark paid")),
    )
    def mark_paid(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._do(request, form, object_id, payments.receive)

    @action(
        description=_("Ship"),
        url_path="ship",
        permissions=["ship"],
        icon="local_shipping",
        variant=ActionVariant.PRIMARY,
        dialog=dialog(_("Ship"), _("The parcel has left. The customer gets a mail."), _("Ship"), form=ShipForm),
    )
    def ship(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._do(request, form, object_id, orders.ship)

    @action(
        description=_("Tracking"),
        url_path="tracking",
        permissions=["track"],
        icon="local_shipping",
        dialog=dialog(_("Tracking"), _("What the customer's page says of the parcel."), _("Save"), form=ParcelForm),
    )
    def track(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._do(request, form, object_id, orders.track)

    @action(
        description=_("Cancel"),
        url_path="cancel",
        permissions=["cancel"],
        icon="cancel",
        variant=ActionVariant.DANGER,
        dialog=dialog(
            _("Cancel the order"),
            _(
                "The pieces go back into stock, open payments end, a gift card has its part back, and the customer "
                "gets a mail."
            ),
            _("Cancel the order"),
        ),
    )
    def cancel(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._do(request, form, object_id, payments.cancel_order)

    @action(
        description=_("Add a note"),
        url_path="note",
        permissions=["note"],
        icon="edit_note",
        dialog=dialog(
            _("Add a note"),
            _("For the order's history. The customer does not see it."),
            _("Add"),
            form=RequiredNoteForm,
        ),
    )
    def add_note(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        orders.note(order_id=int(object_id), text=form.cleaned_data["note"], actor=str(request.user))
        return back_to(request, "admin:orders_order_change", object_id)

    def _do(self, request: HttpRequest, form: Any, object_id: str, verb: Any) -> HttpResponse:
        try:
            order = verb(order_id=int(object_id), actor=str(request.user), **filled_in(form))
        except ShopError as error:
            messages.error(request, str(error.message))
        else:
            done = _("Order %(number)s is %(state)s.") % {"number": order.number, "state": order.get_state_display()}
            messages.success(request, done)
        return back_to(request, "admin:orders_order_change", object_id)


def filled_in(form: Any) -> dict[str, Any]:
    """What a dialog was filled in with, but for the theme's own mark."""
    return {name: value for name, value in form.cleaned_data.items() if not name.startswith("_")}


def _asked_for(request: HttpRequest, object_id: Any) -> Order | None:
    """Return the order of the page, or of an action's address, which anybody may have typed."""
    order: Order | None = getattr(request, "record", None)
    if order is None and str(object_id).isdecimal():
        order = Order.objects.filter(pk=object_id).only("state").first()
    return order


def back_to(request: HttpRequest, page: str, object_id: str) -> HttpResponse:
    """Open the row's page again, also from a dialog, which htmx sends."""
    address = reverse(page, args=[object_id])
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
