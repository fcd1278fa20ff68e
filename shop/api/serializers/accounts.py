"""Accounts: registering, tokens, the user."""

from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from shop.accounts.models import User
from shop.accounts.tokens import ACCESS_LIFETIME


class PasswordField(serializers.CharField):
    def __init__(self, **options: Any) -> None:
        style = {"input_type": "password"}
        super().__init__(write_only=True, trim_whitespace=False, max_length=256, style=style, **options)


class RegisterSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    password = PasswordField()
    name = serializers.CharField(required=False, allow_blank=True, max_length=150, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError for a password that is easy to guess."""
        try:
            password_validation.validate_password(attrs["password"], User(email=attrs["email"], name=attrs["name"]))
        except ValidationError as error:
            reasons = serializers.as_serializer_error(error)["non_field_errors"]
            raise serializers.ValidationError({"password": reasons}) from error
        return attrs


class RegisteredSerializer(serializers.Serializer[Any]):
    """The same for an address that is new and for one that has an account."""

    email = serializers.EmailField()
    detail = serializers.CharField()


class SignInSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    password = PasswordField()
    device = serializers.CharField(
        required=False, allow_blank=True, max_length=200, default="", help_text="What the user calls this device."
    )
    cart = serializers.UUIDField(required=False, help_text="A guest's cart that joins the user's own.")


class EraseSerializer(serializers.Serializer[Any]):
    password = PasswordField(required=False, allow_blank=True, default="")
    id_token = serializers.CharField(required=False, allow_blank=True, default="", max_length=8192)


class RefreshSerializer(serializers.Serializer[Any]):
    refresh = serializers.CharField(max_length=4096)


class TokensSerializer(serializers.Serializer[Any]):
    """`access` goes into `Authorization: Bearer ...`; `refresh` is good for one new pair."""

    access = serializers.CharField()
    refresh = serializers.CharField()
    token_type = serializers.ChoiceField(["Bearer"])
    expires_in = serializers.IntegerField(help_text=f"Seconds that `access` is good for: {ACCESS_LIFETIME.seconds}.")


class DeviceSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    device = serializers.CharField(help_text="What the user called it at `auth/token/`; may be empty.")
    signed_in_at = serializers.DateTimeField()
    used_at = serializers.DateTimeField(help_text="When it last got tokens.")
    ends_at = serializers.DateTimeField(help_text="When it has to sign in again if it is not used.")
    is_this = serializers.BooleanField(help_text="Whether the access token of this request is its own.")


class LinkSerializer(serializers.Serializer[Any]):
    id_token = serializers.CharField(max_length=8192, help_text="From the user pool; it names a verified e-mail.")
    cart = serializers.UUIDField(required=False, help_text="A guest's cart that joins the user's own.")


class LinkedSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(help_text="Of the account that the sign-in belongs to.")
    cart = serializers.UUIDField(allow_null=True, help_text="The user's open cart, if there is one.")


class SignedInSerializer(TokensSerializer):
    cart = serializers.UUIDField(allow_null=True, help_text="The user's open cart, if there is one.")


@extend_schema_serializer(component_name="Me")
class MeSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "email", "name"]
        read_only_fields = ["id", "email"]

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        """Write what was sent and nothing else: a password or a right may be changed at the same moment."""
        for name, value in validated_data.items():
            setattr(instance, name, value)
        instance.save(update_fields=list(validated_data))
        return instance
