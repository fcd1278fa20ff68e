"""Fill in the forms of a page as a browser without JavaScript does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form: where it goes, and the values a browser would send if nobody touched it."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)

    def filled(self, **values: str) -> dict[str, str]:
        return {**self.values, **values}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif self.forms and tag == "input":
            self._input(given)
        elif tag == "select":
            self._select = given.get("name", "")
        elif self.forms and tag == "option" and self._select:
            self._option(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""

    def _input(self, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name", "")
        unchecked = kind in {"radio", "checkbox"} and "checked" not in given
        if name and not unchecked and kind not in {"submit", "button"}:
            self.forms[-1].values[name] = given.get("value", "")

    def _option(self, given: dict[str, str]) -> None:
        values = self.forms[-1].values
        if self._select not in values or "selected" in given:
            values[self._select] = given.get("value", "")


def form(html: str, action: str) -> Form:
    """Return the page's form with this action. Raises LookupError if there is none."""
    reader = _Reader()
    reader.feed(html)
    for found in reader.forms:
        if found.action == action:
            return found
    raise LookupError(f"no form goes to {action}: {[found.action for found in reader.forms]}")
