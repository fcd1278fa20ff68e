"""Registering, signing in and out, and the signed-in user.

Tokens go in the body, never in a cookie, so no other site's page can use them.
"""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from shop.accounts import outside
from shop.accounts import services as accounts
from shop.accounts.cognito import TokenRefused
from shop.accounts.limits import MAIL_NETWORK, REGISTER, SIGN_IN, SIGN_IN_NETWORK, mailbox
from shop.accounts.tokens import ACCESS_LIFETIME
from shop.api import my_data
from shop.api.authentication import AccessTokenAuthentication, TokenInvalid
from shop.api.endpoint import Endpoint, body
from shop.api.serializers.accounts import (
    LinkedSerializer,
    LinkSerializer,
    MeSerializer,
    RefreshSerializer,
    RegisteredSerializer,
    RegisterSerializer,
    SignedInSerializer,
    SignInSerializer,
    TokensSerializer,
)
from shop.api.signed_in import signed_in
from shop.cart import services as carts
from shop.platform import throttle
from shop.platform.visitor import network


class Register(Endpoint):
    authentication_classes = []

    @extend_schema(
        operation_id="auth_register",
        summary="Open an account",
        tags=["accounts"],
        request=RegisterSerializer,
        responses={202: RegisteredSerializer},
    )
    def post(self, request: Request) -> Response:
        """The answer does not tell whether the address has an account already; a mail to its owner does.

        A new account can be used at once: get tokens at `auth/token/`.
        """
        asked = body(request, RegisterSerializer)
        throttle.count(SIGN_IN_NETWORK, network(request))
        throttle.count(MAIL_NETWORK, network(request))
        throttle.count(REGISTER, mailbox(asked["email"]))
        accounts.register(email=asked["email"], password=asked["password"], name=asked["name"])
        detail = _("We sent a mail to this address. The account can be used right away.")
        return Response({"email": asked["email"], "detail": detail}, status=202)


class Token(Endpoint):
    authentication_classes = []

    @extend_schema(
        operation_id="auth_token",
        summary="Sign in",
        tags=["accounts"],
        request=SignInSerializer,
        responses=SignedInSerializer,
    )
    def post(self, request: Request) -> Response:
        """Ten tries in five minutes for an e-mail address, then 429 with Retry-After."""
        asked = body(request, SignInSerializer)
        email = mailbox(asked["email"])
        throttle.count(SIGN_IN_NETWORK, network(request))
        throttle.count(SIGN_IN, email)
        with transaction.atomic():
            pair = accounts.sign_in(email=email, password=asked["password"], device=asked["device"])
            cart = carts.claim(public_id=asked.get("cart"), user_id=pair.user_id)
        throttle.forget(SIGN_IN, email)
        return Response({**_tokens(pair), "cart": cart.public_id if cart else None})


class Refresh(Endpoint):
    authentication_classes = []

    @extend_schema(
        operation_id="auth_token_refresh",
        summary="Get a new pair of tokens",
        tags=["accounts"],
        request=RefreshSerializer,
        responses=TokensSerializer,
    )
    def post(self, request: Request) -> Response:
        """Uses the refresh token up.

        Sent again within 30 seconds, it gives the same successor, so requests in parallel and lost answers do no harm.
        Sent again later, it was stolen: 401 `refresh_refused`, and the device is signed out.
        """
        return Response(_tokens(accounts.refresh(body(request, RefreshSerializer)["refresh"])))


class Cognito(Endpoint):
    authentication_classes = [AccessTokenAuthentication]

    @extend_schema(
        operation_id="auth_cognito",
        summary="Link a sign-in at Cognito",
        tags=["accounts"],
        request=LinkSerializer,
        responses=LinkedSerializer,
    )
    def post(self, request: Request) -> Response:
        """Once for each person; from then on access tokens of the user pool are as good as those of `auth/token/`.

        Opens an account for a new e-mail address. An address that has one is linked by whoever is signed in with it:
        without that it is 409 `account_exists`, with another address 409 `another_address`. 404 where the store has no
        user pool.
        """
        if not settings.COGNITO_ISSUER:
            raise NotFound
        asked = body(request, LinkSerializer)
        throttle.count(SIGN_IN_NETWORK, network(request))
        own = signed_in(request).pk if request.user.is_authenticated else None
        try:
            with transaction.atomic():
                user = outside.link(asked["id_token"], user_id=own)
                cart = carts.claim(public_id=asked.get("cart"), user_id=user.pk)
        except TokenRefused as error:
            raise TokenInvalid from error
        return Response({"email": user.email, "cart": cart.public_id if cart else None})


class Logout(Endpoint):
    authentication_classes = []

    @extend_schema(
        operation_id="auth_logout",
        summary="Sign out",
        tags=["accounts"],
        request=RefreshSerializer,
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        """Ends this device's tokens: the refresh token at once, the access token when its time is over."""
        accounts.sign_out(body(request, RefreshSerializer)["refresh"])
        return Response(status=204)


class Me(Endpoint):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_retrieve", summary="Show oneself", tags=["accounts"], responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The signed-in user."""
        return Response(MeSerializer(signed_in(request)).data)

    @extend_schema(
        operation_id="me_update",
        summary="Change oneself",
        tags=["accounts"],
        request=MeSerializer,
        responses=MeSerializer,
    )
    def patch(self, request: Request) -> Response:
        """The name; the e-mail address is changed on the store's account pages."""
        me = MeSerializer(signed_in(request), data=request.data, partial=True)
        me.is_valid(raise_exception=True)
        me.save()
        return Response(me.data)

    @extend_schema(
        operation_id="me_destroy", summary="Erase one's own account", tags=["accounts"], responses={204: None}
    )
    def delete(self, request: Request) -> Response:
        """At once and for good: the account, its addresses, its open cart and all devices. Orders stay as books without
        a name; one that is on its way is delivered first.

        With the `password` in the body; who signs in at Cognito and has none sends an `id_token` that is not older than
        ten minutes. Access tokens that are out end within 15 minutes. Again, it is 401 `token_invalid`.
        """
        return my_data.erase(request)


def _tokens(pair: accounts.SignedIn) -> dict[str, str | int]:
    return {
        "access": pair.access,
        "refresh": pair.refresh,
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFETIME.seconds,
    }
