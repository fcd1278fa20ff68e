"""Many clients, several processes, one database: what must happen once happens once."""

import itertools
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import httpx
import pytest
from django.conf import settings

from config.local.fleet import Fleet
from shop.accounts import services as accounts
from shop.accounts.models import RefreshFamily
from shop.accounts.tokens import RefreshToken
from shop.cart.models import MAX_LINES, Cart, CartLine
from shop.inventory.models import Stock
from shop.orders.models import Order
from shop.payments.models import Payment
from shop.pricing.models import Voucher
from tests import factories
from tests.services import fleet, started

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("delivery_and_tax"),
]
AT_ONCE = 50
ADDRESS = asdict(factories.address())


@pytest.fixture(scope="module")
def four(django_db_setup) -> Iterator[Fleet]:
    with started(fleet("concurrency", settings.DATABASES["default"], web=4)) as pods:
        yield pods


def all_at_once(
    pods: Fleet, request: Callable[[str, int], httpx.Response], times: int = AT_ONCE
) -> list[httpx.Response]:
    """Call request(address of a process, number) so many times at once, spread over the processes."""
    addresses = itertools.cycle(pods.url(name) for name in pods.ports)
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(request, itertools.islice(addresses, times), range(times)))


def order_body(cart: Cart, email: str = "ada@example.com") -> dict[str, object]:
    payment = {"method": "bank_transfer"}
    return {
        "cart": str(cart.public_id),
        "email": email,
        "shipping_address": ADDRESS,
        "shipping_method": "standard",
        "payment": payment,
    }


def place(address: str, body: dict[str, object], key: str) -> httpx.Response:
    return httpx.post(f"{address}/api/v1/orders/", json=body, headers={"Idempotency-Key": key}, timeout=120)


def test_the_last_piece_is_sold_once(four):
    last = factories.variant(stock=1)
    carts = [factories.open_cart(last) for _ in range(AT_ONCE)]
    answers = all_at_once(
        four, lambda url, n: place(url, order_body(carts[n], f"buyer{n}@example.com"), str(uuid.uuid4()))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: AT_ONCE - 1}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"out_of_stock"}
    assert Order.objects.count() == Payment.objects.count() == 1
    assert Stock.objects.get().on_hand == 0


def test_vouchers_are_used_as_often_as_their_limits_say(four):
    """Half of the buyers have one that is good once, the others one that is good five times."""
    once, often, lamp = factories.voucher(limit=1), factories.voucher(limit=5), factories.variant(stock=1000)
    carts = Cart.objects.bulk_create(Cart(voucher=one) for one in [once, often] * (AT_ONCE // 2))
    CartLine.objects.bulk_create(CartLine(cart=cart, variant=lamp) for cart in carts)
    answers = all_at_once(
        four, lambda url, n: place(url, order_body(carts[n], f"buyer{n}@example.com"), str(uuid.uuid4()))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 6, 409: AT_ONCE - 6}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"voucher_used_up"}
    redeemed = Counter(Order.objects.values_list("redemption__voucher", flat=True))
    assert redeemed == dict(Voucher.objects.values_list("pk", "used")) == {once.pk: 1, often.pk: 5}
    assert Cart.objects.exclude(voucher=None).filter(state=Cart.State.OPEN).count() == AT_ONCE - 6
    assert Stock.objects.get().on_hand == 1000 - 6


def test_a_gift_card_is_spent_to_the_cent_and_never_beyond(four):
    """It pays eight orders of 14.90 and has 5.00 left; who comes later has agreed to pay nothing and is refused."""
    card, lamp = factories.gift_card("124.20"), factories.variant("10.00", stock=1000)
    carts = Cart.objects.bulk_create(Cart(gift_card=card.card) for _ in range(AT_ONCE))
    CartLine.objects.bulk_create(CartLine(cart=cart, variant=lamp) for cart in carts)
    paid_by_card = {"payment": {"method": "gift_card"}, "expected_to_pay": "0.00"}
    answers = all_at_once(
        four,
        lambda url, n: place(url, order_body(carts[n], f"buyer{n}@example.com") | paid_by_card, str(uuid.uuid4())),
    )
    assert Counter(answer.status_code for answer in answers) == {201: 8, 409: AT_ONCE - 8}
    refused = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert refused <= {"gift_card_changed", "to_pay_changed"}
    card.card.refresh_from_db()
    assert (str(card.card.balance), card.card.entries.filter(kind="spend").count()) == ("5.00", 8)
    assert set(Order.objects.values_list("state", flat=True)) == {"paid"}
    assert Order.objects.count() == Payment.objects.count() == 8
    assert Cart.objects.open().filter(gift_card=card.card).count() == AT_ONCE - 8
    assert Stock.objects.get().on_hand == 1000 - 8


def test_one_key_is_one_order_however_often_it_is_sent(four):
    mine = factories.open_cart(factories.variant())
    body, key = order_body(mine), str(uuid.uuid4())
    answers = all_at_once(four, lambda url, _n: place(url, body, key))
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[201] == 1
    assert set(statuses) <= {200, 201, 409}
    assert all(answer.headers["Retry-After"] for answer in answers if answer.status_code == 409)
    assert len({answer.json()["number"] for answer in answers if answer.is_success}) == 1
    assert Order.objects.count() == Payment.objects.count() == 1


def test_one_variant_added_by_many_at_once_is_one_line_with_all_pieces(four):
    lamp = factories.variant(stock=1000)
    mine = factories.open_cart()
    body = {"variant": lamp.pk, "quantity": 1}
    answers = all_at_once(
        four, lambda url, _n: httpx.post(f"{url}/api/v1/carts/{mine.public_id}/lines/", json=body, timeout=120)
    )
    assert {answer.is_success for answer in answers} == {True}
    assert CartLine.objects.get().quantity == AT_ONCE


def test_the_limits_of_a_cart_hold_however_many_add_at_once(four):
    """Two places are left for new lines, and twenty pieces of one of the lines that are there."""
    scarce = factories.variant(stock=20)
    mine = factories.open_cart(scarce)
    sizes = ("1", "2", "3", "4", "5")
    others = [one for _ in range(21) for one in factories.product(prices=sizes, stock=1000).variants.all()]
    CartLine.objects.bulk_create(CartLine(cart=mine, variant=one) for one in others[: MAX_LINES - 3])
    new = others[MAX_LINES - 3 :]

    def add(url: str, number: int) -> httpx.Response:
        wanted = scarce if number % 2 else new[number % len(new)]
        return httpx.post(f"{url}/api/v1/carts/{mine.public_id}/lines/", json={"variant": wanted.pk}, timeout=120)

    answers = all_at_once(four, add)
    assert {answer.status_code for answer in answers} == {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"cart_full"}
    assert mine.lines.count() == MAX_LINES
    assert mine.lines.get(variant=scarce).quantity == 20


def test_two_orders_of_the_same_things_in_opposite_order_never_lock_each_other_out(four):
    lamp, rug = factories.variant(stock=1000), factories.variant(stock=1000)
    carts = [
        factories.open_cart(*pair) for pair in itertools.islice(itertools.cycle([(lamp, rug), (rug, lamp)]), AT_ONCE)
    ]
    answers = all_at_once(four, lambda url, n: place(url, order_body(carts[n]), str(uuid.uuid4())))
    assert Counter(answer.status_code for answer in answers) == {201: AT_ONCE}
    assert set(Stock.objects.values_list("on_hand", flat=True)) == {1000 - AT_ONCE}


def test_what_is_added_while_the_order_is_placed_is_in_it_or_refused(four):
    """The total that is charged is the total of the order's lines, whichever came first."""
    lamp, rug = factories.variant("10.00", stock=1000), factories.variant("5.00", stock=1000)
    mine = factories.open_cart(lamp)

    def either(url: str, number: int) -> httpx.Response:
        if number == AT_ONCE // 2:
            return place(url, order_body(mine), str(uuid.uuid4()))
        body = {"variant": rug.pk, "quantity": 1}
        return httpx.post(f"{url}/api/v1/carts/{mine.public_id}/lines/", json=body, timeout=120)

    answers = all_at_once(four, either)
    assert all(answer.status_code < 500 for answer in answers)
    order = Order.objects.get()
    assert order.subtotal == sum(line.total for line in order.lines.all())
    assert order.subtotal == sum(line.variant.price * line.quantity for line in mine.lines.select_related("variant"))
    assert Payment.objects.get().amount == order.total


def test_log_ins_at_once_with_guest_carts_end_with_all_that_was_in_them(four):
    """One account, many browsers: each brings a cart with one thing of its own and one that all have."""
    user = factories.user("ada@example.com", "correct horse battery")
    common = factories.variant(stock=1000)
    own = [factories.variant() for _ in range(8)]
    guests = [factories.open_cart(common, variant) for variant in own]

    def sign_in(url: str, number: int) -> httpx.Response:
        body = {"email": user.email, "password": "correct horse battery", "cart": str(guests[number % 8].public_id)}
        return httpx.post(f"{url}/api/v1/auth/token/", json=body, timeout=120)

    answers = all_at_once(four, sign_in, times=8)
    assert {answer.status_code for answer in answers} == {200}
    joined = Cart.objects.get(user=user, state=Cart.State.OPEN)
    assert dict(joined.lines.values_list("variant_id", "quantity")) == {common.pk: 8, **{v.pk: 1 for v in own}}


def test_refreshes_at_once_with_one_token_all_give_the_same_successor_and_sign_nobody_out(four):
    factories.user("ada@example.com", "correct horse battery")
    used = accounts.sign_in(email="ada@example.com", password="correct horse battery").refresh
    answers = all_at_once(
        four, lambda url, _n: httpx.post(f"{url}/api/v1/auth/token/refresh/", json={"refresh": used}, timeout=120)
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({RefreshToken(answer.json()["refresh"]).id for answer in answers}) == 1
    assert RefreshFamily.objects.get().revoked_at is None
    accounts.refresh(answers[0].json()["refresh"])
