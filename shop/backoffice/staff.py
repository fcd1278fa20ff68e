"""Groups of rights for staff, and what other apps register and the backoffice does not show."""

from typing import Any

from allauth.account.admin import EmailAddress  # registered by that module
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from shop.backoffice.lists import FlatAdmin

admin.site.unregister(Group)
admin.site.unregister(EmailAddress)  # kept in step by signing in and by the account's own pages


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, FlatAdmin):  # type: ignore[misc]
    list_display = ("name",)
    search_fields = ("name",)

    # Who may change a group may give its members, and so themselves, any right.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)
