"""Installing: what pip is told of its index counts for uv, too."""

from config.local import install


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
