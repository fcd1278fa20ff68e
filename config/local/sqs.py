"""SQS: moto's server. It keeps nothing: queues are created at each start, and the outbox sends again what was lost."""

import json
import os
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from config import queues
from config.local import ports
from config.local.errors import LaunchError
from config.local.process import Program, python
from config.local.s3 import aws_client

ACCOUNT = "123456789012"
VISIBILITY = 30  # seconds; workers extend it while they are at work (settings.SQS_VISIBILITY)
MAX_RECEIVES = 5  # deliveries before a message is set aside
RETENTION = 14 * 24 * 3600  # seconds; the most that SQS keeps


class SQS:
    name = "sqs"
    title = "SQS"

    def __init__(self, environment: dict[str, str]) -> None:
        """`environment`: AWS_REGION, the keys and SQS_QUEUE_PREFIX."""
        (self.port,) = ports.free(1)
        self._settings = environment | self.environment()

    def prepare(self) -> None:
        """Nothing is kept."""

    def program(self) -> Program:
        command = python("-m", "moto.server", "-H", ports.HOST, "-p", str(self.port))
        return Program(self.name, command, {"PATH": os.environ.get("PATH", ""), "PYTHONUNBUFFERED": "1"}, patience=3)

    def ready(self) -> bool:
        return ports.answers(self.port)

    def provision(self) -> None:
        create_queues(self._settings)

    def environment(self) -> dict[str, str]:
        address = f"http://{ports.HOST}:{self.port}"
        return {"AWS_ENDPOINT_URL_SQS": address, "SQS_QUEUE_BASE_URL": f"{address}/{ACCOUNT}"}


def create_queues(environment: dict[str, str]) -> str:
    """Create the missing queues, each with its dead-letter queue, and return the address they stand under.

    Raises LaunchError with the reason if SQS does not let us.
    """
    client = aws_client("sqs", environment)
    address = ""
    try:
        for name in queues.NAMES:
            queue = environment["SQS_QUEUE_PREFIX"] + name
            dead = _queue(client, f"{queue}-dlq", {"MessageRetentionPeriod": str(RETENTION)})
            arn = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": str(MAX_RECEIVES)})
            address = _queue(client, queue, {"VisibilityTimeout": str(VISIBILITY), "RedrivePolicy": redrive})
    except (BotoCoreError, ClientError) as error:
        raise LaunchError(f"The queues {environment['SQS_QUEUE_PREFIX']}* cannot be used: {error}") from error
    return address.rpartition("/")[0]


def _queue(client: Any, name: str, attributes: dict[str, str]) -> str:
    """Return the queue's address; a queue that is there keeps the attributes that its owner gave it."""
    try:
        return str(client.get_queue_url(QueueName=name)["QueueUrl"])
    except ClientError as error:
        if "NonExistentQueue" not in error.response["Error"]["Code"] and "QueueDoesNotExist" not in str(error):
            raise
    return str(client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])
