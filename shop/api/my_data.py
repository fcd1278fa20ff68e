"""All of one's own data, and having them erased."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from shop.accounts import confirming
from shop.accounts.models import User
from shop.api.endpoint import Endpoint, body
from shop.api.serializers.accounts import EraseSerializer
from shop.api.signed_in import signed_in
from shop.platform import throttle
from shop.privacy import erasure, export, limits
from shop.privacy.person import of_account


class MyData(Endpoint):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_data_retrieve",
        summary="Take one's own data along",
        tags=["accounts"],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """All that the store holds of the signed-in user, as one object, for people to read: `account`, `addresses`,
        `devices`, `sign_ins_elsewhere`, `cart`, `orders`, `vouchers`, `gift_cards`, `mails`.

        Orders as a guest, and mails that are about no order of the account, are in it if its e-mail address is
        confirmed. Six times an hour, then 429.
        """
        user = signed_in(request)
        throttle.count(limits.EXPORT, str(user.pk))
        export.write_down()
        return StreamingHttpResponse(export.stream(of_account(user)), content_type="application/json")


def erase(request: Request) -> Response:
    """Erase the account of the signed-in user. Raises WrongPassword, NotFresh, StaffAccount, ErasureBusy,
    TooManyTries.
    """
    user, asked = signed_in(request), body(request, EraseSerializer)
    _confirm(user, asked)
    erasure.erase_account(user_id=user.pk)
    return Response(status=204)


def _confirm(user: User, asked: dict[str, Any]) -> None:
    if asked["id_token"] and not user.has_usable_password():
        confirming.by_id_token(user, asked["id_token"])
    else:
        confirming.by_password(user, asked["password"])
