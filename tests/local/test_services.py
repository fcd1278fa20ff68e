"""The embedded services keep what they were given through a SIGKILL, and refuse a directory that is not theirs."""

import json
import os
import shutil
from pathlib import Path

import psycopg
import pytest
import redis

from config import queues
from config.local import ports
from config.local.errors import LaunchError
from config.local.fleet import status
from config.local.postgres import Postgres
from config.local.process import Place, Process
from config.local.s3 import aws_client
from config.local.secret_files import SecretFiles
from config.local.services import Services
from config.local.sqs import VISIBILITY, create_queues
from tests.k8s.provision import QUEUES as PROVISIONED
from tests.services import running


def embedded(place: Place, given: dict[str, str] | None = None) -> Services:
    return Services(place, secret=SecretFiles(place.data / "secrets").get, given=given or {})


def test_data_survive_a_kill_of_everything(place):
    first = embedded(place)
    first.start()
    first.wait_all()
    environment = first.environment
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('row')")
    redis.Redis.from_url(environment["REDIS_SESSIONS_URL"]).set("session", "value")
    s3 = aws_client("s3", environment)
    s3.put_object(Bucket="shop-media", Key="a/picture.webp", Body=b"picture", ContentType="image/webp")
    first.kill()

    second = embedded(place)
    second.start()
    second.wait_all()
    environment = second.environment
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("row",)]
    assert redis.Redis.from_url(environment["REDIS_SESSIONS_URL"]).get("session") == b"value"
    found = aws_client("s3", environment).get_object(Bucket="shop-media", Key="a/picture.webp")
    assert (found["Body"].read(), found["ContentType"]) == (b"picture", "image/webp")
    second.stop()
    assert list(place.run.glob("*.pid")) == []


def test_queues_have_a_dead_letter_queue_and_come_back_after_a_restart(place):
    services = embedded(place, {"DATABASE_URL": "x", "REDIS_URL": "x"})
    services.start()
    services.wait_all()
    services.processes["sqs"].kill()
    services.restart("sqs")
    sqs = aws_client("sqs", services.environment)
    for name in queues.NAMES:
        url = f"{services.environment['SQS_QUEUE_BASE_URL']}/shop-{name}"
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert int(attributes["VisibilityTimeout"]) == VISIBILITY
        redrive = json.loads(attributes["RedrivePolicy"])
        assert redrive["deadLetterTargetArn"].endswith(f":shop-{name}-dlq")
        assert int(redrive["maxReceiveCount"]) == 5
    services.stop()


def test_a_proxy_for_the_rest_of_the_world_is_not_asked_for_this_machine(place, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    embedded(place)
    create_queues(running.environment)
    assert status(f"{running.environment['AWS_ENDPOINT_URL_SQS']}/moto-api/data.json") == 200
    assert os.environ["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"


def test_messages_are_as_long_invisible_as_workers_believe(settings):
    assert {VISIBILITY, *PROVISIONED.values()} == {settings.SQS_VISIBILITY}


def test_a_given_service_is_not_embedded(place):
    given = {"DATABASE_URL": "postgres://u:p@db/shop", "REDIS_URL": "redis://cache/0", "AWS_ACCESS_KEY_ID": "given"}
    services = embedded(place, given)
    assert set(services.processes) == {"sqs", "s3", "testpay"}
    assert services.environment["DATABASE_URL"] == given["DATABASE_URL"]
    assert services.environment["AWS_ACCESS_KEY_ID"] == "given"


def test_a_directory_of_another_version_is_refused(tmp_path: Path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("15\n")
    with pytest.raises(LaunchError, match="was written by PostgreSQL '15', and this one is 18"):
        Postgres(tmp_path / "postgres", password="x").prepare()


def test_a_directory_that_is_no_cluster_is_refused(tmp_path: Path):
    (tmp_path / "postgres").mkdir()
    with pytest.raises(LaunchError, match="cannot be used as PostgreSQL's data directory"):
        Postgres(tmp_path / "postgres", password="x").prepare()


def test_what_a_killed_initdb_left_is_not_taken_for_data(place):
    (place.data / "postgres.new").mkdir()
    (place.data / "postgres.new" / "PG_VERSION").write_text("18\n")
    Postgres(place.data / "postgres", password="x", durable=False).prepare()
    assert (place.data / "postgres" / "global" / "pg_control").exists()


def test_a_damaged_cluster_says_what_is_wrong_with_it(place):
    postgres = Postgres(place.data / "postgres", password="x", durable=False)
    postgres.prepare()
    (place.data / "postgres" / "global" / "pg_control").unlink()
    process = Process(postgres.program(), place)
    process.start()
    with pytest.raises(LaunchError, match="PostgreSQL did not start: it ended with exit code") as caught:
        process.wait_until(postgres.ready, seconds=120, what="PostgreSQL")
    assert "pg_control" in "".join(caught.value.lines)


def test_lost_secrets_are_told(place):
    first = embedded(place, {"REDIS_URL": "x", "AWS_ENDPOINT_URL_S3": "x", "AWS_ENDPOINT_URL_SQS": "x"})
    first.start()
    first.wait_all()
    first.stop()
    shutil.rmtree(place.data / "secrets")
    second = embedded(place, {"REDIS_URL": "x", "AWS_ENDPOINT_URL_S3": "x", "AWS_ENDPOINT_URL_SQS": "x"})
    second.start()
    with pytest.raises(LaunchError, match="refuses the password"):
        second.wait_all()
    second.stop()


def test_a_port_that_was_chosen_by_hand_is_given_to_nobody(monkeypatch):
    monkeypatch.setenv(ports.SHARE, "1/7000")
    chosen, _other = ports.share("1/7000")
    ports.keep(chosen)
    assert chosen not in ports.free(2)
