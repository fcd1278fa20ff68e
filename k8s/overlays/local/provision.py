"""Make the media bucket and the queues, each with its dead-letter queue, where they are missing.

Addresses, names and keys come from the environment that the store itself reads. `--every 10` looks again each 10
seconds, because an emulator may come back empty.
"""

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# Logical name: seconds for which a message stays hidden from other workers; the one at work extends them while it lives
# (shop/platform/visibility.py), and they are how soon the message of a killed one returns.
QUEUES = {"default": 30, "mail": 30, "media": 30, "webhooks": 30}
MAX_RECEIVES = 5  # deliveries before a message is set aside
KEEP = 14 * 24 * 3600  # seconds; the most that SQS keeps
HEARTBEAT = Path(os.environ.get("HEARTBEAT_FILE", "/tmp/heartbeat"))  # noqa: S108 - as the store's own
PATIENCE = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=float, help="look again after so many seconds, for ever")
    every = parser.parse_args().every
    while True:
        try:
            made = provision()
            HEARTBEAT.touch()
            if made:
                print(json.dumps({"event": "provisioned", "made": made}), flush=True)
        except (BotoCoreError, ClientError) as error:
            print(json.dumps({"event": "not yet", "error": str(error)}), flush=True)
            if not every:
                raise SystemExit(1) from error
        if not every:
            return
        time.sleep(every)


def provision() -> list[str]:
    """Return the names of what was missing. Raises botocore's errors while a service is away."""
    made = _bucket(_client("s3"), os.environ["MEDIA_BUCKET"])
    sqs = _client("sqs")
    for name, hidden in QUEUES.items():
        made += _queue_with_dead_letters(sqs, os.environ["SQS_QUEUE_PREFIX"] + name, hidden)
    return made


def _client(service: str) -> Any:
    return boto3.client(service, region_name=os.environ["AWS_REGION"], config=PATIENCE)


def _bucket(s3: Any, name: str) -> list[str]:
    if name in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        return []
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": os.environ["AWS_REGION"]})
    return [name]


def _queue_with_dead_letters(sqs: Any, name: str, hidden: int) -> list[str]:
    there = sqs.list_queues(QueueNamePrefix=name).get("QueueUrls", [])
    if any(url.endswith(f"/{name}") for url in there):
        return []
    dead = sqs.create_queue(QueueName=f"{name}-dlq", Attributes={"MessageRetentionPeriod": str(KEEP)})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": str(MAX_RECEIVES)})
    attributes = {"VisibilityTimeout": str(hidden), "RedrivePolicy": redrive, "MessageRetentionPeriod": str(KEEP)}
    sqs.create_queue(QueueName=name, Attributes=attributes)
    return [name]


if __name__ == "__main__":
    main()
