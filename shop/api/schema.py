"""What is said about every operation at once: the problems it can answer with."""

from typing import Any

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
METHODS = {"get", "post", "patch", "put", "delete"}


def with_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the problem as each operation's default answer. A drf-spectacular postprocessing hook."""
    result["components"]["schemas"] |= {"Problem": PROBLEM, "ProblemError": PROBLEM_ERROR}
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for method, operation in path.items():
            if method in METHODS:
                operation["responses"]["default"] = {"description": "What went wrong.", "content": content}
    return result
