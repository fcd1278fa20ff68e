"""Pictures from a directory and from the web, its limits, and what becomes of a product that cannot have its own."""

import ipaddress
import socket
import threading
from unittest.mock import patch

import pytest

from shop.backoffice.importer import fetch, pictures
from shop.backoffice.importer.fetch import Web, public_web
from shop.backoffice.importer.pictures import Directory, Unobtainable
from shop.catalog.models import Product, ProductImage
from shop.platform import public_web as platform_web
from shop.platform import storage
from shop.platform.models import Image, OutboxMessage
from tests import factories
from tests.backoffice.importer.files import row, run, shirt, write
from tests.backoffice.importer.webserver import Server
from tests.outages import storage_behind_proxy

PUBLIC = ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:db8::1",
    "64:ff9b:1::a9fe:a9fe", "fec0::1", "::127.0.0.1", "::ffff:0:169.254.169.254", "5f00::1", "192.0.0.192",
]  # fmt: skip


@pytest.fixture
def server():
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def web(server):
    """Fetches as the shop does, and may connect to this one port of this machine instead of to the public web."""
    return Web(lambda address, port: address.is_loopback and port == server.port)


class TestAddresses:
    @pytest.mark.parametrize("address", PUBLIC)
    def test_the_public_web_may_be_connected_to(self, address):
        assert public_web(ipaddress.ip_address(address), 443)

    @pytest.mark.parametrize("address", PRIVATE)
    def test_nothing_else_may(self, address):
        assert not public_web(ipaddress.ip_address(address), 443)

    @pytest.mark.parametrize("port", [22, 25, 5432, 6379, 8000])
    def test_not_even_on_other_ports(self, port):
        assert not public_web(ipaddress.ip_address("8.8.8.8"), port)

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]"])
    def test_this_machine_is_refused_however_it_is_written_and_never_connected_to(self, server, host):
        with pytest.raises(Unobtainable):
            Web().read(server.url("/picture/red.jpg", host))
        assert not server.asked

    def test_a_name_is_checked_by_what_it_resolves_to(self, server, monkeypatch):
        resolved = []

        def resolve(host, port, **_options):
            resolved.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        monkeypatch.setattr(platform_web.socket, "getaddrinfo", resolve)
        with pytest.raises(Unobtainable, match="not on the public web"):
            Web().read(server.url("/picture/red.jpg", "pictures.example"))
        assert resolved == ["pictures.example"]
        assert not server.asked

    def test_one_private_address_among_public_ones_is_enough_to_refuse(self, server, monkeypatch):
        answers = [(2, 1, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]
        monkeypatch.setattr(platform_web.socket, "getaddrinfo", lambda *_args, **_options: answers)
        with pytest.raises(Unobtainable, match="not on the public web"):
            Web().read("http://pictures.example/a.jpg")

    def test_a_redirect_goes_through_the_same_door(self, server):
        inside = Server()
        try:
            web = Web(lambda address, port: port == server.port)
            with pytest.raises(Unobtainable, match="not on the public web"):
                web.read(server.url(f"/to/http:||127.0.0.1:{inside.port}|picture|red.jpg"))
            assert not inside.asked
        finally:
            inside.stop()

    @pytest.mark.parametrize(
        "src", ["file:///etc/passwd", "ftp://example.com/a.jpg", "a.jpg", "http://", "http://[", ""]
    )
    def test_only_addresses_of_the_web_are_followed(self, src):
        with pytest.raises(Unobtainable):
            Web().read(src)


class TestLimits:
    def test_a_picture_is_read(self, server, web):
        assert web.read(server.url("/picture/red.jpg?v=12")).startswith(b"\xff\xd8")

    def test_redirects_are_followed_a_few_times(self, server, web):
        assert web.read(server.url("/to/|picture|red.jpg")).startswith(b"\xff\xd8")
        with pytest.raises(Unobtainable, match="redirected too often"):
            web.read(server.url("/to/|to||to||to||to||picture|red.jpg"))

    @pytest.mark.parametrize("address", ["||[::1", "http:||a b|", "http:||127.0.0.1:99999999999999999999|"])
    def test_a_redirect_to_what_is_no_address_is_no_picture(self, server, web, address):
        with pytest.raises(Unobtainable):
            web.read(server.url("/to/") + address)

    def test_an_answer_that_is_no_success_is_no_picture(self, server, web):
        with pytest.raises(Unobtainable, match="answers 404"):
            web.read(server.url("/nothing"))

    def test_a_picture_that_says_it_is_too_large_is_not_read(self, server, web):
        with pytest.raises(Unobtainable, match="larger than"):
            web.read(server.url("/declared"))

    def test_one_that_never_ends_is_left_at_the_limit(self, server, web, settings):
        settings.IMAGE_MAX_BYTES = 200_000
        assert len(web.read(server.url("/huge"))) == 200_001

    @pytest.mark.parametrize("what", ["drip", "dripped-headers"])
    def test_a_slow_server_costs_a_bounded_time(self, server, web, monkeypatch, what):
        monkeypatch.setattr(fetch, "SECONDS", 0.4)
        with pytest.raises(Unobtainable, match="too slow"):
            web.read(server.url(f"/{what}"))

    def test_a_silent_server_costs_a_bounded_time(self, server, web, monkeypatch):
        monkeypatch.setitem(fetch.PATIENCE, "read", 0.3)
        with pytest.raises(Unobtainable, match="too slow"):
            web.read(server.url("/silence"))

    def test_a_server_that_is_not_there_is_said_to_be_so(self, server):
        server.stop()
        with pytest.raises(Unobtainable, match="cannot be reached"):
            Web(lambda *_address: True).read(server.url("/picture/red.jpg"))


@pytest.mark.django_db(transaction=True)
class TestAnImport:
    def test_pictures_hang_in_the_order_of_their_positions_with_their_texts(self, tmp_path, server, web):
        second = server.url("/picture/red.jpg")
        report = run(
            write(
                tmp_path,
                shirt(image=second, Image_Position="2", alt="From behind"),
                row("shirt", image=server.url("/picture/blue.jpg"), Image_Position="1", alt="In front"),
            ),
            web,
        )
        assert (report.pictures, report.pictures_missing, report.rejected) == (2, [], [])
        assert [shown.alt for shown in Product.objects.get().images.all()] == ["In front", "From behind"]
        assert OutboxMessage.objects.filter(topic="media.renditions").count() == 2

    def test_a_picture_of_a_variant_hangs_at_that_variant(self, tmp_path, server, web):
        red, blue = server.url("/picture/red.jpg?v=1"), server.url("/picture/blue.jpg")
        run(
            write(
                tmp_path,
                shirt(option="Colour", value="Red", sku="R", image=red, Variant_Image=red.replace("v=1", "v=2")),
                row("shirt", value="Blue", sku="B", price="9", Variant_Image=blue),
            ),
            web,
        )
        shown = ProductImage.objects.order_by("position").values_list("variant__sku", flat=True)
        assert list(shown) == ["R", "B"]

    def test_a_picture_of_all_variants_is_the_products(self, tmp_path, server, web):
        red = server.url("/picture/red.jpg")
        run(
            write(
                tmp_path,
                shirt(option="Size", value="S", sku="A", image=red, Variant_Image=red),
                row("shirt", value="M", sku="B", price="9", Variant_Image=red),
            ),
            web,
        )
        assert ProductImage.objects.get().variant is None

    @pytest.mark.parametrize("path", ["/nothing", "/page", "/svg"])
    def test_one_that_cannot_be_had_is_reported_and_the_product_is_imported(self, tmp_path, server, web, path):
        report = run(write(tmp_path, shirt(image=server.url(path)), shirt("hat")), web)
        assert [remark.line for remark in report.pictures_missing] == [2]
        assert server.url(path) in report.pictures_missing[0].text
        assert (report.rejected, Product.objects.count(), Image.objects.count()) == ([], 2, 0)

    def test_a_product_keeps_its_pictures_when_new_ones_cannot_be_had(self, tmp_path, server, web):
        run(write(tmp_path, shirt(image=server.url("/picture/red.jpg"))), web)
        before = list(ProductImage.objects.values())
        files = [shirt(image=server.url("/picture/blue.jpg")), row("shirt", image=server.url("/nothing"))]
        run(write(tmp_path, *files), web)
        assert list(ProductImage.objects.values()) == before

    def test_the_same_file_again_leaves_the_same_rows(self, tmp_path, server, web):
        file = write(tmp_path, shirt(image=server.url("/picture/red.jpg")))
        run(file, web)
        before = list(ProductImage.objects.values())
        run(file, web)
        assert list(ProductImage.objects.values()) == before

    def test_what_hangs_once_is_left_alone_however_often_the_file_names_it(self, tmp_path, server, web):
        """One picture at two addresses, and one of a variant that another product keeps."""
        red, foreign = server.url("/picture/red.jpg"), factories.product().variants.get().sku
        file = write(
            tmp_path,
            shirt(image=red),
            row("shirt", image=red.replace("red", "./red")),
            shirt("hat", option="Size", value="S", sku=foreign, Variant_Image=server.url("/picture/blue.jpg")),
            row("hat", value="M", sku="M", price="9"),
        )
        run(file, web)
        before = list(ProductImage.objects.order_by("id").values())
        run(file, web)
        assert list(ProductImage.objects.order_by("id").values()) == before
        assert len(before) == 2

    def test_each_address_is_asked_once_and_only_a_few_at_a_time(self, tmp_path, server, web):
        rows = [shirt(f"shirt-{number}", image=server.url(f"/slow-picture/{number % 20}.jpg")) for number in range(40)]
        report = run(write(tmp_path, *rows), web)
        assert report.pictures == 40
        assert set(server.asked.values()) == {1}
        assert 1 < server.most_at_once <= pictures.AT_ONCE

    def test_a_dry_run_looks_at_the_pictures_and_keeps_none(self, tmp_path, server, web):
        file = write(tmp_path, shirt(image=server.url("/picture/red.jpg")), shirt("hat", image=server.url("/page")))
        report = run(file, web, dry_run=True)
        assert (report.pictures, len(report.pictures_missing)) == (1, 1)
        assert (Image.objects.count(), Product.objects.count()) == (0, 0)

    def test_without_a_source_the_pictures_stay_as_they_are(self, tmp_path, server, web):
        file = write(tmp_path, shirt(image=server.url("/picture/red.jpg")))
        run(file, web)
        server.asked.clear()
        run(file, None)
        assert not server.asked
        assert ProductImage.objects.count() == 1

    def test_pictures_in_a_directory_are_found_by_their_name(self, tmp_path):
        below = tmp_path / "pictures" / "2024"
        below.mkdir(parents=True)
        (below / "Blue Shirt.JPG").write_bytes(factories.jpeg().getvalue())
        src = "https://cdn.example/files/1/blue%20shirt.jpg?v=99"
        report = run(
            write(tmp_path, shirt(image=src), shirt("hat", image="../../secret.jpg")), Directory(tmp_path / "pictures")
        )
        assert report.pictures == 1
        assert "there is no file secret.jpg" in report.pictures_missing[0].text
        assert Product.objects.get(slug="shirt").images.count() == 1

    def test_no_name_leads_out_of_the_directory(self, tmp_path):
        (tmp_path / "secret.jpg").write_bytes(factories.jpeg().getvalue())
        (tmp_path / "pictures").mkdir()
        for src in ("../secret.jpg", "%2e%2e/secret.jpg", str(tmp_path / "secret.jpg"), "..", ""):
            with pytest.raises(Unobtainable):
                Directory(tmp_path / "pictures").read(src)

    def test_a_store_for_pictures_that_is_away_costs_the_pictures_only(self, tmp_path, server, web, settings):
        files = [shirt(f"shirt-{number}", image=server.url("/picture/red.jpg?v=" + str(number))) for number in range(9)]
        waits = patch.multiple(pictures, PATIENCE=1.0, PAUSE=0.2)
        with storage_behind_proxy(settings) as s3, waits:
            s3.refuse()
            report = run(write(tmp_path, *files), web)
        assert len(report.pictures_missing) == Product.objects.count() == 9
        assert "does not answer" in report.pictures_missing[0].text

    def test_a_short_outage_of_the_store_for_pictures_is_waited_for(self, tmp_path, server, web, settings):
        waits = patch.object(pictures, "PAUSE", 0.1), patch.object(storage.breaker, "_seconds", 0.1)
        with storage_behind_proxy(settings) as s3, waits[0], waits[1]:
            s3.refuse()
            threading.Timer(0.5, s3.restore).start()
            report = run(write(tmp_path, shirt(image=server.url("/picture/red.jpg"))), web)
        assert not report.pictures_missing
        assert ProductImage.objects.count() == 1
