"""Admin pages as a browser meets them: read the form, change some fields, send all of it."""

import re
from html.parser import HTMLParser

from django.urls import reverse


class Form(HTMLParser):
    """The fields of a page with their values, as a browser would send them."""

    def __init__(self, html):
        super().__init__()
        self.values = {}
        self._select = self._textarea = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        name, kind = facts.get("name"), facts.get("type", "text")
        if tag == "input" and name and kind not in ("submit", "file", "button"):
            if kind not in ("checkbox", "radio") or "checked" in facts:
                self.values[name] = facts.get("value") or ("on" if kind == "checkbox" else "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in facts:
            self.values[self._select] = facts.get("value", "")
        elif tag == "textarea":
            self._textarea = name
            self.values[name] = ""

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data):
        if self._textarea:
            self.values[self._textarea] += data


def address(model, page="changelist", *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def change_page(row):
    return address(type(row), "change", row.pk)


def read(browser, url):
    answer = browser.get(url)
    assert answer.status_code == 200, answer.status_code
    form = re.search(r'<form [^>]*id="\w+_form".*?</form>', answer.content.decode(), re.DOTALL)
    return Form(form.group()).values


def save(browser, url, **changes):
    """Send the form of a page with these fields changed; None leaves a field out, as an unticked box is."""
    sent = {**read(browser, url), **{name.replace("__", "-"): value for name, value in changes.items()}}
    return browser.post(url, {name: value for name, value in sent.items() if value is not None})


def problems(answer):
    """The text of a page that came back because something was wrong with it."""
    assert answer.status_code == 200, f"it was saved: {answer.status_code}"
    return re.sub(r"\s+", " ", answer.content.decode())
