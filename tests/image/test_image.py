"""The image, built and run as a pod would: read-only root, no capability, a numbered user, little memory.

SHOP_TEST_IMAGE=1 make test ARGS=tests/image     # makes the base image too; a few minutes
"""

import hashlib
import json
import os
import re
import tarfile
import time
import uuid
from collections.abc import Callable, Iterator
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg
import pytest

from tests.fleet.gunicorns import free_port, wait_until
from tests.image.engine import IMAGE, Engine, Pod, find

pytestmark = [pytest.mark.image, pytest.mark.timeout(900)]

BUDGET = 200 * 10**6  # bytes of all layers, unpacked; what is pulled is less than half
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


@pytest.fixture(scope="module")
def files(engine: Engine) -> dict[str, tarfile.TarInfo]:
    return {path: entry for path, entry, _content in engine.files(IMAGE)}


def test_has_no_tools_to_build_or_install_and_no_shell(engine: Engine, files: dict[str, tarfile.TarInfo]) -> None:
    tools = {"sh", "bash", "dash", "gcc", "cc", "g++", "make", "pip", "pip3", "git", "curl", "apt-get", "dpkg", "perl"}
    assert not {path for path in files if path.rpartition("/")[2] in tools and "/bin/" in path}
    assert not [path for path, entry in files.items() if entry.mode & 0o6000], "no file may change who runs it"
    for module in ("pip", "setuptools", "ensurepip"):
        assert engine.run("-c", f"import {module}", entrypoint="python").returncode != 0, module


def test_runs_as_a_numbered_user_who_can_change_nothing(engine: Engine, files: dict[str, tarfile.TarInfo]) -> None:
    assert engine.run("-c", "import os; print(os.getuid())", entrypoint="python").stdout.strip() == "10001"
    assert not [path for path, entry in files.items() if entry.uid or entry.gid], "all is root's"
    writable = [path for path, entry in files.items() if entry.mode & 0o022 and not entry.issym()]
    assert writable in (["/tmp/"], ["/tmp"])


def test_bytecode_is_there_already(files: dict[str, tarfile.TarInfo]) -> None:
    ours = {path for path in files if path.startswith("/app/") and path.endswith(".py")}
    compiled = {re.sub(r"__pycache__/(.*)\.cpython-\d+\.pyc$", r"\1.py", path) for path in files}
    assert len(ours) > 50 and ours - {"/app/manage.py"} <= compiled
    assert not [path for path in files if path.startswith(("/opt/", "/usr/")) and path.endswith(".py")]


def test_scanners_find_what_the_libraries_are_from(engine: Engine) -> None:
    status = {path: content for path, _entry, content in engine.files(IMAGE) if "/dpkg/status.d/" in path}
    assert any(b"Package: libc6\n" in content and b"Version: " in content for content in status.values())
    assert any("openssl" in path or "libssl" in path for path in status)


def test_holds_no_secret_and_says_what_it_is(engine: Engine, files: dict[str, tarfile.TarInfo]) -> None:
    config = engine.inspect(IMAGE)["Config"]
    names = {entry.partition("=")[0] for entry in config["Env"]}
    assert not [name for name in names if any(word in name for word in ("SECRET", "KEY", "PASSWORD", "URL"))]
    assert config["Labels"]["org.opencontainers.image.version"] == "test"
    assert config["StopSignal"] in ("SIGTERM", "15", "")
    ours = [path for path in files if path.startswith("/app/") and not path.startswith("/app/staticfiles/")]
    assert not [
        path for path in ours if "/.env" in path or path.endswith(".pem") or "/local/" in path or "/tests" in path
    ]


def test_is_small(engine: Engine, record_property: Callable[[str, object], None]) -> None:
    whole = engine.size(IMAGE)
    record_property("image_bytes", whole)
    print(f"\nimage {whole / 10**6:.0f} MB, all layers unpacked")
    assert whole < BUDGET


def test_the_same_source_gives_the_same_files(engine: Engine) -> None:
    """Built once more, from the first line: every file, its rights and its owner are the same."""

    def tree(image: str) -> dict[str, tuple[int, int, str, str]]:
        return {
            path: (entry.mode, entry.uid, entry.linkname, hashlib.sha256(content).hexdigest())
            for path, entry, content in engine.files(image)
        }

    engine.build("localhost/shop:again", "--no-cache")
    first, again = tree(IMAGE), tree("localhost/shop:again")
    assert {path for path in first.keys() | again.keys() if first.get(path) != again.get(path)} == set()


def test_web_serves_on_a_read_only_root_and_stops_at_once(
    migrated: None, start: Callable[[str], Pod], environment: dict[str, str]
) -> None:
    began = time.monotonic()
    web = start("web")
    wait_until(lambda: status(environment, "/readyz") == 200, "web is ready", 60)
    print(f"\nready {time.monotonic() - began:.1f} s after podman run")
    assert status(environment, "/livez") == 200
    assert status(environment, "/") == 200
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
