"""What holds for every template of the store: it is escaped, and all it says can be translated."""

from django.template import engines
from django.utils.translation import get_language, override
from django.utils.translation.template import templatize
from jinja2 import Environment, nodes

from shop.storefront.environment import Constants

ENGINE = engines["jinja2"]
OURS = [name for name in ENGINE.env.list_templates() if not name.startswith("en:django/")]


def said(name: str) -> list[str]:
    """What a template gives to gettext."""
    source = ENGINE.env.loader.get_source(ENGINE.env, name)[0]
    calls = Environment().parse(source).find_all(nodes.Call)
    return [call.args[0].value for call in calls if isinstance(call.node, nodes.Name) and call.node.name == "_"]


def test_what_a_page_is_given_is_escaped_and_what_is_escaped_already_is_not_escaped_twice():
    shown = ENGINE.from_string("{{ name }} {{ _('<b>%(name)s</b>')|safe|format(name=name) }}")
    assert shown.render({"name": "<i>"}) == "&lt;i&gt; <b>&lt;i&gt;</b>"


def test_makemessages_finds_all_that_the_pages_say():
    missing = []
    for name in OURS:
        source = ENGINE.env.loader.get_source(ENGINE.env, name)[0]
        found = templatize(source)
        missing += [(name, text) for text in said(name) if f'"{text}"' not in found and f"'{text}'" not in found]
    assert sum(len(said(name)) for name in OURS) > 100
    assert missing == []


def test_what_never_changes_is_written_into_the_template_for_each_language(monkeypatch):
    catalogs = {"en": "Home", "de": "Start <hier>"}
    monkeypatch.setitem(ENGINE.env.globals, "_", lambda text: catalogs[get_language()] if text == "Home" else text)
    for language, shown in (("en", "Home"), ("de", "Start &lt;hier&gt;")):
        with override(language):
            assert Constants(ENGINE.env).preprocess('{{ _("Home") }}', f"{language}:x.html") == shown
            said = f"{{{{ {shown.replace('&lt;', '<').replace('&gt;', '>')!r}|upper }}}}"
            assert Constants(ENGINE.env).preprocess('{{ _("Home")|upper }}', "without/a-language.html") == said
    assert Constants(ENGINE.env).preprocess('{{ url("cart") }}{{ url(name) }}', "en:x.html") == "/cart/{{ url(name) }}"


def test_the_parts_of_a_page_are_written_into_it_with_what_they_say():
    written = Constants(ENGINE.env).preprocess('<a>{% include "storefront/_header.html" %}</a>', "en:x.html")
    assert "{% include" not in written
    assert written.startswith('<a><header class="top">')
    assert written.endswith("</header></a>")
    assert 'aria-label="Your account and cart"' in written
    assert '<svg viewBox="0 0 48 48"' in written  # a part of that part
