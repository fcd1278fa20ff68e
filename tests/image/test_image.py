"""The image, built and run as a pod would: read-only root, no capability, a numbered user, little memory.

SHOP_TEST_IMAGE=1 make test TESTS=tests/image     # makes the base image too; a few minutes
"""

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg
import pytest

from tests.fleet.gunicorns import free_port, wait_until
from tests.image.engine import BASE, IMAGE, Engine, Pod, find

pytestmark = [pytest.mark.image, pytest.mark.timeout(900)]

BUDGET = 240 * 2**20  # bytes that we add to the base: the packages, two thirds of it, and the static files
PASSED_ON = ("REDIS_", "AWS_", "SQS_", "MEDIA_", "JWT_", "PUBLIC_URL", "ALLOWED_HOSTS", "SECRET_KEY", "CARD_")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = find(tmp_path_factory.mktemp("podman"))
    engine.build()
    return engine


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """What the pods read: the services of this test run, and a database that is still empty."""
    address = os.environ["DATABASE_URL"]
    name = f"image_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    passed = {key: value for key, value in os.environ.items() if key.startswith(PASSED_ON)}
    url = urlsplit(address)._replace(path=f"/{name}").geturl()
    yield passed | {"DATABASE_URL": url, "EMAIL_URL": "smtp://127.0.0.1:9", "WEB_BIND": f"127.0.0.1:{free_port()}"}
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture
def start(engine: Engine, environment: dict[str, str]) -> Iterator[Callable[[str], Pod]]:
    pods: list[Pod] = []

    def started(role: str) -> Pod:
        pods.append(Pod(engine, role, environment))
        return pods[-1]

    yield started
    for pod in pods:
        pod.remove()


@pytest.fixture
def migrated(engine: Engine, environment: dict[str, str], start: Callable[[str], Pod]) -> None:
    pod = start("migrate")
    assert engine("wait", pod.id).stdout.strip() == "0", "\n".join(pod.logs()[-20:])


def status(environment: dict[str, str], path: str) -> int | None:
    try:
        with urlopen(f"http://{environment['WEB_BIND']}{path}", timeout=5) as answer:
            code: int = answer.status
            return code
    except URLError as error:
        return getattr(error, "code", None)
    except OSError:
        return None


def assert_clean(lines: list[str]) -> None:
    """Every line is an object, and nothing tried to write where it must not."""
    for line in lines:
        if not line or line.startswith("worker: "):
            continue  # Celery's signal handler says in words of its own that it stops
        assert isinstance(json.loads(line), dict), line
        assert "Read-only file system" not in line and "Permission denied" not in line, line


def test_has_no_tools_to_build_or_install(engine: Engine) -> None:
    tools = "gcc cc g++ make pip pip3 git curl"
    run = engine.run("-c", f"for tool in {tools}; do command -v $tool; done; true", entrypoint="sh")
    assert (run.returncode, run.stdout) == (0, "")
    for module in ("pip", "setuptools", "ensurepip"):
        assert engine.run("-c", f"import {module}", entrypoint="python").returncode != 0, module


def test_runs_as_a_numbered_user_who_can_change_nothing(engine: Engine) -> None:
    assert engine.run("-u", entrypoint="id").stdout.strip() == "10001"
    found = engine.run("/", "-xdev", "-writable", "-type", "f", "-not", "-path", "/proc/*", entrypoint="find")
    assert found.stdout == ""


def test_bytecode_is_there_already(engine: Engine) -> None:
    count = "import compileall,pathlib,sys; p=list(pathlib.Path('/app/shop').rglob('*.py')); print(len(p), sum(" \
            "1 for f in p if list((f.parent/'__pycache__').glob(f.stem+'.cpython-*.pyc'))))"  # fmt: skip
    sources, compiled = engine.run("-c", count, entrypoint="python").stdout.split()
    assert int(sources) > 50 and sources == compiled


def test_holds_no_secret_and_says_what_it_is(engine: Engine) -> None:
    config = engine.inspect(IMAGE)["Config"]
    names = {entry.partition("=")[0] for entry in config["Env"]}
    assert not [name for name in names if any(word in name for word in ("SECRET", "KEY", "PASSWORD", "URL"))]
    assert config["Labels"]["org.opencontainers.image.version"] == "test"
    assert config["StopSignal"] in ("SIGTERM", "15", "")
    listing = engine.run(
        "/app", "-name", ".env*", "-o", "-name", "*.pem", "-o", "-path", "*/local/*", entrypoint="find"
    )
    assert [line for line in listing.stdout.splitlines() if "/static" not in line] == []


def test_is_small(engine: Engine, record_property: Callable[[str, object], None]) -> None:
    whole, base = engine.size(IMAGE), engine.size(BASE)
    record_property("image_bytes", whole)
    print(f"\nimage {whole / 2**20:.0f} MiB, of which ours {(whole - base) / 2**20:.0f} MiB")
    assert whole - base < BUDGET


def test_web_serves_on_a_read_only_root_and_stops_at_once(
    migrated: None, start: Callable[[str], Pod], environment: dict[str, str]
) -> None:
    began = time.monotonic()
    web = start("web")
    wait_until(lambda: status(environment, "/readyz") == 200, "web is ready", 60)
    print(f"\nready {time.monotonic() - began:.1f} s after podman run")
    assert status(environment, "/livez") == 200
    assert status(environment, "/") == 200
    assert web.execute("id", "-u").stdout.strip() == "10001"
    seconds, code = web.stop()
    assert (code, seconds < 5) == (0, True), (code, seconds)
    assert_clean(web.logs())


@pytest.mark.parametrize("role", ["relay", "worker"])
def test_background_pods_show_their_heartbeat_and_stop_at_once(
    role: str, migrated: None, start: Callable[[str], Pod]
) -> None:
    pod = start(role)
    beats = ("python", "-m", "config", "heartbeat", "--max-age", "60")
    wait_until(lambda: pod.execute(*beats).returncode == 0, f"{role} has a heartbeat", 60)
    seconds, code = pod.stop()
    assert (code, seconds < 30) == (0, True), (code, seconds)
    assert_clean(pod.logs())


@pytest.mark.parametrize("role", ["migrate", "wait", "cron"])
def test_jobs_end_well(role: str, migrated: None, engine: Engine, start: Callable[[str], Pod]) -> None:
    pod = start(role)
    assert engine("wait", pod.id).stdout.strip() == "0", "\n".join(pod.logs()[-20:])
    assert "Read-only file system" not in "\n".join(pod.logs())


def test_without_its_secrets_a_pod_says_what_is_missing(engine: Engine) -> None:
    run = engine.run("migrate")
    assert run.returncode != 0
    assert "SECRET_KEY is not set" in run.stdout + run.stderr
