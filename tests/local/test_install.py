"""Installing: uv does it, or pip where uv can not, and what pip is told of its index counts for uv, too."""

import base64
import hashlib
import importlib.metadata
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from config.local import install


def wheel(directory: Path) -> str:
    """Make a package "lantern" 1.0, and return the line that requires it."""
    path = directory / "lantern-1.0-py3-none-any.whl"
    files = {
        "lantern.py": "",
        "lantern-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: lantern\nVersion: 1.0\n",
        "lantern-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {name: hashlib.sha256(text.encode()).digest() for name, text in files.items()}
    record = "lantern-1.0.dist-info/RECORD"
    lines = [f"{name},sha256={base64.urlsafe_b64encode(digests[name]).decode().rstrip('=')}," for name in files]
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, record: "\n".join([*lines, f"{record},,", ""])}.items():
            archive.writestr(name, text)
    return f"lantern==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A project that needs a package of this machine, and its environment, which sees pip and uv of this one."""
    venv.create(tmp_path / ".venv", symlinks=True, with_pip=False)
    library = Path(sysconfig.get_path("purelib", vars={"base": str(tmp_path / ".venv")}))
    (library / "others.pth").write_text(sysconfig.get_path("purelib"))
    for name, where in {
        "PROJECT": "",
        "VENV": ".venv",
        "PYTHON": ".venv/bin/python",
        "STAMP": ".venv/installed",
    }.items():
        monkeypatch.setattr(install, name, tmp_path / where)
    monkeypatch.setitem(install.FILES, "run", ["requirements.txt"])
    for name in ("PIP_NO_INDEX", "UV_NO_INDEX"):
        monkeypatch.setenv(name, "1")
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS"):
        monkeypatch.setenv(name, str(tmp_path))
    (tmp_path / "requirements.txt").write_text(wheel(tmp_path))
    (tmp_path / "requirements-local.txt").write_text(pin(importlib.metadata.version("uv")))
    return library


def pin(version: str) -> str:
    return f"uv=={version} \\\n    --hash=sha256:{'0' * 64}\n"


def installed_by(library: Path) -> str:
    return (library / "lantern-1.0.dist-info" / "INSTALLER").read_text().strip()


def test_uv_installs_what_is_required_once(project, capfd):
    assert install.main("run") == 0
    assert installed_by(project) == "uv"
    assert "Requirements installed" in capfd.readouterr().out
    assert install.main("run") == 0
    assert not capfd.readouterr().out


def test_pip_does_where_uv_can_not_and_what_fails_is_tried_again_the_next_time(project, capfd):
    required = install.PROJECT / "requirements.txt"
    (install.PROJECT / "requirements-local.txt").write_text(pin("0.0.1"))
    right = required.read_text()
    required.write_text(f"lantern==1.0 --hash=sha256:{'0' * 64}\n")
    assert install.main("run") == 1
    assert "could not be installed" in capfd.readouterr().err
    required.write_text(right)
    assert install.main("run") == 0
    assert installed_by(project) == "pip"


def test_uv_asks_the_index_that_pip_is_told_of(monkeypatch):
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.setenv("PIP_CERT", "/etc/of our own.crt")
    found = install._index_of_pip()
    assert found["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert found["SSL_CERT_FILE"] == "/etc/of our own.crt"


def test_what_uv_is_told_itself_comes_first(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example/simple")
    assert install._index_of_pip()["UV_DEFAULT_INDEX"] == "https://uv.example/simple"
