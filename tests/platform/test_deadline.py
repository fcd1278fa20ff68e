"""A service that sends a byte now and then costs no more time than one that is silent."""

import socket
import threading
from collections.abc import Iterator

import pytest

from shop.accounts import issuer_keys
from shop.payments.errors import ProviderUnavailable
from shop.payments.providers import card

BODY = b'{"keys": []}'


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a server whose answers are good, and take two seconds, a byte after the other."""
    over = threading.Event()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY

    def serve() -> None:
        while not over.is_set():
            client, _address = listener.accept()
            with client:
                client.recv(4096)
                for number in range(len(answer)):
                    if over.wait(2 / len(answer)):
                        return
                    try:
                        client.sendall(answer[number : number + 1])
                    except OSError:
                        break

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        over.set()


def test_the_card_provider(dripping, settings, monkeypatch):
    settings.CARD_PROVIDER_URL = dripping
    monkeypatch.setattr(card, "WHOLE", 0.3)
    with pytest.raises(ProviderUnavailable):
        card._call("GET", "/v1/payments/x")


def test_the_keys_of_another_issuer(dripping, monkeypatch):
    monkeypatch.setattr(issuer_keys, "WHOLE", 0.3)
    with pytest.raises(issuer_keys.KeysAway):
        issuer_keys.IssuerKeys(dripping).find("x")
