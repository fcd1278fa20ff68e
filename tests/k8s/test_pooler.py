"""k8s/components/pgbouncer: web pods share connections, and the store works as it does without."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from django.conf import settings

from config import databases
from k8s import budget
from shop.cart.models import Cart
from tests import factories
from tests.fleet.gunicorns import free_port, wait_until
from tests.k8s.manifests import ROOT, Object, pod_template, with_component
from tests.k8s.test_schemas import check
from tests.services import fleet

FOLDER = ROOT / "k8s/components/pgbouncer"
VERSION = "1.36"


def deployment(name: str) -> Object:
    (found,) = [
        each for each in with_component("pgbouncer") if (each["kind"], each["metadata"]["name"]) == ("Deployment", name)
    ]
    return found


def test_objects_fit_the_schemas() -> None:
    for each in with_component("pgbouncer"):
        check(each, VERSION)


def test_only_web_pods_come_through_it() -> None:
    pooled = {
        name
        for name in ("web", "relay", "worker", "worker-media")
        for each in pod_template(deployment(name))["spec"]["containers"][0]["env"]
        if each.get("value", "").endswith("DATABASE_POOLED_URL")
    }
    assert pooled == {"web"}, "LISTEN and advisory locks need a session of their own"


def test_it_limits_a_session_as_the_store_would() -> None:
    said = dict(re.findall(r"SET ([\w.]+) = \"?([\w.]+)\"?", (FOLDER / "databases.ini").read_text()))
    assert said == {name: str(value) for name, value in databases.session_limits("web").items()}


def test_a_client_that_waits_gives_up_before_the_store_takes_the_network_for_dead() -> None:
    from shop.platform import patience

    assert int(setting("query_wait_timeout")) <= patience.NETWORK
    stop = pod_template(deployment("pgbouncer"))["spec"]
    pause = stop["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pause + databases.POOLED_AGE < stop["terminationGracePeriodSeconds"]


def test_the_budget_counts_the_pooler_in_place_of_web_pods() -> None:
    pods = {"web": 80, "worker": 2, "worker-media": 1}
    objects = [sized(each, pods.get(each["metadata"]["name"])) for each in with_component("pgbouncer")]
    parts = {part.name: part for part in budget.parts(objects)}
    assert parts["web"].postgresql == 0 and parts["web"].sessions == 100 * 4
    assert parts["pgbouncer"].postgresql == 3 * int(setting("max_db_connections"))
    assert parts["roll-call"].postgresql == 1, "those that come through the pooler are counted there"


def sized(each: Object, pods: int | None) -> Object:
    """The Deployment with so many pods, as an overlay says it."""
    return {**each, "spec": {**each["spec"], "replicas": pods}} if each["kind"] == "Deployment" and pods else each


def setting(name: str) -> str:
    found = re.search(rf"^{name} = (.*)$", (FOLDER / "pgbouncer.ini").read_text(), re.MULTILINE)
    assert found
    return found[1]


@pytest.fixture
def pooler(tmp_path: Path) -> Iterator[str]:
    """The address of a pgbouncer with the settings of the component and one connection to the tests' PostgreSQL."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if not program:
        pytest.skip("pgbouncer is not installed here: apt-get install pgbouncer")
    server, port = urlsplit(os.environ["DATABASE_URL"]), free_port()
    databases_ini = (FOLDER / "databases.ini").read_text()
    where = f"* = host={server.hostname} port={server.port} connect_query="
    (tmp_path / "databases.ini").write_text(
        re.sub(r"^shop = .* connect_query=", where, databases_ini, flags=re.MULTILINE)
    )
    (tmp_path / "userlist.txt").write_text(f'"{server.username}" "{server.password or ""}"\n')
    (tmp_path / "pgbouncer.ini").write_text(changed(tmp_path, port))
    shutil.chown(tmp_path, "nobody") if os.geteuid() == 0 else None
    as_somebody = ["--user=nobody"] if os.geteuid() == 0 else []
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    process = subprocess.Popen([program, "-q", *as_somebody, tmp_path / "pgbouncer.ini"])
    address = server._replace(netloc=f"{server.username}:{server.password}@127.0.0.1:{port}", query="pooled=1").geturl()
    try:
        wait_until(lambda: answers(port), "pgbouncer answers", 60)
        yield address
    finally:
        process.terminate()
        process.wait()


def changed(directory: Path, port: int) -> str:
    """The settings of the component, but for paths, addresses and TLS; one connection, so that all have to share it."""
    text = (FOLDER / "pgbouncer.ini").read_text()
    text = text.replace("/etc/pgbouncer", str(directory)).replace("/run/secrets/pgbouncer", str(directory))
    text = re.sub(r"server_tls_.*\n", "", text).replace("auth_type = scram-sha-256", "auth_type = plain")
    text = re.sub(r"(listen_addr =) .*", r"\1 127.0.0.1", text)
    text = re.sub(r"(listen_port =) .*", rf"\1 {port}", text)
    return re.sub(r"(default_pool_size|max_db_connections) = .*", r"\1 = 1", text)


def answers(port: int) -> bool:
    try:
        psycopg.connect(f"host=127.0.0.1 port={port} dbname=nothing user=nobody connect_timeout=1").close()
    except psycopg.OperationalError as error:
        return "refused" not in str(error)
    return True


@pytest.mark.fleet
@pytest.mark.django_db(transaction=True)
def test_a_web_process_serves_pages_and_carts_over_one_shared_connection(pooler: str) -> None:
    variant = factories.product(stock=5).variants.get()
    web = fleet("pooled", settings.DATABASES["default"], web=1, environment={"DATABASE_URL": pooler})
    try:
        web.start()
        web.wait()
        with httpx.Client(base_url=web.base_url, timeout=60, headers={"Origin": web.base_url}) as shopper:
            assert shopper.get("/products/?q=cushoin").status_code == 200, "the threshold for likeness is set"
            assert [shopper.get(path).status_code for path in ("/", "/cart/", "/api/v1/products/")] == [200] * 3
            answer = shopper.post("/cart/lines/", data={"variant": variant.pk, "quantity": 2})
            assert answer.status_code in (200, 302, 303), answer.text[:300]
    finally:
        web.stop()
    assert Cart.objects.get().lines.get().quantity == 2
    with psycopg.connect(
        pooler.partition("?")[0].rpartition("/")[0] + f"/{settings.DATABASES['default']['NAME']}"
    ) as one:
        limits = databases.session_limits("web")
        assert one.execute("SHOW statement_timeout").fetchone() == ("5s",)
        assert one.execute("SHOW pg_trgm.similarity_threshold").fetchone() == (
            str(limits["pg_trgm.similarity_threshold"]),
        )
