"""Widgets that the store renders itself."""

from django import forms

from shop.storefront.widgets import LongSelect


class Choice(forms.Form):
    pick = forms.ChoiceField(choices=[("", "-"), ("a", "A & B"), ("b", "<b>")], widget=LongSelect(attrs={"class": "x"}))


def test_a_long_select_says_what_django_s_own_says():
    own = forms.Select(attrs={"class": "x"}, choices=Choice.base_fields["pick"].choices)
    ours = Choice(initial={"pick": "b"})["pick"].as_widget(attrs={"id": "id_pick"})
    parts = own.render("pick", "b", {"id": "id_pick", "required": True})
    assert sorted(words(ours)) == sorted(words(parts))


def words(html: str) -> list[str]:
    return html.replace(">", " > ").replace("<", " < ").split()


def test_nothing_is_selected_in_an_unbound_form_without_a_value():
    assert "selected" not in str(Choice(initial={"pick": None})["pick"]).replace('value="" selected', "")
