"""The public keys of our access tokens, for whoever else has to verify them."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from shop.accounts.keys import key_set

FRESH = 300  # seconds; a new key is published longer than this before it signs


@require_safe
def jwks(_request: HttpRequest) -> JsonResponse:
    headers = {"Cache-Control": f"public, max-age={FRESH}"}
    return JsonResponse(key_set().jwks(), content_type="application/jwk-set+json", headers=headers)
