"""infra/ is applied to an emulator, and the store runs against what it made, with no right that it lacks."""

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from django.conf import settings

from config.local import ports
from config.local.fleet import Fleet
from config.local.process import Place, Process, Program, python
from prove.forms import form
from shop.checkout.services import place_order
from shop.platform.models import OutboxMessage
from tests import factories
from tests.backoffice.pages import change_page, typed
from tests.infra.conftest import ROOT, Terraform
from tests.infra.recorded import rights_used
from tests.services import fleet, place
from tests.waiting import outbox, patience

until = patience(120, outbox)

pytestmark = [pytest.mark.fleet, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct horse battery"
# What the store itself touches. The rest is validated only: the emulator has nothing behind it.
TARGETS = (
    "module.queues.aws_sqs_queue.this",
    "module.queues.aws_sns_topic_policy.this",
    "module.media.aws_s3_bucket.this",
    "module.roles",
    "module.secrets",
    "module.customers",
)
# Rights that this tour has no occasion for; AWS itself uses that on the key of the secret.
KEY = {"kms:Decrypt"}
NOT_USED = {"web": KEY, "relay": KEY, "migrate": KEY, "worker": {"sqs:ChangeMessageVisibility", *KEY}}
WITH_PATHS = 'provider "aws" {\n  s3_use_path_style = true\n}\n'


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of an AWS on this machine, and the file in which it records what it is asked."""
    there = Place(tmp_path_factory.mktemp("emulator"), place.mark).make()
    recording = there.data / "calls"
    (port,) = ports.free(1)
    environment = {"PATH": os.environ["PATH"], "MOTO_ENABLE_RECORDING": "1", "MOTO_RECORDER_FILEPATH": str(recording)}
    process = Process(
        Program("aws", python("-m", "moto.server", "-H", ports.HOST, "-p", str(port)), environment, patience=3), there
    )
    process.start()
    process.wait_until(lambda: ports.answers(port), seconds=120, what="The emulator")
    yield f"http://{ports.HOST}:{port}", recording
    process.kill()


@pytest.fixture(scope="module")
def keys(emulator: tuple[str, Path]) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": "terraform", "AWS_SECRET_ACCESS_KEY": "terraform", "AWS_ENDPOINT_URL": emulator[0]}


@pytest.fixture(scope="module")
def applying(terraform: Terraform, keys: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Terraform at work. It takes a minute, in which the provider looks again and again whether queues are there."""
    (terraform.directory / "here_emulator_override.tf").write_text(WITH_PATHS)
    options = {"TF_VAR_pods_read_secrets": "true", "TF_VAR_customers_sign_in_at_cognito": "true"}
    wanted = [f"-target={target}" for target in TARGETS]
    running = terraform.begin("apply", "-auto-approve", "-input=false", "-no-color", *wanted, **keys, **options)
    yield running
    running.kill()
    running.wait()


@pytest.fixture(scope="module")
def outputs(applying: subprocess.Popen[str], terraform: Terraform, keys: dict[str, str]) -> dict[str, Any]:
    code, _output, errors = terraform.end(applying)
    assert code == 0, errors
    said = json.loads(terraform("output", "-json", **keys).stdout)
    return {name: output["value"] for name, output in said.items()}


@pytest.fixture
def store(outputs: dict[str, Any], emulator: tuple[str, Path], tmp_path: Path) -> Iterator[dict[str, Fleet]]:
    """One process of each role, each with credentials of its own, so that the emulator can tell them apart."""
    address, recording = emulator
    recording.write_text("")
    factories.shipping()
    factories.tax()
    common = {
        "AWS_ENDPOINT_URL_SQS": address,
        "AWS_ENDPOINT_URL_S3": address,
        "AWS_ENDPOINT_URL_SNS": address,
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": address,
        "EVENTS_TOPIC_ARN": outputs["events_topic_arn"],
        "SECRETS_FROM": secret(outputs, address),
        **outputs["customers"],
        "AWS_SECRET_ACCESS_KEY": "secret",
        "EMAIL_URL": f"eml://{tmp_path}",
        "MEDIA_BUCKET": outputs["media_bucket"],
        **outputs["queues"],
    }
    counts = {"web": {"web": 1}, "relay": {"web": 0, "relays": 1}, "worker": {"web": 0, "workers": 1}}
    with ExitStack() as ends:
        made = {}
        for role, count in counts.items():
            environment = {**common, "AWS_ACCESS_KEY_ID": role}
            made[role] = fleet(f"infra-{role}", settings.DATABASES["default"], environment=environment, **count)
            ends.callback(made[role].end)
            made[role].start()
        made["web"].wait()
        yield made


def secret(outputs: dict[str, Any], address: str) -> str:
    """Put a value into the entry, as people do, and return its name."""
    client = boto3.client("secretsmanager", region_name="eu-central-1", endpoint_url=address)
    client.put_secret_value(
        SecretId=outputs["secret_name"], SecretString=json.dumps({"SECRET_KEY": settings.SECRET_KEY})
    )
    return str(outputs["secret_name"])


def upload_picture(base_url: str) -> None:
    """As staff do, in the admin."""
    factories.user("staff@example.com", PASSWORD, is_staff=True, is_superuser=True)
    address = change_page(factories.product("Lamp"))
    http = httpx.Client(base_url=base_url, timeout=60, headers={"Origin": base_url, "Referer": base_url})
    login = form(http.get("/account/login/").text, "/account/login/")
    assert http.post("/account/login/", data=login.filled(login="staff@example.com", password=PASSWORD)).is_redirect
    picture = {"images-0-upload": ("lamp.jpg", factories.jpeg().getvalue(), "image/jpeg")}
    one = {"images-TOTAL_FORMS": "1", "images-0-alt": "In front", "images-0-position": "0"}
    saved = http.post(address, data=typed(http.get(address).text) | one, files=picture)
    assert saved.is_redirect, re.findall(r"errorlist.*?</ul>", saved.text, re.DOTALL)


def publish_static(environment: dict[str, str]) -> None:
    """As the migrate Job does."""
    command = [sys.executable, "-m", "config", "publish"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_it_is_formatted_and_valid_with_its_examples(terraform, applying):
    """Here, as it takes long as well and needs not wait."""
    assert not [name for name in terraform("fmt", "-check", "-recursive").stdout.split() if "here_" not in name]
    checked = terraform("validate", "-no-color")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_store_runs_on_what_was_made_within_its_rights(store, outputs, emulator, tmp_path, settings):
    settings.EVENTS_TOPIC_ARN = outputs["events_topic_arn"]
    upload_picture(store["web"].url("web-1"))
    cart = factories.open_cart(factories.variant())
    place_order(cart_id=cart.public_id, key=str(uuid.uuid4()), details=factories.details())
    assert httpx.get(f"{store['web'].url('web-1')}/static/gone.0123456789ab.css", timeout=60).status_code == 404
    publish_static({**store["web"].environment, "AWS_ACCESS_KEY_ID": "migrate"})
    until(lambda: not OutboxMessage.objects.filter(done_at=None).exists())
    assert [mail.suffix for mail in tmp_path.iterdir()] == [".eml"]
    schema = httpx.get(store["web"].url("web-1") + "/static/events/order-v1.json", timeout=60)
    assert schema.status_code == 200, "whoever receives an event can fetch what it means"

    used = rights_used(emulator[1].read_text())
    for role in ("web", "relay", "worker", "migrate"):
        policy = json.loads(outputs["policies"][role])
        allowed = {action for statement in policy["Statement"] for action in listed(statement["Action"])}
        assert used[role] <= allowed, f"{role} was refused on AWS"
        assert allowed - used[role] <= NOT_USED.get(role, set()), f"{role} may do what it never does"


def listed(one_or_more: str | list[str]) -> list[str]:
    return [one_or_more] if isinstance(one_or_more, str) else one_or_more


def test_only_the_service_account_of_its_name_may_take_a_role(outputs):
    for role, policy in outputs["trust"].items():
        (statement,) = json.loads(policy)["Statement"]
        assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
        assert statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"] == role


def test_the_user_pool_is_named_as_the_store_reads_it(outputs):
    issuer = outputs["customers"]["COGNITO_ISSUER"]
    assert re.fullmatch(r"https://cognito-idp\.eu-central-1\.amazonaws\.com/eu-central-1_\w+", issuer)
    assert outputs["customers"]["COGNITO_CLIENT_IDS"]
