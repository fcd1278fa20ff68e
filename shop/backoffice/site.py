"""The admin site: its front page and its search."""

import time
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from shop.backoffice.dashboard import dashboard
from shop.backoffice.finder import find
from shop.backoffice.lists import NUL
from shop.backoffice.look import look
from shop.backoffice.sidebar import sidebar
from shop.backoffice.sign_in import SignInForm

SHORTEST = 2  # letters
LARGEST = 2**31 - 1  # id of a content type


class BackofficeSite(UnfoldAdminSite):
    index_template = "backoffice/dashboard.html"
    index_title = _("Today")
    login_form = SignInForm
    login_template = "backoffice/login.html"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """The theme's own asks for each of its settings again."""
        context = {**AdminSite.each_context(self, request), **look()}
        return context | ({"sidebar": sidebar(request)} if context["has_permission"] else {})

    def get_urls(self) -> list[Any]:
        """Replace Django's redirect to a row's page in the shop, by which all staff could see any order."""
        way = path("r/<int:content_type_id>/<path:object_id>/", self.admin_view(self.on_site), name="view_on_site")
        return [way, *(each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site")]

    def on_site(self, request: HttpRequest, content_type_id: int, object_id: str) -> HttpResponse:
        """Lead to the shop's page of a row, whoever may see such rows here."""
        found = ContentType.objects.filter(pk=min(content_type_id, LARGEST)).first()
        admin = self._registry.get(found.model_class()) if found else None
        if admin is None:
            raise Http404
        if not admin.has_view_permission(request):
            raise PermissionDenied
        return shortcut(request, content_type_id, object_id)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**dashboard(request.user), **(extra_context or {})})  # type: ignore[no-any-return]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Leave out what no page but an app's own shows: the front page and the sidebar have lists of ours."""
        return super().get_app_list(request, app_label) if app_label else []

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the front page from here, not to the customer's account: the theme's form forgets where to go."""
        if request.method == "GET" and REDIRECT_FIELD_NAME not in request.GET:
            return redirect_to_login(reverse("admin:index"), request.path)
        return super().login(request, extra_context)  # type: ignore[no-any-return]

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Find orders, products and customers. Not cached, as the theme's own search is: rights and rows change."""
        begun = time.monotonic()
        term = request.GET.get("s", "").strip()
        results = find(self, request, term) if len(term) >= SHORTEST and NUL not in term else []
        name = "command_results" if "extended" in request.GET else "search_results"
        pages = Paginator(results, max(1, len(results)))
        context = {"results": pages.page(1), "page_obj": pages, "page_counter": 0}
        context["execution_time"] = time.monotonic() - begun
        headers = {"HX-Trigger": "search"}
        return TemplateResponse(request, f"unfold/helpers/{name}.html", context, headers=headers)
