"""Form fields for what a row holds as a list or as a mapping, typed as text."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget


class PartsField(forms.CharField):
    """A text that is taken apart, so that Django's checks of a whole text do not fit what it becomes."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        ProhibitNullCharactersValidator()(text)  # PostgreSQL takes none
        return text

    def run_validators(self, value: Any) -> None:
        """Nothing more: to_python() and validate() have checked each part."""


def not_negative(amount: Decimal) -> None:
    """A validator that says so beside the field, before a constraint would above the form."""
    if amount < 0:
        raise ValidationError(_("This cannot be below zero."))


class ListField(PartsField):
    """A list of short texts on one line. The value is a list without empty parts and without repetitions."""

    def __init__(self, *, separator: str = ",", longest: int = 255, most: int = 250, **kwargs: Any) -> None:
        self.separator, self.longest, self.most = separator, longest, most
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget())
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{self.separator} ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        parts = (part.strip() for part in super().to_python(value).split(self.separator))
        return list(dict.fromkeys(part for part in parts if part))

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(value) > self.most:
            raise ValidationError(_("At most %(most)s values fit here."), params={"most": self.most})
        for part in value:
            if len(part) > self.longest:
                raise ValidationError(_("“%(part)s” is too long."), params={"part": part[:40]})

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(list(initial or []) != self.to_python(data))
        except ValidationError:
            return True


class ValuesField(ListField):
    """Like a list, but values may repeat and their order counts: "Small | Blue"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(separator="|", most=3, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return " | ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        text = PartsField.to_python(self, value)
        return [part.strip() for part in text.split("|") if part.strip()]


class FactsField(PartsField):
    """A mapping of texts, one "Name: value" a line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextareaWidget(attrs={"rows": 4}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{key}: {text}" for key, text in value.items()) if isinstance(value, Mapping) else value

    def to_python(self, value: Any) -> Any:
        facts: dict[str, str] = {}
        for line in super().to_python(value).splitlines():
            name, colon, text = line.partition(":")
            if line.strip() and not (colon and name.strip() and text.strip()):
                raise ValidationError(_("“%(line)s” is not of the form “Name: value”."), params={"line": line[:60]})
            if line.strip():
                facts[name.strip()] = text.strip()
        return facts

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(dict(initial or {}) != self.to_python(data))
        except ValidationError:
            return True
