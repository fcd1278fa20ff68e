"""Crawlers read the catalogue, and neither what is personal nor every combination of filters."""

from urllib.robotparser import RobotFileParser


def test_crawlers_are_told_where_the_catalogue_ends(client, settings):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert "public" in answer["Cache-Control"]
    rules = RobotFileParser()
    rules.parse(answer.content.decode().splitlines())
    assert rules.site_maps() == [f"{settings.PUBLIC_URL}/sitemap.xml"]
    for path in (
        "/",
        "/sitemap.xml",
        "/products/",
        "/products/a-cart/",
        "/categories/orders/",
        "/static/x.css",
        "/products/?cursor=x",
    ):
        assert rules.can_fetch("*", path), path
    for path in ("/cart/", "/checkout/", "/orders/secret/", "/account/login/", "/admin/", "/api/v1/products/"):
        assert not rules.can_fetch("*", path), path
    assert "Disallow: /*?o=\nDisallow: /*&o=\n" in answer.content.decode()
