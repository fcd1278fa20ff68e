"""The API's description, and pages to read and try it."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView


class Schema(SpectacularAPIView):
    """OpenAPI 3, as YAML, or as JSON with ?format=json."""

    authentication_classes = []


class Docs(SpectacularSwaggerView):
    """Swagger UI, served from here; no other site is asked."""

    authentication_classes = []
    url_name = "api:schema"
    http_method_names = ["get", "head"]  # OPTIONS would have to be described by this page
