"""Bodies that HTTP allows and Django stumbles over are read, or refused with an answer that arrives."""

import json
from io import BytesIO

import pytest

from shop.cart.models import CartLine
from tests import factories
from tests.wsgi import Server

pytestmark = pytest.mark.django_db
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
ONE_FIELD = b'--X\r\nContent-Disposition: form-data; name="variant"\r\n\r\n%d\r\n--X--\r\n'


def post(address: str, body: bytes, content_type: str, **fields):
    length = {} if "HTTP_TRANSFER_ENCODING" in fields else {"CONTENT_LENGTH": str(len(body))}
    given = length | fields | {"wsgi.input": BytesIO(body), "CONTENT_TYPE": content_type}
    return Server().get(address, method="POST", **given), given["wsgi.input"]


def test_a_phone_may_send_its_body_in_pieces_without_saying_how_long_it_is():
    cart, variant = factories.open_cart(), factories.variant()
    body = json.dumps({"variant": variant.pk, "quantity": 2}).encode()
    answer, _ = post(f"/api/v1/carts/{cart.public_id}/lines/", body, JSON, HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status == 201
    assert json.loads(answer.body)["lines"][0]["quantity"] == 2


def test_one_in_pieces_that_is_too_long_is_refused():
    answer, _ = post("/api/v1/auth/token/", b'"' + b"x" * 70_000, JSON, HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status == 413
    assert json.loads(answer.body)["code"] == "body_too_large"


@pytest.mark.parametrize("fields", [{}, {"HTTP_TRANSFER_ENCODING": "chunked"}])
def test_one_that_is_far_too_long_is_refused_and_read_to_its_end_so_that_the_answer_arrives(fields):
    answer, sent = post("/api/v1/auth/token/", b"x" * 5_000_000, JSON, **fields)
    assert (answer.status, sent.read()) == (413, b"")
    assert json.loads(answer.body)["code"] == "body_too_large"


@pytest.mark.parametrize(("path", "kind"), [("/api/v1/auth/token/", JSON), ("/cart/lines/", FORM)])
def test_one_whose_sender_is_gone_is_a_refusal_and_no_fault_of_ours(path, kind):
    class Gone(BytesIO):
        def read(self, *_: int) -> bytes:
            raise ConnectionResetError

    fields = {"CONTENT_LENGTH": "30", "CONTENT_TYPE": kind, "wsgi.input": Gone()}
    assert Server().get(path, method="POST", **fields).status == 400


def form(size: int) -> bytes:
    part = b'--X\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'
    variant = str(factories.variant().pk).encode()
    file = part % (b"picture", b'; filename="a.jpg"', b"x" * size)
    return part % (b"variant", b"", variant) + file + b"--X--\r\n"


@pytest.mark.parametrize(("size", "status"), [(900_000, 200), (1_100_000, 400)])
def test_files_that_anybody_sends_stay_in_memory_up_to_a_limit(settings, monkeypatch, tmp_path, size, status):
    settings.UPLOAD_MAX_BYTES, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000, 1000
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))  # as in a pod whose /tmp is full
    answer, body = post("/cart/lines/", form(size), "multipart/form-data; boundary=X", HTTP_HX_REQUEST="true")
    assert (answer.status, CartLine.objects.count()) == (status, int(status == 200))
    assert not body.read(), "all of it was taken, so the answer arrives"


def test_half_a_form_is_not_taken_for_a_form():
    length = {"CONTENT_LENGTH": str(len(form(900_000)) + 1), "HTTP_HX_REQUEST": "true"}
    answer, _ = post("/cart/lines/", form(900_000), "multipart/form-data; boundary=X", **length)
    assert (answer.status, CartLine.objects.count()) == (400, 0)


@pytest.mark.parametrize("charset", ["rot13", '"idna"', "undefined", "nonsense"])
def test_characters_that_no_text_is_written_in_count_as_none(charset):
    variant = factories.variant()
    content_type = f"multipart/form-data; charset={charset}; boundary=X"
    answer, _ = post("/cart/lines/", ONE_FIELD % variant.pk, content_type, HTTP_HX_REQUEST="true")
    assert answer.status == 200
    assert CartLine.objects.get().variant == variant


def test_a_large_body_that_is_refused_unread_is_read_before_the_answer():
    answer, sent = post("/api/v1/products/", b"x" * 3_000_000, "text/plain")
    assert answer.status == 405
    assert sent.read() == b""
