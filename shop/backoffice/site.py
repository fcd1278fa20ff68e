"""The admin site: its front page and its search."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from shop.backoffice.dashboard import dashboard
from shop.backoffice.finder import find
from shop.backoffice.sign_in import SignInForm

SHORTEST = 2  # letters


class BackofficeSite(UnfoldAdminSite):
    index_template = "backoffice/dashboard.html"
    index_title = _("Today")
    login_form = SignInForm

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**dashboard(request.user), **(extra_context or {})})  # type: ignore[no-any-return]

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Find orders, products and customers. Not cached, as the theme's own search is: rights and rows change."""
        term = request.GET.get("s", "").strip()
        results = find(self, request, term) if len(term) >= SHORTEST else []
        name = "command_results" if "extended" in request.GET else "search_results"
        pages = Paginator(results, max(1, len(results)))
        context = {"results": pages.page(1), "page_obj": pages, "page_counter": 0, "execution_time": 0}
        headers = {"HX-Trigger": "search"}
        return TemplateResponse(request, f"unfold/helpers/{name}.html", context, headers=headers)
