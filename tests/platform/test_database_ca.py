"""DATABASE_CA: who may sign the certificate of PostgreSQL, as text and without a file to mount."""

import socket
import ssl
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config import databases

PEM, HOST = serialization.Encoding.PEM, "localhost"


class Server:
    """Answers the first bytes of a PostgreSQL with TLS and a certificate of its own, then hangs up."""

    def __init__(self, directory: Path) -> None:
        self.authority = _certificate(directory)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(directory / "certificate.pem", directory / "key.pem")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.heard = b""
        threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        caller, _ = self._listener.accept()
        caller.recv(8)  # SSLRequest
        caller.sendall(b"S")
        try:
            with self._context.wrap_socket(caller, server_side=True) as within:
                self.heard = within.recv(200)
        except OSError:
            caller.close()


def _certificate(directory: Path) -> str:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    text = builder.sign(key, hashes.SHA256()).public_bytes(PEM).decode()
    (directory / "certificate.pem").write_text(text)
    private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (directory / "key.pem").write_bytes(private)
    return text


def options(authority: str, more: str = "") -> dict[str, str]:
    entry = databases.postgres(urlsplit(f"postgres://shop:secret@{HOST}/shop{more}"), authority=authority)
    return {name: value for name, value in entry["OPTIONS"].items() if name.startswith("ssl")}


def refused(server: Server, authority: str) -> str:
    parameters = {"host": HOST, "hostaddr": "127.0.0.1", "port": server.port, "user": "shop", "connect_timeout": 10}
    with pytest.raises(psycopg.OperationalError) as error:
        psycopg.connect(**parameters, **options(authority))
    return str(error.value)


def test_only_a_server_whose_certificate_it_signed_is_told_who_asks(tmp_path):
    ours, strangers = (tmp_path / name for name in ("ours", "strangers"))
    ours.mkdir(), strangers.mkdir()
    server = Server(ours)
    assert "certificate verify failed" in refused(server, _certificate(strangers))
    assert server.heard == b""
    server = Server(ours)
    assert "certificate" not in refused(server, server.authority)
    assert b"shop" in server.heard


def test_programs_that_it_starts_can_read_it_too():
    path = options("what others have signed")["sslrootcert"]
    command = [sys.executable, "-c", f"print(open({path!r}).read())"]
    assert "what others have signed" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_an_address_may_say_something_else_and_a_pooler_checks_by_itself():
    assert options("ours", "?sslmode=require")["sslmode"] == "require"
    assert options("ours", "?pooled=1") == options("") == {}
