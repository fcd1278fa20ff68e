"""While pods of another release begin, an address that this one does not know may be theirs."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client import REGISTRY

from shop.platform import rollout
from shop.platform.models import Pod

pytestmark = pytest.mark.django_db
ADDRESSES = ("/of-tomorrow/", "/information/of/tomorrow/", "/api/v1/of-tomorrow/")


@pytest.fixture(autouse=True)
def _ask_each_time(monkeypatch):
    monkeypatch.setattr(rollout, "BELIEVED", -1.0)


def begun(release: str, minutes: int = 1, role: str = "web") -> None:
    now = timezone.now()
    Pod.objects.create(name="x", role=role, release=release, started_at=now - timedelta(minutes=minutes), seen_at=now)


def asked_again() -> float:
    """What k8s/components/monitoring/alerts.yaml leaves out."""
    labels = ({"method": "GET", "route": route, "status": "503"} for route in ("unknown", "^api/"))
    return sum(REGISTRY.get_sample_value("shop_requests_total", each) or 0 for each in labels)


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_asked_for_again(client, address):
    assert client.get(address).status_code == 404
    begun("v2")
    uncounted = asked_again()
    answer = client.get(address)
    assert asked_again() == uncounted + 1, "the alarm ErrorRate leaves these out"
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "2", "no-store")
    assert answer.get("Refresh") == (None if address.startswith("/api/") else "2")


@pytest.mark.parametrize(
    "other", [{"release": "dev"}, {"release": "v2", "minutes": 60}, {"release": "v2", "role": "worker"}]
)
def test_others_of_this_release_or_of_a_lasting_mix_are_no_roll_out(client, settings, other):
    settings.RELEASE = "dev"
    begun(**other)
    assert client.get(ADDRESSES[0]).status_code == 404


def test_what_this_one_knows_is_answered_as_ever(client):
    begun("v2")
    assert client.get("/products/none/").status_code == 404
    assert client.get("/api/v1/products/none/").status_code == 404
    assert client.get("/cart")["Location"] == "/cart/"
