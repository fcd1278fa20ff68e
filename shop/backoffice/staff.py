"""Groups of rights for staff, and what other apps register and the backoffice does not show."""

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group

from shop.backoffice.lists import FlatAdmin

admin.site.unregister(Group)
admin.site.unregister(EmailAddress)  # kept in step by signing in and by the account's own pages


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, FlatAdmin):  # type: ignore[misc]
    list_display = ("name",)
    search_fields = ("name",)
