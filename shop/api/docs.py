"""The API's description, and pages to read and try it."""

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.request import Request
from rest_framework.response import Response

from shop.api.renderers import JSONRenderer


class _RefusesInJSON:
    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """A refusal is a problem here, too: no page, and no YAML."""
        if response.exception:
            request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
            response["Cache-Control"] = "no-store"
        finished: Response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        return finished


class Schema(_RefusesInJSON, SpectacularAPIView):
    """OpenAPI 3, as YAML, or as JSON with ?format=json."""

    authentication_classes = []


class Docs(_RefusesInJSON, SpectacularSwaggerView):
    """Swagger UI, served from here; no other site is asked."""

    authentication_classes = []
    url_name = "api:schema"
    http_method_names = ["get", "head"]  # OPTIONS would have to be described by this page
