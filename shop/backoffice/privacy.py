"""Requests of customers about their data, which come in writing: a guest's, or of somebody who cannot sign in.

Who answers one has made sure that the address is theirs. What was done stays here, without saying whose data it was.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminRadioSelectWidget, UnfoldBooleanWidget

from shop.backoffice.lists import IssuedAdmin, LatestInline
from shop.backoffice.pills import pill
from shop.errors import ShopError
from shop.privacy import erasure, export
from shop.privacy.models import Erased, Request
from shop.privacy.person import of_address

CHOICES = (
    (Request.Kind.EXPORT, _("A copy of their data")),
    (Request.Kind.ERASURE, _("Their data to be erased")),
)


class RequestForm(forms.ModelForm):  # type: ignore[type-arg]
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=UnfoldAdminEmailInputWidget(),
        help_text=_("Of who asks. Make sure that it is theirs, as by an answer to a mail that you send there."),
    )
    kind = forms.ChoiceField(
        label=_("What they ask for"),
        choices=CHOICES,
        initial=Request.Kind.EXPORT,
        widget=UnfoldAdminRadioSelectWidget(),
        help_text=_("The copy is a file that you send them. Erased is also the account with this address."),
    )
    sure = forms.BooleanField(
        label=_("Erase for good"),
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text=_("To erase, tick this: nobody can undo it."),
    )

    class Meta:
        model = Request
        fields = ["kind"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("kind") == Request.Kind.ERASURE and not values.get("sure"):
            raise ValidationError({"sure": _("Tick this if you are sure.")})
        return values


class ErasedInline(LatestInline):
    """Rows that were erased, or will be when they are not needed any more."""

    model = Erased
    of = "request"
    fields = ("what", "row", "done_at")
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("privacy.view_request")


@admin.register(Request)
class RequestAdmin(IssuedAdmin):
    form = RequestForm
    inlines = (ErasedInline,)
    list_display = ("created_at", "what", "by", "accounts", "orders", "mails", "status")
    list_filter = ("kind",)
    sorted_by_index = ()
    ordering = ("-id",)
    readonly_fields = ("what", "by", "status")
    fieldsets = ((None, {"fields": (("what", "status"), ("created_at", "by"), ("accounts", "orders", "mails"))}),)
    new_fieldsets = ((None, {"fields": ("email", "kind", "sure")}),)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Request]":
        rows: QuerySet[Request] = super().get_queryset(request)
        return rows.annotate(waits=Exists(Erased.objects.filter(request=OuterRef("pk"), done_at=None)))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("privacy.add_request")

    def has_change_permission(self, request: HttpRequest, obj: Request | None = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ShopError as error:
            messages.error(request, str(error.message))
            return redirect("admin:privacy_request_add")

    def save_model(self, request: HttpRequest, obj: Request, form: Any, change: bool) -> None:
        actor, email = str(request.user), form.cleaned_data["email"]
        if obj.kind == Request.Kind.ERASURE:
            done = erasure.erase_address(email=email, actor=actor)
        else:
            done = export.write_down(actor=actor)
            request.of = of_address(email)  # type: ignore[attr-defined]
        obj.pk, obj.accounts, obj.orders, obj.mails = done.pk, done.accounts, done.orders, done.mails

    def response_add(
        self, request: HttpRequest, obj: Request, post_url_continue: str | None = None
    ) -> HttpResponse | StreamingHttpResponse:
        if obj.kind == Request.Kind.EXPORT:
            headers = {"Content-Disposition": f'attachment; filename="{export.FILENAME}"', "Cache-Control": "no-store"}
            text = export.stream(request.of)  # type: ignore[attr-defined]
            return StreamingHttpResponse(text, content_type="application/json", headers=headers)
        if obj.accounts or obj.orders or obj.mails:
            said = _("Erased. Accounts: %(accounts)s, orders: %(orders)s, mails: %(mails)s.")
            messages.success(request, said % {"accounts": obj.accounts, "orders": obj.orders, "mails": obj.mails})
        else:
            messages.warning(request, _("Nothing was known of this address."))
        return redirect("admin:index" if not self.has_view_permission(request) else "admin:privacy_request_changelist")

    @display(description=_("what"))
    def what(self, request: Request) -> str:
        return str(Request.Kind(request.kind).label)

    @display(description=_("by"))
    def by(self, request: Request) -> str:
        return request.actor or str(_("the customer"))

    @display(description=_("state"))
    def status(self, request: Any) -> SafeString:
        return pill("placed", _("rest follows")) if request.waits else pill("done", _("done"))
