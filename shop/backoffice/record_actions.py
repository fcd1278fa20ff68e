"""What can be done on the page of a record. The markup is the theme's."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.enums import ActionVariant

ACTION = """<li class="border select-none max-lg:-mt-px max-lg:first:rounded-t-default \
max-lg:last:rounded-b-default min-lg:-ml-px min-lg:first:rounded-l-default min-lg:last:rounded-r-default {}">\
<a href="{}" class="cursor-pointer flex grow items-center gap-2 px-3 py-2 text-left whitespace-nowrap"{}>\
<span class="material-symbols-outlined" aria-hidden="true">{}</span> {}</a></li>"""
VARIANTS = {
    ActionVariant.PRIMARY: "border-primary-700 bg-primary-600 text-white dark:border-primary-500",
    ActionVariant.DANGER: "border-red-700 bg-red-600 text-white dark:border-red-500",
    ActionVariant.DEFAULT: "border-base-200 hover:text-primary-600 dark:hover:text-primary-500 dark:border-base-700",
}
DIALOG = {"hx-target": "#modal-content", "hx-select": "#dialog", "x-on:htmx:after-on-load": "openModal = true"}


def actions(admin: ModelAdmin, request: HttpRequest, row: Model, context: dict[str, Any]) -> SafeString:
    """Return the links to the row's history, to its page in the shop, and to what may be done with it now.

    `context`: of the page; its filters of the list are kept.
    """
    key = str(row.pk)
    offered = admin._get_actions_navigation(admin.actions_detail, admin.get_actions_detail(request, key), key)
    usual = () if context["is_popup"] else _usual(admin, row, context)
    return mark_safe("".join([*usual, *map(_of_theme, offered)]))  # noqa: S308 - of escaped parts


def _usual(admin: ModelAdmin, row: Model, context: dict[str, Any]) -> Iterator[SafeString]:
    history = reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_history", args=[quote(row.pk)])
    yield _action(_("History"), add_preserved_filters(context, history), "history")
    if address := admin.get_view_on_site_url(row):
        yield _action(_("View on site"), address, "open_in_new", {"target": "_blank"})


def _of_theme(action: dict[str, Any]) -> SafeString:
    """An action as the theme describes it; one with a dialog opens it over the page, and is a page by itself without
    JavaScript.
    """
    more = {**(action["attrs"] or {}), **({"hx-get": action["path"], **DIALOG} if action["dialog"] else {})}
    return _action(action["title"], action["path"], action["icon"], more, action["variant"])


def _action(
    title: Any,
    link: str,
    icon: str,
    more: dict[str, Any] | None = None,
    variant: ActionVariant = ActionVariant.DEFAULT,
) -> SafeString:
    return format_html(ACTION, VARIANTS[variant], link, flatatt(more or {}), icon, title)
