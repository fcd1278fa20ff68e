"""Fill in the forms of a page as a browser without JavaScript does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Form:
    """A form: where it goes, and the values a browser would send if nobody touched it; a list for several of a name."""

    action: str
    method: str
    id: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def filled(self, **values: str) -> dict[str, Any]:
        return {**self.values, **values}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = self._textarea = ""
        self._may_be_none = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = given.get("method", "get").lower()
            self.forms.append(Form(given.get("action", ""), method, given.get("id", "")))
        elif self.forms and tag == "input":
            self._input(given)
        elif tag == "select":
            self._select, self._may_be_none = given.get("name", ""), "multiple" in given
        elif self.forms and tag == "textarea":
            self._textarea = given.get("name", "")
            self.forms[-1].values[self._textarea] = ""
        elif self.forms and tag == "option" and self._select:
            self._option(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.forms[-1].values[self._textarea] += data

    def _input(self, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name", "")
        box = kind in {"radio", "checkbox"}
        if name and kind not in {"submit", "button", "file"} and (not box or "checked" in given):
            self.forms[-1].values[name] = given.get("value", "on" if box else "")

    def _option(self, given: dict[str, str]) -> None:
        values = self.forms[-1].values
        if self._may_be_none and "selected" in given:
            values[self._select] = [*values.get(self._select, []), given.get("value", "")]
        elif not self._may_be_none and ("selected" in given or self._select not in values):
            values[self._select] = given.get("value", "")


def forms(html: str) -> list[Form]:
    """Return all forms of a page, in their order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def form(html: str, action: str) -> Form:
    """Return the page's form with this action. Raises LookupError if there is none."""
    found = forms(html)
    for each in found:
        if each.action == action:
            return each
    raise LookupError(f"no form goes to {action}: {[each.action for each in found]}")


def form_named(html: str, name: str) -> Form | None:
    """Return the page's form with this id."""
    return next((each for each in forms(html) if each.id == name), None)
