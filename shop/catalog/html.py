"""Descriptions that merchants bring: arbitrary HTML in, safe HTML or plain text out."""

import re
from html import unescape

import nh3

TAGS = {
    *(
        "a",
        "b",
        "blockquote",
        "br",
        "caption",
        "code",
        "dd",
        "div",
        "dl",
        "dt",
        "em",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
    ),
    *("i", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th"),
    *("thead", "tr", "u", "ul"),
}
ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}


def sanitized(html: str) -> str:
    """Return HTML with nothing left that runs, loads or styles. Pictures, frames and forms go; text stays."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"}).strip()


def plain_text(html: str) -> str:
    """Return the text of HTML on one line, for search and search engines."""
    spaced = re.sub(r"<(/?)(p|br|li|div|h\d|tr)\b", r" <\1\2", html)
    return re.sub(r"\s+", " ", unescape(nh3.clean(spaced, tags=set()))).strip()
