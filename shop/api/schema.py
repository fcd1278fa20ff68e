"""What is said about all operations at once: the ways they share, and the problems they can answer with."""

from typing import Any

from shop.api import codes

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is stable and for programs, `detail` is for people.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "example": "about:blank"},
        "title": {"type": "string", "example": "Conflict"},
        "status": {"type": "integer", "example": 409},
        "detail": {"type": "string", "example": "Some of these items are no longer available in that quantity."},
        "code": {"type": "string", "example": "out_of_stock"},
        "details": {"type": "object", "additionalProperties": True, "example": {"missing": {"1203": 1}}},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}},
    },
}
PROBLEM_ERROR = {
    "type": "object",
    "description": "One mistake in what was sent: where, and which.",
    "required": ["code", "detail"],
    "properties": {
        "pointer": {"type": "string", "example": "#/shipping_address/city"},
        "parameter": {"type": "string", "example": "min_price"},
        "code": {"type": "string", "example": "required"},
        "detail": {"type": "string"},
    },
}
INTRODUCTION = """
* Money is `{"amount": "19.90", "currency": "EUR"}`; prices include tax.
* A list is `{"next", "previous", "results"}`: follow the addresses, do not make your own.
* An error is a problem document (RFC 9457) with a stable `code`; a request that is not valid has `errors`, each with a
  `pointer` into the body or the name of a `parameter`. After 409, 429 and 503 with `Retry-After`, ask again then.
* Placing an order needs an `Idempotency-Key`. If no answer came, send the same request again: there will be one order.
* A cart's ETag is its version. With `If-Match` a change is made only if nobody changed the cart since, else 412.
* A voucher that does not apply now stays on its cart and takes nothing off. An order is then refused with the reason,
  unless `expected_total` says that the customer saw the price without it.
* A gift card is put on a cart by its code and pays what it can when the order is placed; `to_pay` is what it leaves.
* Guests need no account: a cart's `id` and an order's `token` are their keys. Keep them secret.
* Sign in at `auth/token/`, send `Authorization: Bearer <access>`, and get the next pair at `auth/token/refresh/` when
  the answer is 401 `token_expired`. There are no cookies.
"""
# A body of DELETE, which the tool that draws the description leaves out
ERASE = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {
                    "password": {"type": "string", "format": "password"},
                    "id_token": {"type": "string", "description": "In its place for who has none here."},
                },
            }
        }
    },
}
METHODS = {"get", "post", "patch", "put", "delete"}


def with_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the introduction, and the problem as each operation's default answer. A drf-spectacular hook."""
    result["info"]["description"] = f"{INTRODUCTION}\nThe codes of problems:\n\n{codes.listed()}\n"
    result["components"]["schemas"] |= {"Problem": PROBLEM, "ProblemError": PROBLEM_ERROR}
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    result["paths"]["/api/v1/me/"]["delete"]["requestBody"] = ERASE
    for path in result["paths"].values():
        for method, operation in path.items():
            if method in METHODS:
                operation["responses"]["default"] = {"description": "What went wrong.", "content": content}
    return result
