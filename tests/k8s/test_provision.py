"""The program that makes bucket and queues on one machine, against the emulators that it is for."""

import json
import os
import uuid

import boto3
import pytest

from tests.k8s.provision import QUEUES, program


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch, tmp_path) -> tuple[str, str]:
    """A bucket and a queue prefix that nobody has."""
    unique = uuid.uuid4().hex[:12]
    monkeypatch.setenv("MEDIA_BUCKET", f"media-{unique}")
    monkeypatch.setenv("SQS_QUEUE_PREFIX", f"{unique}-")
    monkeypatch.setenv("AWS_REGION", os.environ.get("AWS_REGION", "eu-central-1"))
    return f"media-{unique}", f"{unique}-"


def test_makes_what_is_missing_once(names: tuple[str, str]) -> None:
    bucket, prefix = names
    assert program().provision() == [bucket, *(prefix + name for name in QUEUES)]
    assert program().provision() == []


def test_each_queue_sets_aside_what_fails_again_and_again(names: tuple[str, str]) -> None:
    program().provision()
    sqs = boto3.client("sqs", region_name=os.environ["AWS_REGION"])
    for name, hidden in QUEUES.items():
        url = sqs.get_queue_url(QueueName=names[1] + name)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        redrive = json.loads(attributes["RedrivePolicy"])
        assert attributes["VisibilityTimeout"] == str(hidden)
        assert redrive["deadLetterTargetArn"].endswith(f":{names[1]}{name}-dlq")
        assert int(redrive["maxReceiveCount"]) == 5
