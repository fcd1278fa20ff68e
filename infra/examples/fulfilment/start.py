"""A Lambda function behind a queue that is subscribed to the events of orders: each paid order is fulfilled once.

An event may come several times. Its id is the name of the execution, and Step Functions starts no second one of a name:
nothing else has to remember what was seen. Messages that fail alone come back alone (`ReportBatchItemFailures`).
"""

import json
import logging
import os
from typing import Any

import boto3

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)
PAID = "order.paid.v1"


def handler(batch: dict[str, Any], _context: object = None) -> dict[str, list[dict[str, str]]]:
    """Return the messages that SQS has to give out again."""
    failed = [record["messageId"] for record in batch["Records"] if not _is_done(record)]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


def _is_done(record: dict[str, Any]) -> bool:
    try:
        _start(json.loads(record["body"]))
    except Exception:
        logger.exception("message %s comes back", record["messageId"])
        return False
    return True


def _start(event: dict[str, Any]) -> None:
    if event["type"] != PAID:
        return  # the subscription's filter lets nothing else through; a wider one does no harm
    client = boto3.client("stepfunctions")
    try:
        client.start_execution(
            stateMachineArn=os.environ["STATE_MACHINE_ARN"], name=event["id"], input=json.dumps(event["data"])
        )
    except client.exceptions.ExecutionAlreadyExists:
        logger.info("event %s was seen before", event["id"])
