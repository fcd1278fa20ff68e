"""The examples of other systems that live on the events of orders work: run on an emulator.

That they are valid Terraform is tested together with the rest of it."""

import importlib.util
import json
import os
import re
import uuid
from typing import Any

import boto3
import httpx
import pytest

from tests.infra.conftest import ROOT
from tests.waiting import patience

EXAMPLES = ROOT / "infra/examples"
FULFILMENT = EXAMPLES / "fulfilment"
until = patience(120)


class Warehouse:
    """Queue, topic and steps of the example on the emulator."""

    def __init__(self) -> None:
        self.sqs, self.states, sns, iam = (boto3.client(name) for name in ("sqs", "stepfunctions", "sns", "iam"))
        name = f"fulfilment-{uuid.uuid4().hex[:8]}"
        self.asked, self.told = (self.sqs.create_queue(QueueName=f"{name}-{end}")["QueueUrl"] for end in "ab")
        topic = sns.create_topic(Name=name)["TopicArn"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.told, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
        text = (FULFILMENT / "fulfilment.asl.json").read_text()
        steps = text.replace("${warehouse_queue_url}", self.asked).replace("${staff_topic_arn}", topic)
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        self.machine = self.states.create_state_machine(name=name, definition=steps, roleArn=role)["stateMachineArn"]

    def taken(self, queue: str) -> str:
        """Wait for one message and take it."""
        found: list[dict[str, Any]] = []
        until(lambda: found or found.extend(self.sqs.receive_message(QueueUrl=queue).get("Messages", [])))
        self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=found[0]["ReceiptHandle"])
        return str(found[0]["Body"])

    def executions(self) -> list[str]:
        found = self.states.list_executions(stateMachineArn=self.machine)["executions"]
        return [each["status"] for each in found]


@pytest.fixture
def warehouse(monkeypatch) -> Warehouse:
    address = os.environ["AWS_ENDPOINT_URL_SQS"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    httpx.post(f"{address}/moto-api/config", json={"stepfunctions": {"execute_state_machine": True}})
    made = Warehouse()
    monkeypatch.setenv("STATE_MACHINE_ARN", made.machine)
    return made


def handler() -> Any:
    spec = importlib.util.spec_from_file_location("start", FULFILMENT / "start.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.handler


def delivery(body: str) -> dict[str, str]:
    return {"messageId": uuid.uuid4().hex, "body": body}


def paid(kind: str = "order.paid.v1") -> str:
    line = {"sku": "LAMP", "quantity": 2}
    data = {"number": "ABCD-EFGH", "country": "DE", "shipping_method": "standard", "lines": [line]}
    return json.dumps({"id": str(uuid.uuid4()), "type": kind, "data": data})


def test_a_paid_order_is_fulfilled_once_however_often_it_is_told(warehouse):
    body = paid()
    for _ in range(2):  # on two occasions, and twice within one
        batch = {"Records": [delivery(body), delivery(body), delivery(paid("order.placed.v1"))]}
        assert handler()(batch) == {"batchItemFailures": []}
    asked = json.loads(warehouse.taken(warehouse.asked))
    assert (asked["order"], asked["lines"]) == ("ABCD-EFGH", [{"sku": "LAMP", "quantity": 2}])
    warehouse.states.send_task_success(taskToken=asked["token"], output=json.dumps({"outcome": "packed"}))
    assert "ABCD-EFGH has left the warehouse" in warehouse.taken(warehouse.told)
    until(lambda: warehouse.executions() == ["SUCCEEDED"])


def test_people_hear_of_an_order_that_cannot_be_packed(warehouse):
    handler()({"Records": [delivery(paid())]})
    token = json.loads(warehouse.taken(warehouse.asked))["token"]
    warehouse.states.send_task_failure(taskToken=token, error="Short", cause="one lamp is missing")
    assert "was not packed" in warehouse.taken(warehouse.told)
    until(lambda: warehouse.executions() == ["FAILED"])


def test_a_message_that_fails_comes_back_alone(warehouse):
    good, bad = delivery(paid()), delivery("no JSON")
    assert handler()({"Records": [bad, good]}) == {"batchItemFailures": [{"itemIdentifier": bad["messageId"]}]}
    assert len(warehouse.executions()) == 1


def test_the_table_knows_every_field_of_the_schema():
    schema = json.loads((ROOT / "shop/orders/static/events/order-v1.json").read_text())
    table = (EXAMPLES / "analytics/main.tf").read_text()
    columns = re.search(r"columns = \{(.*)\}", table)
    struct = re.search(r'order += "struct<(.*)>"', table)
    assert columns and struct
    assert set(re.findall(r"(\w+) = ", columns[1])) == set(schema["properties"])
    fields = {name for part in schema["$defs"].values() for name in part.get("properties", {})}
    assert set(re.findall(r"(\w+):", struct[1])) == fields
