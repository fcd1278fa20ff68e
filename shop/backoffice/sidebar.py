"""The sidebar: where a member of staff may go, and where they are."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shop.backoffice.counting import counted
from shop.backoffice.to_do import dead_letters
from shop.backoffice.unfold import FLOOR, GROUPS

COUNTED = 99  # dead letters, for the number beside their entry
LETTERS = "platform.deadletter"

# The theme's markup of a group and of an entry
GROUP = """<div class="hidden mb-1.5 has-[ol]:has-[li]:block">{rule}\
<h2 class="font-semibold flex flex-row group items-center mb-1 mx-3 py-1.5 px-3 select-none \
text-font-important-light text-sm dark:text-font-important-dark">{title}</h2>\
<ol class="flex flex-col gap-0.5 px-6">{entries}</ol></div>"""
RULE = SafeString('<hr class="border-t border-base-200 mx-6 my-2 dark:border-base-800">')
ENTRY = """<li><a href="{path}" class="flex h-[38px] items-center -mx-3 px-3 rounded-default \
hover:text-primary-600 dark:hover:text-primary-500{css}"{current}>\
<span class="material-symbols-outlined md-18 mr-3 w-[18px]" aria-hidden="true">{icon}</span><span>{title}</span>"""
HERE = " bg-base-100 font-semibold text-primary-600 dark:bg-white/[.06] dark:text-primary-500 active"
BADGE = """<span class="font-semibold h-[18px] leading-[18px] ml-2 px-1 relative rounded-xs text-center text-[11px] \
whitespace-nowrap uppercase min-w-[18px] bg-red-100 text-red-700 dark:bg-red-500/20 dark:text-red-400">{}</span>"""


class Entry(NamedTuple):
    """`rights`: one of them is enough; none: for everybody. `away`, `here`: its HTML elsewhere and on its own pages."""

    path: str
    rights: tuple[str, ...]
    away: str
    here: str
    counts_letters: bool


def sidebar(request: HttpRequest) -> SafeString:
    """Return the groups that hold something this member of staff may see."""
    made, rule = [], ""
    for title, entries in _groups(get_language()):
        shown = "".join(_shown(request, entries))
        if shown:
            made.append(GROUP.format(rule=rule, title=title, entries=shown))
            rule = RULE
    return mark_safe("".join(made))  # noqa: S308 - of escaped parts


def _shown(request: HttpRequest, entries: tuple[Entry, ...]) -> Iterator[str]:
    user, here = request.user, request.path
    for path, rights, away, current, counts_letters in entries:
        if not rights or any(user.has_perm(right) for right in rights):
            is_here = path in here if rights else path == here
            yield (current if is_here else away) + (_badge() if counts_letters else "") + "</a></li>"


def _badge() -> str:
    (count,) = counted(dead_letters, most=COUNTED + 1)
    return format_html(BADGE, f"{COUNTED}+" if count > COUNTED else count) if count else ""


@cache  # per-pod: texts of a language
def _groups(_language: str) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    title, icon = FLOOR
    floor = (_("Shop floor"), (_entry(title, icon, reverse("admin:index"), ()),))
    return (floor, *((conditional_escape(title), tuple(map(_of_model, entries))) for title, entries in GROUPS))


def _of_model(entry: tuple[Any, str, str]) -> Entry:
    title, icon, model = entry
    app, name = model.split(".")
    rights = (f"{app}.view_{name}", f"{app}.change_{name}")
    return _entry(title, icon, reverse(f"admin:{app}_{name}_changelist"), rights, counts_letters=model == LETTERS)


def _entry(title: Any, icon: str, path: str, rights: tuple[str, ...], *, counts_letters: bool = False) -> Entry:
    away = format_html(ENTRY, path=path, css="", current="", icon=icon, title=title)
    here = format_html(ENTRY, path=path, css=HERE, current=SafeString(' aria-current="page"'), icon=icon, title=title)
    return Entry(path, rights, away, here, counts_letters)
