"""The form of one row in a table of fields."""

from typing import Any

from django import forms


class RowForm(forms.ModelForm):  # type: ignore[type-arg]
    """Names each field: the head of its column does so only for those who see it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.label:
                inner: Any = getattr(field.widget, "widget", field.widget)  # what wraps another one copies but that
                inner.attrs["aria-label"] = field.label
