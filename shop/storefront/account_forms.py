"""django-allauth's forms in the words of this store, named by ACCOUNT_FORMS."""

from typing import Any, ClassVar

from allauth.account import forms
from django.utils.translation import gettext_lazy as _

EMAIL, PASSWORD = _("E-mail"), _("Password")
NEW = {"password1": _("New password"), "password2": _("New password (again)")}


class Worded:
    """The store's own labels, and no placeholders: they only repeat the label, and vanish when one types."""

    labels: ClassVar[dict[str, Any]] = {"login": EMAIL, "email": EMAIL, "password": PASSWORD}
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class Login(Worded, forms.LoginForm):  # type: ignore[misc]  # allauth has no types
    pass


class Signup(Worded, forms.SignupForm):  # type: ignore[misc]
    labels: ClassVar[dict[str, Any]] = {"email": EMAIL, "password1": PASSWORD}


class AddEmail(Worded, forms.AddEmailForm):  # type: ignore[misc]
    pass


class ChangePassword(Worded, forms.ChangePasswordForm):  # type: ignore[misc]
    labels: ClassVar[dict[str, Any]] = {"oldpassword": _("Current password"), **NEW}


class ResetPassword(Worded, forms.ResetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordKey(Worded, forms.ResetPasswordKeyForm):  # type: ignore[misc]
    labels: ClassVar[dict[str, Any]] = NEW


class Reauthenticate(Worded, forms.ReauthenticateForm):  # type: ignore[misc]
    pass
