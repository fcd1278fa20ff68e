"""A dump of the store becomes a store again, and one that would not is told in a sentence."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from threading import Thread, Timer
from urllib.parse import urlsplit

import boto3
import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from config.local.postgres import ADMIN, _binaries
from config.local.proxy import Proxy
from shop.catalog.models import Product
from shop.platform import dump_bucket, dumps
from shop.platform.models import Inspection, OutboxMessage
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
BUCKET = "shop-private"


@pytest.fixture(autouse=True)
def _programs(settings):
    settings.POSTGRES_PROGRAMS = str(_binaries())


@pytest.fixture
def bucket(settings):
    settings.BACKUP_BUCKET = BUCKET
    s3 = boto3.client("s3", region_name=settings.AWS_REGION)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": settings.AWS_REGION})
    dump_bucket._s3.cache_clear()
    yield s3
    for found in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        s3.delete_object(Bucket=BUCKET, Key=found["Key"])
    s3.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def dump(tmp_path):
    factories.product()
    path = tmp_path / "store.dump"
    call_command("backup", "--file", path, stdout=io.StringIO())
    return path


def run(*arguments):
    """Return the exit code and what was written."""
    out, code = io.StringIO(), 0
    try:
        call_command("restore_drill", *arguments, stdout=out)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


def scratch_databases():
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{dumps.SCRATCH}%"])
        return [name for (name,) in cursor.fetchall()]


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_latest_dump_of_the_bucket_is_a_store_again(order, bucket):
    execute(f"CREATE DATABASE {dumps.SCRATCH}1_killed")  # what a drill left that was killed long ago
    order()
    factories.product("Café", slug="cafe")
    sent = OutboxMessage.objects.earliest("id")
    OutboxMessage.objects.filter(pk=sent.pk).update(sent_at=sent.created_at)
    call_command("backup", stdout=io.StringIO())
    Product.objects.filter(slug="cafe").delete()  # after the backup: the drill does not look at the store itself

    code, text = run("--json")
    result = json.loads(text)
    assert (code, result["ok"], result["rules"]) == (0, True, [])
    assert result["rows"] == {"catalog_product": 2, "orders_order": 1, "accounts_user": 0, "platform_image": 0}
    assert (result["replayed"], result["due"]) == (1, OutboxMessage.objects.count())
    assert 0 < result["rpo"] < 300
    assert result["rto"] > 0
    assert scratch_databases() == []
    assert Inspection.objects.get().is_good
    assert OutboxMessage.objects.get(pk=sent.pk).sent_at, "the store itself is not touched"


def test_a_dump_of_a_broken_store_is_told_row_by_row(order):
    placed = order()
    execute("UPDATE orders_order SET tax_total = 1000")
    code, text = run()
    assert code == 1
    assert f"order {placed.number}: tax 1000" in text
    assert "RPO: the newest row is of" in text
    assert scratch_databases() == []


def test_the_dump_is_checked_and_not_the_store_whose_address_is_among_its_secrets(order, tmp_path, monkeypatch):
    """What Secrets Manager holds wins over the environment, which is how the drill's commands are told theirs."""
    order()
    path = tmp_path / "store.dump"
    call_command("backup", "--file", path, stdout=io.StringIO())
    execute("UPDATE orders_order SET tax_total = 1000")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", os.environ["AWS_ENDPOINT_URL_SQS"])
    monkeypatch.setenv("SECRETS_FROM", "shop/drill")
    vault = boto3.client("secretsmanager", region_name=settings.AWS_REGION)
    secrets = {"DATABASE_URL": dumps.store().url, "DATABASE_USER": "somebody else"}
    vault.create_secret(Name="shop/drill", SecretString=json.dumps(secrets))
    try:
        assert run("--file", path)[0] == 0
    finally:
        vault.delete_secret(SecretId="shop/drill", ForceDeleteWithoutRecovery=True)


@pytest.mark.parametrize("harm", ["cut short", "changed", "something else"])
def test_a_dump_that_cannot_be_restored_fails_with_a_sentence(dump, harm):
    content = dump.read_bytes()
    broken = {
        "cut short": content[: len(content) // 2],
        "changed": content.replace(b"CREATE TABLE public.orders_order ", b"CREATE TABLE\0public.orders_order "),
        "something else": b"no dump at all" * 100,
    }
    assert broken[harm] != content
    dump.write_bytes(broken[harm])
    with pytest.raises(CommandError, match=r"store\.dump cannot be restored: .+ make a new one now") as caught:
        run("--file", dump)
    assert caught.value.returncode == 2
    kept = Inspection.objects.get()
    assert (kept.is_good, kept.summary) == (False, str(caught.value)[:400])
    assert scratch_databases() == []


def test_a_dump_that_was_changed_in_the_bucket_is_not_believed(bucket):
    factories.product()
    call_command("backup", stdout=io.StringIO())
    key = json.loads(bucket.get_object(Bucket=BUCKET, Key=dump_bucket.LATEST)["Body"].read())["key"]
    bucket.put_object(Bucket=BUCKET, Key=key, Body=b"another")
    with pytest.raises(CommandError, match="is not what was put there"):
        run()


def test_a_dump_after_which_no_other_was_made_is_no_backup(bucket):
    factories.product()
    call_command("backup", stdout=io.StringIO())
    facts = json.loads(bucket.get_object(Bucket=BUCKET, Key=dump_bucket.LATEST)["Body"].read())
    facts["made_at"] = "2026-01-31T04:17:00+00:00"
    bucket.put_object(Bucket=BUCKET, Key=dump_bucket.LATEST, Body=json.dumps(facts).encode())
    with pytest.raises(CommandError, match=r"is of 2026-01-31 04:17 UTC; none was made since"):
        run()
    assert not Inspection.objects.get().is_good


def test_a_bucket_without_a_dump_says_how_to_make_one(bucket):
    with pytest.raises(CommandError, match=r"Make one with `manage\.py backup`"):
        run()


def test_a_missing_program_or_place_or_file_is_named(settings, tmp_path):
    with pytest.raises(CommandError, match="name a bucket in BACKUP_BUCKET"):
        call_command("backup")
    with pytest.raises(CommandError, match="There is no dump"):
        run("--file", tmp_path / "none")
    settings.POSTGRES_PROGRAMS = str(tmp_path)
    with pytest.raises(CommandError, match="pg_dump is not here"):
        call_command("backup", "--file", tmp_path / "a.dump")
    assert list(tmp_path.iterdir()) == []
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump: error: aborting because of server version mismatch' >&2\nexit 1\n")
    old.chmod(0o700)
    with pytest.raises(CommandError, match="pg_dump is older than the server"):
        call_command("backup", "--file", tmp_path / "a.dump")


def test_a_scratch_database_of_a_drill_at_work_stays():
    name = f"{dumps.SCRATCH}{int(time.time())}_other"
    execute(f"CREATE DATABASE {name}")
    try:
        with dumps.scratch(dumps.store()) as made:
            assert set(scratch_databases()) == {name, made.parameters["dbname"]}
            with psycopg.connect(made.conninfo) as found:
                assert found.execute("SELECT current_database()").fetchone() == (made.parameters["dbname"],)
    finally:
        execute(f"DROP DATABASE {name}")


def test_a_database_is_dropped_in_which_autovacuum_works():
    """Here another superuser, who leaves in a moment: FORCE is denied for both."""
    address = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(address.geturl(), autocommit=True) as server, dumps.scratch(dumps.store()) as made:
        name = made.parameters["dbname"]
        netloc = f"{ADMIN}:{address.password}@{address.hostname}:{address.port}"
        works = psycopg.connect(address._replace(netloc=netloc, path=f"/{name}").geturl())
        leaves = Timer(0.5, works.close)
        leaves.start()
        dumps.drop(server, name)
        leaves.join()
        assert name not in scratch_databases()


def test_a_drill_that_is_told_to_stop_drops_its_database(dump):
    environment = {**os.environ, "DATABASE_URL": dumps.store().url, "POSTGRES_PROGRAMS": settings.POSTGRES_PROGRAMS}
    command = [sys.executable, "manage.py", "restore_drill", "--file", str(dump)]
    drill = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: scratch_databases() != [])
        drill.terminate()
        assert drill.wait(timeout=120) == 128 + signal.SIGTERM
    finally:
        drill.kill()
    assert scratch_databases() == []


def test_a_drill_whose_server_goes_away_is_told_as_failed(dump, settings):
    address = urlsplit(os.environ["DATABASE_URL"])
    with Proxy(address.port) as proxy:
        role = address.netloc.rpartition("@")[0]
        settings.DRILL_DATABASE_URL = address._replace(netloc=f"{role}@127.0.0.1:{proxy.port}").geturl()
        proxy.delay(0.05)  # so that it is not over before it is seen
        leaves = Thread(target=lambda: (wait_until(somebody_restores), proxy.refuse()))
        leaves.start()
        with pytest.raises(CommandError, match="The server for drills went away") as caught:
            run("--file", dump)
        leaves.join()
    kept = Inspection.objects.get()
    assert (caught.value.returncode, kept.is_good, kept.summary) == (2, False, str(caught.value)[:400])
    for name in scratch_databases():
        execute(f"DROP DATABASE {name} WITH (FORCE)")


def somebody_restores():
    with psycopg.connect(os.environ["DATABASE_URL"]) as server:
        found = "SELECT FROM pg_stat_activity WHERE datname LIKE %s AND application_name = 'pg_restore'"
        return server.execute(found, [f"{dumps.SCRATCH}%"]).rowcount


def wait_until(happens, seconds=120):
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_another_server_for_drills_is_taken_as_it_is_written(settings):
    settings.DRILL_DATABASE_URL = "postgres://me:p%40ss@db.example:6432/spare?sslmode=require"
    server = dumps.drill_server().named("x")
    assert server.url == "postgres://me:p%40ss@/x?host=db.example&port=6432&sslmode=require"
