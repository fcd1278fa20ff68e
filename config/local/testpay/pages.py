"""What the customer sees: the card form and the confirmation. Plain HTML, no script."""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config.local.testpay import cards
from config.local.testpay.cards import Outcome
from config.local.testpay.ledger import Refused, Row

if TYPE_CHECKING:
    from config.local.testpay.server import Request

STYLE = Path(__file__).with_name("style.css").read_text()
DECLINED = "The card was declined."
REFUSED = "The payment was not confirmed."
FIELDS = {
    "number": ("Card number", "cc-number", "1234 1234 1234 1234"),
    "expiry": ("Valid to (MM/YY)", "cc-exp", "12/34"),
    "code": ("Security code", "cc-csc", "123"),
}


@dataclass
class Page:
    """A page, or where to go instead. `returns_to` is the shop's origin, to which forms may lead."""

    html: str = ""
    status: int = 200
    location: str = ""
    returns_to: str = ""


def show(request: "Request") -> Page:
    payment = request.ledger.payment(request.words["id"])
    if payment["status"] != "open":
        return _back(request, payment)
    alert = f"{payment['message']} Try another card." if payment["declines"] else ""
    return _form(payment, {}, {}, alert)


def pay(request: "Request") -> Page:
    payment = request.ledger.payment(request.words["id"])
    if payment["status"] != "open":
        return _back(request, payment)
    form = request.form()
    mistakes = cards.mistakes(form)
    if mistakes:
        return _form(payment, form, mistakes, "Please look at the marked fields.", status=422)
    outcome = cards.CARDS[cards.number_of(form)]
    if outcome is Outcome.ASKS:
        request.ledger.ask(payment["id"])
        return Page(location=f"/pay/{payment['id']}/confirm")
    if outcome is Outcome.DECLINES:
        return _declined(request, payment, DECLINED)
    return _finished(request, payment, "paid")


def show_confirmation(request: "Request") -> Page:
    payment = request.ledger.payment(request.words["id"])
    if not request.ledger.asks(payment["id"]):
        return Page(location=f"/pay/{payment['id']}")
    return _page(payment, "Confirm the payment", CONFIRMATION)


def confirm(request: "Request") -> Page:
    payment = request.ledger.payment(request.words["id"])
    if not request.ledger.asks(payment["id"]):
        return Page(location=f"/pay/{payment['id']}")
    if request.form().get("choice") == "confirm":
        return _finished(request, payment, "paid")
    return _declined(request, payment, REFUSED)


def cancel(request: "Request") -> Page:
    payment = request.ledger.payment(request.words["id"])
    return _finished(request, payment, "cancelled")


def refusal(refused: Refused) -> Page:
    html = _document("Not found", f"<div class=panel><h1>{escape(refused.message)}</h1></div>")
    return Page(html, status=refused.status)


def _finished(request: "Request", payment: Row, status: str) -> Page:
    request.ledger.finish(payment["id"], status)
    return _back(request, payment)


def _declined(request: "Request", payment: Row, message: str) -> Page:
    payment = request.ledger.decline(payment["id"], message)
    request.courier.wake()
    return Page(location=f"/pay/{payment['id']}")  # the form again, or the shop if that was the last try


def _back(request: "Request", payment: Row) -> Page:
    if request.courier.switches.before_return:
        request.courier.wait_delivered(payment["id"])
    request.courier.wake()
    return Page(location=payment["return_url"])


def _form(payment: Row, form: dict[str, str], mistakes: dict[str, str], alert: str, status: int = 200) -> Page:
    fields = {name: _field(name, form.get(name, ""), mistakes.get(name, "")) for name in FIELDS}
    notice = f'<p class="alert" role="alert">{escape(alert)}</p>' if alert else ""
    body = f"""{notice}<form method="post" novalidate>{fields["number"]}
<div class="two"><div>{fields["expiry"]}</div><div>{fields["code"]}</div></div>
<button>Pay {escape(_amount(payment))}</button></form>
<form method="post" action="/pay/{payment["id"]}/cancel">
<button class="quiet">Cancel and go back to the shop</button></form>
</div><section class="panel" aria-labelledby="cards"><h2 id="cards">Test cards</h2><ul>{_test_cards()}</ul>
<p class="soft">Any later month and any three digits will do.</p></section>"""
    page = _page(payment, "Pay by card", body)
    page.status = status
    return page


def _field(name: str, value: str, mistake: str) -> str:
    label, autocomplete, placeholder = FIELDS[name]
    told = f'<p class="wrong" id="{name}-wrong">{escape(mistake)}</p>' if mistake else ""
    marks = f' aria-invalid="true" aria-describedby="{name}-wrong"' if mistake else ""
    return (
        f'<label for="{name}">{label}</label><input id="{name}" name="{name}" value="{escape(value)}" required '
        f'inputmode="numeric" autocomplete="{autocomplete}" placeholder="{placeholder}"{marks}>{told}'
    )


def _test_cards() -> str:
    lines = (
        f"<li><code>{cards.written(number)}</code> {outcome.value}</li>" for number, outcome in cards.CARDS.items()
    )
    return "".join(lines)


CONFIRMATION = """<p>Your bank asks: is it you who wants to pay this amount?</p>
<form method="post"><button name="choice" value="confirm">Yes, pay</button>
<button class="quiet" name="choice" value="refuse">No, do not pay</button></form></div>"""


def _page(payment: Row, title: str, body: str) -> Page:
    """`body` closes the panel that the head of the page opens."""
    what = escape(payment["description"])
    head = (
        f'<div class="panel"><h1>{title}</h1><p class="amount">{escape(_amount(payment))}</p><p class="soft">{what}</p>'
    )
    parts = urlsplit(payment["return_url"])
    return Page(_document(title, head + body), returns_to=f"{parts.scheme}://{parts.netloc}")


def _document(title: str, body: str) -> str:
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} - Testpay</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<style>{STYLE}</style></head><body><main>
<p class="test"><b>Testpay</b> is a test provider. No money moves here; never enter a real card.</p>
{body}</main></body></html>"""


def _amount(payment: Row) -> str:
    return f"{payment['amount'] / 100:,.2f} {payment['currency']}"
