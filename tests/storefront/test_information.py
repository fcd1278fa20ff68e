"""What the shop says about itself: written in the admin, seen by everybody at once, safe whatever was pasted."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shop.information.models import EXPECTED, Page
from tests import factories
from tests.backoffice.conftest import signed_in
from tests.backoffice.pages import address, change_page, problems, save

pytestmark = pytest.mark.django_db
TERMS = "/information/terms/"


@pytest.fixture
def admin():
    return signed_in(factories.user(is_staff=True, is_superuser=True))


@pytest.fixture
def terms(admin):
    """Terms, written as staff do."""
    write(admin, "terms", "<h2>Paying</h2><p>First.</p>")
    return Page.objects.get(slug="terms")


def write(browser, slug, text, **changes):
    return save(browser, address(Page, "add"), title=slug.title(), slug=slug, body_html=text, **changes)


def read(path):
    return Client().get(path).content.decode()


def test_every_page_leads_to_what_a_shop_has_to_say(client):
    home = read("/")
    for slug in EXPECTED:
        assert f'href="/information/{slug}/"' in home
        answer = client.get(f"/information/{slug}/")
        assert answer.status_code == 200
        assert "still being written" in answer.content.decode() and "noindex" in answer.content.decode()
    assert "still being written" in read("/information/")
    assert client.get("/information/others/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_what_is_written_is_seen_at_once_and_so_is_each_change(admin, terms):
    assert "<h2>Paying</h2>" in read(TERMS) and "noindex" not in read(TERMS)
    assert f'<a href="{TERMS}">Terms</a></li>' in read("/information/")
    save(admin, change_page(terms), body_html="<p>Last.</p>", title="Our terms")
    assert "Last." in read(TERMS) and "Paying" not in read(TERMS)
    assert "Our terms</a>" in read("/information/")
    admin.post(address(Page, "delete", terms.pk), {"post": "yes"})
    assert "still being written" in read(TERMS)


@pytest.mark.django_db(transaction=True)
def test_it_is_kept_and_the_same_for_everybody(admin, terms):
    stranger = Client().get(TERMS)
    with CaptureQueriesContext(connection) as asked:
        assert admin.get(TERMS).content == stranger.content
    assert not asked.captured_queries
    assert "public" in stranger["Cache-Control"] and not stranger.cookies


def test_nothing_that_runs_is_left_of_what_was_pasted(admin):
    pasted = '<p onclick="x()">Safe<script>alert(1)</script><a href="javascript:x()">here</a><img src=x onerror=y></p>'
    write(admin, "privacy", pasted)
    assert Page.objects.get().body_html == '<p>Safe<a rel="noopener noreferrer">here</a></p>'


def test_search_engines_hear_of_what_is_written_only(admin, client, terms):
    write(admin, "empty", "")
    listed = client.get("/sitemap-lists.xml").content.decode()
    assert f"http://testserver{TERMS}</loc>" in listed
    assert "/information/empty/" not in listed
    assert client.get("/information/empty/").status_code == 404


def test_staff_are_led_to_what_is_missing(admin, terms):
    page = admin.get(address(Page)).content.decode()
    assert "not written yet" in page and "Write Terms" not in page
    assert 'value="imprint"' in admin.get(address(Page, "add") + "?slug=imprint&title=Imprint").content.decode()
    assert 'href="/admin/information/page/add/?slug=imprint&amp;title=Imprint">Write Imprint</a>' in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"slug": "terms"}, "already exists"),
        ({"slug": "a/b"}, "valid “slug”"),
        ({"title": "t" * 121}, "at most 120"),
        ({"body_html": "x" * 200_001}, "at most 200000"),
        ({"body_html": "a\x00b"}, "Null characters"),
        ({"position": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(admin, terms, changes, words):
    fields = {"title": "T", "slug": "t", "body_html": "x", **changes}
    assert words in problems(save(admin, address(Page, "add"), **fields))
    assert Page.objects.count() == 1


def test_who_orders_is_shown_the_terms(client):
    factories.shipping()
    client.post("/cart/lines/", {"variant": factories.variant().pk})
    page = client.get("/checkout/").content.decode()
    assert all(f'href="/information/{slug}/" target="_blank"' in page for slug in ("terms", "returns", "privacy"))
