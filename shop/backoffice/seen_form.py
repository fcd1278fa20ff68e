"""A form that knows what its page showed, so that nobody writes over what somebody else has saved meanwhile."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

SAVED_MEANWHILE = _(
    "Somebody else has saved this since you opened it. Look in another tab at what they changed: what you see below is "
    "yours, and replaces theirs if you save again."
)


class SeenForm(forms.ModelForm):  # type: ignore[type-arg]
    """Of a model with `updated_at`. Its page has to hold the field `seen`."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput())  # when what the page shows was saved

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = self.instance.updated_at.isoformat()

    def clean(self) -> dict[str, Any]:
        """Refuse once to write over what somebody else has saved since the page was opened."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        rows = type(self.instance)._default_manager.select_for_update()
        row: Any = rows.filter(pk=self.instance.pk).only("updated_at").first()
        now = row.updated_at.isoformat() if row else ""
        if row and values.get("seen") and values["seen"] != now:
            sent: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            sent[self.add_prefix("seen")] = now
            self.data = sent
            self.add_error(None, SAVED_MEANWHILE)
        return values
