"""The phones that a user is signed in with."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from shop.accounts import services as accounts
from shop.accounts.models import RefreshFamily
from shop.api.authentication import own_id
from shop.api.endpoint import Endpoint, parameters
from shop.api.lists import PageQuery, list_of, page_response
from shop.api.renderers import Written
from shop.api.serializers.accounts import DeviceSerializer
from shop.platform import keyset


class Devices(Endpoint):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_devices_list",
        summary="List one's own devices",
        tags=["accounts"],
        parameters=[PageQuery],
        responses=list_of(DeviceSerializer),
    )
    def get(self, request: Request) -> Written:
        """Those that are signed in with tokens of `auth/token/`, the one used last first."""
        asked = parameters(request, PageQuery)
        own = RefreshFamily.objects.signed_in().filter(user_id=own_id(request))
        page = keyset.page(own, order=("-rotated_at", "-id"), cursor=asked.get("cursor"), size=asked["limit"])
        claims: Any = request.auth
        this = claims.get("sid")  # none in a token of a user pool
        return page_response(request, page, [_shown(family, this) for family in page.rows])


class OneDevice(Endpoint):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_devices_destroy", summary="Sign a device out", tags=["accounts"], responses={204: None}
    )
    def delete(self, request: Request, device_id: uuid.UUID) -> Response:
        """Ends its tokens, as of a phone that was lost: the refresh token at once, the access token when its time is
        over. Signing it out again is no error.
        """
        if not accounts.sign_out_device(user_id=own_id(request), device_id=device_id):
            raise NotFound
        return Response(status=204)


def _shown(family: RefreshFamily, this: str | None) -> dict[str, Any]:
    return {
        "id": family.pk,
        "device": family.device,
        "signed_in_at": family.created_at,
        "used_at": family.rotated_at,
        "ends_at": family.expires_at,
        "is_this": str(family.pk) == this,
    }
