"""Admin pages as a browser meets them: read the form, change some fields, send all of it."""

import re

from django.urls import reverse

from prove.forms import forms


def address(model, page="changelist", *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def change_page(row):
    return address(type(row), "change", row.pk)


def read(browser, url):
    answer = browser.get(url)
    assert answer.status_code == 200, answer.status_code
    return typed(answer.content.decode())


def typed(page):
    """What the form of a page sends if nobody touches it."""
    return next(form.values for form in forms(page) if form.id.endswith("_form"))


def save(browser, url, **changes):
    """Send the form of a page with these fields changed; None leaves a field out, as an unticked box is."""
    sent = {**read(browser, url), **{name.replace("__", "-"): value for name, value in changes.items()}}
    return browser.post(url, {name: value for name, value in sent.items() if value is not None})


def problems(answer):
    """The text of a page that came back because something was wrong with it."""
    assert answer.status_code == 200, f"it was saved: {answer.status_code}"
    return re.sub(r"\s+", " ", answer.content.decode())


def nowhere(page):
    """The names by which a page's elements say what describes, names or belongs to them, and that are not on it."""
    named = re.findall(r'aria-(?:describedby|labelledby|controls)="([^"]*)"', page)
    there = set(re.findall(r'\sid="([^"]*)"', page))
    return {name for names in named for name in names.split()} - there - {"dialog-title"}  # comes with a dialog


def nameless(page):
    """The fields that nothing names for those who do not see them. The theme's own search has a placeholder only."""
    fields = re.findall(r'<(?:input(?![^>]*type="(?:hidden|submit)")|select|textarea)\b[^>]*>', page)
    labelled = {*re.findall(r'<label[^>]*\sfor="([^"]*)"', page), "search-input-command"}
    unnamed = [field for field in fields if "aria-label" not in field and " disabled" not in field]
    ids = {field: re.search(r'\sid="([^"]*)"', field) for field in unnamed}
    return {field for field, found in ids.items() if not (found and found[1] in labelled)}
