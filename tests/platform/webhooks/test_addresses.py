"""Webhooks are sent to addresses that are allowed, and nowhere else."""

import ipaddress
import ssl
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shop.platform import public_web
from shop.platform.webhooks import sending
from tests.receiver import receiver

pytestmark = pytest.mark.django_db(transaction=True)


class TestAddresses:
    """Which addresses of the network are public is tested in backoffice/importer/test_import_pictures.py."""

    @pytest.mark.parametrize(
        ("address", "port", "scheme", "allowed"),
        [
            ("8.8.8.8", 443, "https", True),
            ("8.8.8.8", 8443, "https", True),
            ("2606:4700:4700::1111", 443, "https", True),
            ("8.8.8.8", 22, "https", False),
            ("8.8.8.8", 80, "http", False),
            ("10.1.2.3", 443, "https", False),
            ("10.9.2.3", 9000, "https", True),  # a network of one's own
            ("::ffff:10.9.2.3", 443, "https", True),
            ("10.9.2.3", 80, "http", False),
            ("169.254.169.254", 443, "https", False),
            ("::ffff:169.254.169.254", 443, "https", False),
            ("64:ff9b::a9fe:a9fe", 443, "https", False),
            ("fd00:ec2::254", 443, "https", False),
            ("fe80::1", 443, "https", False),
            ("224.0.0.1", 443, "https", False),
            ("0.0.0.0", 443, "https", False),
            ("127.0.0.1", 443, "https", True),
            ("127.0.0.1", 8000, "http", True),
            ("::1", 443, "https", False),  # this machine is named by its address of IPv4 only
        ],
    )
    def test_only_these_are_connected_to(self, settings, address, port, scheme, allowed):
        settings.WEBHOOK_NETWORKS = ["127.0.0.0/8", "10.9.0.0/16"]
        assert sending.may_receive(ipaddress.ip_address(address), port, scheme=scheme) is allowed

    def test_without_networks_of_one_s_own_this_machine_is_not_connected_to(self, settings, there):
        settings.WEBHOOK_NETWORKS = []
        for url in (there.url(), there.url().replace("http:", "https:"), "https://localhost", "https://[::1]/"):
            assert sending.post(url, b"{}", {}).error, url
        assert not there.heard

    def test_a_name_is_checked_by_what_it_resolves_to_and_asked_once(self, there, monkeypatch):
        asked = []

        def resolve(host, port, **_options):
            asked.append(host)
            return [(2, 1, 6, "", ("8.8.8.8", port)), (2, 1, 6, "", ("192.168.0.1", port))]

        monkeypatch.setattr(public_web.socket, "getaddrinfo", resolve)
        assert "not on the public web" in sending.post("https://hooks.example/", b"{}", {}).error
        assert asked == ["hooks.example"]

    @pytest.mark.parametrize(
        "url",
        [
            "", "hooks.example", "ftp://hooks.example/", "https://", "https://a:b@hooks.example/", "https://[::1",
            "https://hooks.example:99999/", "https://hooks.example/#a", "https://hooks.example/a b",
            "https://hooks.example/ü", "http://hooks.example/", "http://10.9.2.3/", "https://hooks.example/\n",
            "file:///etc/passwd",
        ],
    )  # fmt: skip
    def test_what_is_no_address_to_send_to_is_refused(self, url):
        with pytest.raises(sending.WrongAddress):
            sending.checked(url)
        assert sending.post(url, b"{}", {}).error

    def test_an_address_is_taken_apart(self):
        assert sending.checked("https://Hooks.example/a?b=c") == ("https", "hooks.example", 443, "/a?b=c")
        assert sending.checked("https://bücher.example:8443") == ("https", "xn--bcher-kva.example", 8443, "/")

    def test_https_is_checked_like_in_a_browser(self, tmp_path, monkeypatch):
        certificate(tmp_path / "others")
        with receiver(certificate(tmp_path / "own")) as server:
            for folder, error in (("own", ""), ("others", "cannot be reached")):
                monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / folder / "ca.pem"))
                sending._tls.cache_clear()
                answer = sending.post(server.url(), b"{}", {"webhook-id": "1"})
                assert (answer.is_success, error in answer.error) == (not error, True), answer
            assert len(server.heard) == 1
        sending._tls.cache_clear()


def certificate(folder: Path) -> ssl.SSLContext:
    """Make a certificate for this machine that vouches for itself; its file is to be trusted as ca.pem."""
    folder.mkdir()
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "me")])
    begun = datetime.now(UTC) - timedelta(days=1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(uuid.uuid4().int >> 1).not_valid_before(begun).not_valid_after(begun + timedelta(days=9))
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = made.add_extension(here, critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    form, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "ca.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(form))
    (folder / "key.pem").write_bytes(key.private_bytes(form, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context
