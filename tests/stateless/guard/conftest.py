import tempfile

import pytest

from shop.stateless.guard import report


@pytest.fixture
def disk(tmp_path, monkeypatch):
    """A directory of the pod, beside that for temporary files."""
    (tmp_path / "temporary").mkdir()
    (tmp_path / "disk").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path / "disk"


@pytest.fixture
def site(settings, disk):
    """Set up the small site with the guard in a mode, and return where its disk is."""
    settings.ROOT_URLCONF = "tests.stateless.guard.views"
    settings.MIDDLEWARE = ["shop.stateless.guard.middleware.GuardMiddleware"]

    def in_mode(mode: str):
        settings.STATELESS_GUARD = mode
        return disk

    return in_mode


@pytest.fixture
def counted(monkeypatch) -> list[report.Write]:
    """What a listener was told."""
    found: list[report.Write] = []
    monkeypatch.setattr(report, "_listeners", [found.append])
    monkeypatch.setattr(report, "_logged", set())
    return found
