"""Gift cards: issued by a form, watched in a list, and each with the ledger of its money. None is ever deleted."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from shop.accounts.models import User
from shop.backoffice.gift_card_actions import GiftCardActions
from shop.backoffice.gift_card_form import GiftCardForm
from shop.backoffice.gift_card_states import TONES, GiftCardStateFilter, outstanding
from shop.backoffice.lists import IssuedAdmin, LatestInline
from shop.backoffice.operations import NAMES
from shop.backoffice.pills import pill
from shop.money import Money
from shop.payments import gift_cards
from shop.payments.models import GiftCard, GiftCardEntry

FOUR = 4  # characters of a code that staff know
LOST = _(
    "It is kept nowhere, so nobody can show it or send it again. Is it lost? Disable this card, and issue another for "
    "what is left."
)


class EntryInline(LatestInline):
    """The latest movements of the card's money."""

    model = GiftCardEntry
    of = "card"
    fields = ("created_at", "kind", "sum", "order", "actor", "note")
    readonly_fields = fields
    verbose_name_plural = _("what happened to its money")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[GiftCardEntry]":
        return super().get_queryset(request).select_related("card", "payment__order")

    @display(description=_("amount"))
    def sum(self, entry: GiftCardEntry) -> SafeString:
        sign = "\N{MINUS SIGN}" if entry.amount < 0 else "+"
        amount = Money(abs(entry.amount), entry.card.currency).display()
        return format_html('<span class="bo-figure">{}{}</span>', sign, amount)

    @display(description=_("order"))
    def order(self, entry: GiftCardEntry) -> SafeString | str:
        if entry.payment is None:
            return "-"
        address = reverse("admin:orders_order_change", args=[entry.payment.order_id])
        return format_html('<a class="bo-link" href="{}">{}</a>', address, entry.payment.order.number)


@admin.register(GiftCard)
class GiftCardAdmin(GiftCardActions, IssuedAdmin):
    """Nobody sees a code but who issues the card, once: it is kept nowhere."""

    form = GiftCardForm
    inlines = (EntryInline,)
    list_display = ("name", "left", "status", "email", "until", "created_at")
    list_filter = (GiftCardStateFilter,)
    search_fields = ("last_four",)
    search_help_text = _("The last four characters of its code")
    ordering = ("-id",)
    readonly_fields = ("name", "left", "status", "until", "code")
    list_before_template = "backoffice/outstanding.html"
    fieldsets = (
        (None, {"fields": (("name", "status"), ("left", "until"), "code")}),
        (_("Issued"), {"fields": (("email", "message"), ("issued_by", "created_at"), "order")}),
    )
    new_fieldsets = ((None, {"fields": ("amount", "expires_at", "email", "message", "note", "seen")}),)

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[GiftCard]", search_term: str
    ) -> "tuple[QuerySet[GiftCard], bool]":
        term = search_term.strip().lstrip("…").upper()
        if not term:
            return queryset, False
        return (queryset.filter(last_four=term) if len(term) == FOUR else queryset.none()), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"outstanding": outstanding(), **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.add_giftcard")

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)  # a class of its own for each request
        form.issuer = request.user
        return form

    def save_model(self, request: HttpRequest, obj: GiftCard, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - of staff
        facts = {name: form.cleaned_data[name] for name in ("amount", "email", "message", "expires_at", "note")}
        issued = gift_cards.issue(issued_by=request.user, actor=str(request.user), **facts)
        obj.pk, obj.last_four = issued.card.pk, issued.card.last_four
        request.issued = issued  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: GiftCard, post_url_continue: str | None = None) -> HttpResponse:
        """Show the code, this once: the message travels in a cookie of this browser, and is stored nowhere."""
        issued = request.issued  # type: ignore[attr-defined]
        told = _("Write this code down now, as nobody can show it again: %(code)s")
        code = format_html('<strong class="bo-code">{}</strong>', issued.code)
        messages.success(request, SafeString(told % {"code": code}))
        if issued.card.email:
            messages.info(request, _("A mail brings it to %(email)s, too.") % {"email": issued.card.email})
        if not self.has_view_or_change_permission(request, obj):
            return redirect("admin:index")
        return redirect("admin:payments_giftcard_change", obj.pk)

    @display(description=_("card"))
    def name(self, card: GiftCard) -> str:
        return str(card)

    @display(description=_("code"))
    def code(self, card: GiftCard) -> SafeString:
        """What became of it, as whoever lost it asks staff."""
        mail = gift_cards.mail_of(card)
        if mail is None:
            return format_html('<span class="bo-said">{}</span>', LOST)
        said = _("The mail with it: %(state)s.") % {"state": NAMES[mail.state]}
        return format_html('<span class="bo-said">{}<br>{}</span>', said, LOST)

    @display(description=_("left"))
    def left(self, card: GiftCard) -> SafeString:
        said = _("%(balance)s of %(issued)s") % {"balance": card.money.display(), "issued": card.issued_money.display()}
        bar = '<progress class="bo-uses" value="{}" max="{}" aria-hidden="true"></progress>'
        return format_html(f'<span class="bo-when">{{}}</span>{bar}', said, card.balance, card.issued)

    @display(description=_("state"))
    def status(self, card: GiftCard) -> SafeString:
        return pill(TONES[card.state], card.state.label)

    @display(description=_("valid until"))
    def until(self, card: GiftCard) -> str:
        return date_format(localtime(card.expires_at), "DATE_FORMAT") if card.expires_at else "-"
