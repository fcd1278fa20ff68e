"""Accounts of customers and staff, their addresses and their phones."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import StackedInline
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from shop.accounts import address_book
from shop.accounts.models import Address, RefreshFamily, RefreshFamilyQuerySet, User
from shop.backoffice.lists import FlatAdmin, LatestInline, RecordAdmin, RecordInline
from shop.backoffice.pills import pill
from shop.orders.models import Order

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


class NewUserForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


class ExistingUserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


class AddressForm(ModelForm):  # type: ignore[type-arg]
    def save(self, commit: bool = True) -> Address:
        address: Address = super().save(commit=False)
        return address_book.save(address=address) if commit else address


class AddressInline(StackedInline):
    model = Address
    form = AddressForm
    extra = 0
    fields = (
        ("name", "company"),
        ("line1", "line2"),
        ("postal_code", "city"),
        ("region", "country"),
        ("phone", "is_default"),
    )


class OrderInline(LatestInline):
    """The latest orders of an account."""

    model = Order
    of = "user"
    latest = ("-placed_at",)
    shown = 20
    fields = ("number", "placed_at", "state", "total", "currency")
    readonly_fields = fields
    show_change_link = True


class DeviceInline(RecordInline):
    model = RefreshFamily
    fields = ("device", "created_at", "rotated_at", "expires_at", "revoked_at")
    readonly_fields = fields


@admin.register(User)
class UserAdmin(DjangoUserAdmin, FlatAdmin):  # type: ignore[misc, type-arg]
    """Only a superuser gives rights, or touches staff: with a colleague's new password come the colleague's rights."""

    form = ExistingUserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    inlines = (AddressInline, OrderInline, DeviceInline)
    list_display = ("email", "name", "is_staff", "is_active", "date_joined", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "name")
    search_help_text = _("The beginning of an e-mail address")
    ordering = ("-id",)
    filter_horizontal = ()
    autocomplete_fields = ("groups",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": (("email", "name"), "password", "is_active", ("date_joined", "last_login"))}),
        (_("Staff rights"), {"classes": ("collapse",), "fields": (("is_staff", "is_superuser"), "groups")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> Any:
        return self.inlines if obj else ()

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[User]", search_term: str
    ) -> "tuple[QuerySet[User], bool]":
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(email__iexact=term) if "@" in term else queryset.filter(email__istartswith=term), False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        return tuple(fields) if getattr(request.user, "is_superuser", False) else (*fields, *RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)


def _may_touch(request: HttpRequest, obj: Model | None) -> bool:
    has_rights = getattr(obj, "is_staff", False) or getattr(obj, "is_superuser", False)
    return not has_rights or bool(getattr(request.user, "is_superuser", False))


@admin.register(Address)
class AddressAdmin(FlatAdmin):
    list_display = ("name", "line1", "postal_code", "city", "country", "user")
    list_select_related = ("user",)
    search_fields = ("name",)
    ordering = ("-id",)
    autocomplete_fields = ("user",)
    fieldsets = (
        (None, {"fields": ("user", ("name", "company"), ("line1", "line2"), ("postal_code", "city"))}),
        (None, {"fields": (("region", "country"), ("phone", "is_default"))}),
    )

    def save_model(self, request: HttpRequest, obj: Address, form: Any, change: bool) -> None:
        address_book.save(address=obj)


@admin.register(RefreshFamily)
class DeviceAdmin(RecordAdmin):
    """Phones that are signed in through the API."""

    list_display = ("user", "device", "created_at", "rotated_at", "expires_at", "state")
    list_select_related = ("user",)
    ordering = ("-created_at",)
    actions = ("sign_out",)
    readonly_fields = ("state",)
    fieldsets = (
        (None, {"fields": (("user", "device", "state"), ("created_at", "rotated_at", "expires_at", "revoked_at"))}),
    )

    @display(description=_("state"))
    def state(self, family: RefreshFamily) -> SafeString:
        over = family.revoked_at or family.expires_at < timezone.now()
        return pill("over", _("ended")) if over else pill("good", _("signed in"))

    @action(description=_("Sign these devices out"), permissions=["change"])
    def sign_out(self, request: HttpRequest, queryset: RefreshFamilyQuerySet) -> None:
        count = queryset.revoke()
        done = ngettext("%(count)d device was signed out.", "%(count)d devices were signed out.", count)
        messages.success(request, done % {"count": count})
