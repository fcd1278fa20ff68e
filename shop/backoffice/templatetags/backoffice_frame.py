"""What frames each page of the backoffice: its constant parts, the way here, and what can be done."""

from collections.abc import Iterator
from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.db.models import Model
from django.template import Context, RequestContext
from django.template.base import NodeList, Parser, Token
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language

from shop.backoffice.look import look

register = template.Library()

STAFF = {"user": {"is_staff": True}}  # whom the theme's search of everything is for; a page for others leaves it out

CRUMB = "align-middle inline-block leading-5 min-w-0 truncate tracking-tight"
THEN = SafeString(
    '<span class="material-symbols-outlined inline-block align-middle leading-5 mx-2 text-base-400 '
    'dark:text-base-500" aria-hidden="true">chevron_right</span>'
)


class OnceNode(template.Node):
    """Renders its content once for each language, of nothing but the settings: no request can leave anything in it."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.texts: dict[str, SafeString] = {}  # per-pod: constant texts, by language

    def render(self, context: Context) -> SafeString:
        language = get_language()
        if language not in self.texts:
            self.texts[language] = self.nodelist.render(context.new({**look(), "request": STAFF}))
        return self.texts[language]


@register.tag
def once(parser: Parser, _token: Token) -> OnceNode:
    """{% once %}...{% endonce %} holds what is the same on all pages of a language."""
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(nodelist)


@register.simple_tag(takes_context=True)
def way_back(context: RequestContext) -> str:
    """Where the arrow beside a row's title leads: its list, as it was when the row was opened. Elsewhere nowhere."""
    row, opts = context.get("object"), context.get("opts")
    if isinstance(row, Model):
        return _list_of(row._meta)
    if context.get("original") or context.get("adminform"):
        return add_preserved_filters(context, _list_of(opts))
    return ""


@register.simple_tag(takes_context=True)
def breadcrumbs(context: Context) -> SafeString:
    """The app, the list and the row of this page, each with its address, or the page's title."""
    opts = context.get("opts")
    title = capfirst(str(context.get("title", "")))
    crumbs = _crumbs(opts, context.get("original") or context.get("object")) if opts else [_crumb(title)]
    return format_html_join(THEN, "{}", ((crumb,) for crumb in crumbs))


def _crumbs(opts: Any, row: Any) -> Iterator[SafeString]:
    """A list that is called like its app is named once."""
    shown = row._meta if isinstance(row, Model) else opts
    app, rows = capfirst(str(opts.app_config.verbose_name)), capfirst(str(shown.verbose_name_plural))
    if app != rows:
        yield _crumb(app, reverse("admin:app_list", args=[opts.app_label]))
    yield _crumb(rows, _list_of(shown))
    if isinstance(row, Model):
        yield _crumb(str(row), reverse(f"admin:{shown.app_label}_{shown.model_name}_change", args=[row.pk]))


def _list_of(opts: Any) -> str:
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")


def _crumb(title: str, address: str = "") -> SafeString:
    if not address:
        return format_html('<span class="{}">{}</span>', CRUMB, title)
    return format_html('<a href="{}" class="{}">{}</a>', address, CRUMB, title)
