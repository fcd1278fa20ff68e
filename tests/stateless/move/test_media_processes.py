"""The move of files as a process: killed in the middle, twice at once, refused by the bucket."""

import hashlib
import json
import os
import secrets
import signal
import time
import urllib.request

import boto3
import pytest
from botocore.config import Config

from config.local import ports
from tests.outages import proxied
from tests.stateless.move.media_of import in_a_process, put

pytestmark = pytest.mark.long

FILES = 80


@pytest.fixture
def small(tmp_path):
    """A gallery on SQLite with one file."""
    put(tmp_path / "media", "a.txt")
    done = in_a_process(tmp_path, "migrate", "--run-syncdb", "-v", "0")
    assert (done.wait(240), done.communicate()[0]) == (0, "")
    return tmp_path


@pytest.fixture
def site(small):
    """The same with many files."""
    for number in range(FILES):
        put(small / "media", f"paintings/{number}.png", secrets.token_bytes(3000 + number))
    put(small / "media", "large.mp4", secrets.token_bytes(9 * 1024 * 1024))
    return small


class Bucket:
    """What is beneath a prefix, read without our own code."""

    def __init__(self, prefix, **client):
        self.prefix, self.name = prefix, os.environ["MEDIA_BUCKET"]
        self.client = boto3.client("s3", config=Config(s3={"addressing_style": "path"}), **client)

    def names(self):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=f"{self.prefix}/")
        return {row["Key"].removeprefix(f"{self.prefix}/") for page in pages for row in page.get("Contents", ())}

    def content(self, name):
        return self.client.get_object(Bucket=self.name, Key=f"{self.prefix}/{name}")["Body"].read()


def digests(read, names):
    return {name: hashlib.sha256(read(name)).hexdigest() for name in names}


@pytest.fixture
def bucket():
    return Bucket(f"gallery-{secrets.token_hex(4)}")


def move(site, bucket, *arguments, **environment):
    command = ("move", "media", "--from", "default", "--to", "s3", "--workers", "3", *arguments)
    return in_a_process(site, *command, GALLERY_PREFIX=bucket.prefix, **environment)


def ended(process):
    said, _ = process.communicate(timeout=240)
    return process.returncode, said


def all_right(site, bucket):
    media = site / "media"
    files = {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}
    assert bucket.names() == files
    assert digests(bucket.content, files) == digests(lambda name: (media / name).read_bytes(), files)


def wait_for(count, bucket, process):
    until = time.monotonic() + 180
    while len(bucket.names()) < count:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_move_that_is_killed_is_finished_by_the_next_one(site, bucket, tmp_path):
    with proxied("s3") as (proxies, environment):
        proxies["s3"].delay(0.1)  # so that it is not over before it is killed
        first = move(site, bucket, **environment)
        wait_for(15, bucket, first)
        first.send_signal(signal.SIGKILL)
        first.communicate()
    there = len(bucket.names())
    assert there < FILES
    code, said = ended(move(site, bucket, "--report", str(tmp_path / "report.json")))
    assert code == 0, said
    files = json.loads((tmp_path / "report.json").read_text())["storages"][0]["files"]
    assert files["already there, the same"] >= there - 4  # a probe, and what was written but not yet listed
    assert files["copied"] + files["already there, the same"] == FILES + 2
    left = {name for name in bucket.names() if name.startswith("move-media-probe-")}
    assert not left
    all_right(site, bucket)


def test_two_moves_at_once_end_with_every_file_right(site, bucket):
    both = [move(site, bucket), move(site, bucket)]
    results = [ended(process) for process in both]
    assert [code for code, _ in results] == [0, 0], results
    all_right(site, bucket)


def test_a_move_that_is_interrupted_says_what_to_do(site, bucket):
    with proxied("s3") as (proxies, environment):
        proxies["s3"].delay(0.1)  # so that it is not over before it is stopped
        stopped = move(site, bucket, **environment)
        wait_for(1, bucket, stopped)
        stopped.send_signal(signal.SIGINT)
        code, said = ended(stopped)
    assert (code, said.splitlines()[-1]) == (
        130,
        "CommandError: Stopped. What is copied stays; run the same command again, and it goes on with the rest.",
    )


def test_a_move_without_a_terminal_says_little_and_ends_with_a_verdict(site, bucket):
    code, said = ended(move(site, bucket, "--dry-run"))
    assert (code, bucket.names()) == (0, set())
    assert f"{FILES + 2}  to copy" in said
    assert said.splitlines()[-1] == "Nothing was written."


@pytest.fixture
def guarded(tmp_path_factory):
    """An S3 that knows rights: yields its address and a function that makes a user with these actions."""
    from moto.server import ThreadedMotoServer

    (port,) = ports.free(1)
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    address = f"http://127.0.0.1:{port}"
    root = {"endpoint_url": address, "aws_access_key_id": "root", "aws_secret_access_key": "root"}
    region = {"LocationConstraint": "eu-central-1"}
    s3 = boto3.client("s3", region_name="eu-central-1", **root)
    s3.create_bucket(Bucket=os.environ["MEDIA_BUCKET"], CreateBucketConfiguration=region)
    iam = boto3.client("iam", region_name="eu-central-1", **root)

    def user(*actions):
        name = secrets.token_hex(4)
        iam.create_user(UserName=name)
        policy = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}],
        }
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    users = {
        "reader": user("s3:GetObject", "s3:ListBucket"),
        "writer": user("s3:GetObject", "s3:ListBucket", "s3:PutObject"),
        "nobody": user("sqs:SendMessage"),
    }
    check_rights(address, "0")
    yield address, users
    check_rights(address, "inf")
    server.stop()


def check_rights(address, after):
    """From now on, or never."""
    url = f"{address}/moto-api/reset-auth"
    asked = urllib.request.Request(url, data=after.encode(), headers={"Content-Type": "text/plain"}, method="POST")
    urllib.request.urlopen(asked).read()


def test_missing_rights_are_one_sentence_before_the_first_file(small, bucket, guarded):
    address, users = guarded

    def said_to(user):
        place = {"AWS_ENDPOINT_URL_S3": address, "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1"}
        code, said = ended(move(small, bucket, **place, **users[user]))
        return code, said.splitlines()[-1]

    code, said = said_to("nobody")
    assert (code, "s3:GetObject and s3:ListBucket" in said) == (2, True), said
    code, said = said_to("reader")
    assert (code, said) == (
        2,
        "CommandError: The target is refused (AccessDenied for PutObject): the access keys are wrong or lack the right "
        "s3:PutObject. Nothing was copied.",
    )
    code, said = said_to("writer")
    assert code == 0
    assert said.startswith("The target can be written, but deleting is refused (AccessDenied for DeleteObject)")
