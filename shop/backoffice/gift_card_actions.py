"""What staff may do with a gift card, by buttons on its page. Each is written into the card's history."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from shop.backoffice.gift_card_form import CorrectForm
from shop.backoffice.lists import RecordAdmin
from shop.backoffice.note_dialog import dialog
from shop.backoffice.order_actions import back_to, filled_in
from shop.errors import ShopError
from shop.payments import gift_cards
from shop.payments.models import GiftCard

PAGE = "admin:payments_giftcard_change"


class GiftCardActions(RecordAdmin):
    actions_detail = ("correct", "disable", "enable")

    def has_disable_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_switch(request, object_id, is_disabled=False)

    def has_enable_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_switch(request, object_id, is_disabled=True)

    def has_correct_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("payments.correct_giftcard") and _asked_for(request, object_id) is not None

    def _may_switch(self, request: HttpRequest, object_id: Any, *, is_disabled: bool) -> bool:
        """Offer what makes a difference; an old page's button changes nothing."""
        card = _asked_for(request, object_id) if self.has_change_permission(request) else None
        return card is not None and (request.method == "POST" or bool(card.disabled_at) == is_disabled)

    @action(
        description=_("Disable"),
        url_path="disable",
        permissions=["disable"],
        icon="block",
        variant=ActionVariant.DANGER,
        dialog=dialog(
            _("Disable the gift card"),
            _("From now on nobody can pay with it. What is on it stays, and what orders give back still comes to it."),
            _("Disable"),
        ),
    )
    def disable(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._done(request, form, gift_cards.disable(card_id=int(object_id)), _("Disabled."))

    @action(
        description=_("Enable"),
        url_path="enable",
        permissions=["enable"],
        icon="check_circle",
        dialog=dialog(
            _("Enable the gift card"), _("What is on it can be spent again, unless it has expired."), _("Enable")
        ),
    )
    def enable(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._done(request, form, gift_cards.enable(card_id=int(object_id)), _("Enabled."))

    @action(
        description=_("Correct the balance"),
        url_path="correct",
        permissions=["correct"],
        icon="balance",
        dialog=dialog(
            _("Correct the balance"),
            _("Say what is to be on the card, and why. Its ledger keeps both."),
            _("Correct"),
            form=CorrectForm,
        ),
    )
    def correct(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        try:
            card = gift_cards.correct(card_id=int(object_id), actor=str(request.user), **filled_in(form))
        except ShopError as error:
            messages.error(request, str(error.message))
            return back_to(request, PAGE, object_id)
        return self._done(request, form, card, _("The balance was corrected."))

    def _done(self, request: HttpRequest, form: Any, card: GiftCard, done: Any) -> HttpResponse:
        self.log_change(request, card, f"{done} {form.cleaned_data['note']}".strip())
        messages.success(request, done)
        return back_to(request, PAGE, str(card.pk))


def _asked_for(request: HttpRequest, object_id: Any) -> GiftCard | None:
    """Return the card of the page, or of an action's address, which anybody may have typed."""
    card: GiftCard | None = getattr(request, "record", None)
    if card is None and str(object_id).isdecimal():
        card = GiftCard.objects.filter(pk=object_id).first()
    return card
