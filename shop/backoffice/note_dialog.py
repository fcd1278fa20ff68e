"""The dialog that asks for a note before something happens to an order."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

LONGEST = 400  # what an entry of the history holds


class NoteForm(BaseDialogForm):
    note = forms.CharField(
        label=_("Note"), required=False, max_length=LONGEST, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )


class RequiredNoteForm(NoteForm):
    note = forms.CharField(label=_("Note"), max_length=LONGEST, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))


def dialog(
    title: Promise, description: Promise, submit: Promise, *, form: type[BaseDialogForm] = NoteForm
) -> ActionDialog:
    texts: dict[str, Any] = {"title": title, "description": description, "form_submit_text": submit}
    return ActionDialog(**texts, form_class=form)
