"""What pages may load and where they may send: little in the store, the theme's own scripts in the admin."""

import pytest
from csp.decorators import csp_update
from django.http import HttpResponse
from django.test import RequestFactory

from shop.platform.content_policy import ContentPolicyMiddleware

HEADER = "Content-Security-Policy"


def said(path: str, view=lambda _request: HttpResponse()) -> dict[str, list[str]]:
    """Return {directive: what it allows} of a page's policy; nothing if it has none."""
    policy = ContentPolicyMiddleware(view)(RequestFactory().get(path)).get(HEADER, "")
    return {each.split()[0]: each.split()[1:] for each in policy.split(";") if each}


@pytest.mark.parametrize("path", ["/", "/checkout/", "/administration/", "/account/login/", "/api/v1/products/"])
def test_the_store_runs_and_styles_with_its_own_files_alone(path):
    policy = said(path)
    assert policy["default-src"] == policy["base-uri"] == ["'self'"]
    assert policy["object-src"] == policy["frame-ancestors"] == ["'none'"]
    assert not {"script-src", "style-src", "connect-src"} & policy.keys()


def test_pages_of_the_admin_may_have_scripts_in_them_and_are_otherwise_as_strict():
    store, admin = said("/"), said("/admin/orders/")
    assert admin.pop("script-src") == ["'self'", "'unsafe-inline'", "'unsafe-eval'"]
    assert admin.pop("style-src") == ["'self'", "'unsafe-inline'"]
    assert admin == store


def test_the_pages_of_the_api_have_none():
    assert said("/api/v1/docs/") == {}


def test_a_view_may_say_more_or_all_of_it_itself():
    @csp_update({"img-src": ["https://maps.example"]})
    def with_a_map(_request):
        return HttpResponse()

    def by_itself(_request):
        return HttpResponse(headers={HEADER: "sandbox"})

    assert "https://maps.example" in said("/", with_a_map)["img-src"]
    assert said("/", with_a_map)["default-src"] == ["'self'"]
    assert said("/", by_itself) == {"sandbox": []}
