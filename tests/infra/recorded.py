"""What processes asked of AWS, as the emulator heard it."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

# A batch needs the right to the single act; a HEAD needs that of the GET, or of the listing.
RIGHTS = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
BREAKS = re.compile(r"\s*")
QUERY = re.compile(r"(?:^|&)Action=(\w+)")  # the older protocol, which SNS speaks
OBJECT = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}


def rights_used(recording: str) -> dict[str, set[str]]:
    """Return {access key id: {"sqs:SendMessage", ...}} of a recording: one JSON object after the other."""
    used: dict[str, set[str]] = {}
    for call in _calls(recording):
        headers = {name.lower(): value for name, value in call["headers"].items()}
        key = re.search(r"Credential=([^/]+)/", headers.get("authorization", ""))
        if key and (right := _right(call, headers)):
            used.setdefault(key[1], set()).add(right)
    return used


def _calls(recording: str) -> Iterator[dict[str, Any]]:
    """The emulator ends the line after each by a write of its own, so that two at once may share a line."""
    text, end = recording.rstrip(), 0
    while end < len(text):
        begin = BREAKS.match(text, end).end()  # type: ignore[union-attr]  # it matches no break, too
        call, end = json.JSONDecoder().raw_decode(text, begin)
        yield call


def _right(call: dict[str, Any], headers: dict[str, str]) -> str:
    signed_for = re.search(r"/(\w+)/aws4_request", headers["authorization"])
    service = signed_for[1] if signed_for else ""
    if service == "s3":
        _bucket, _, key = urlsplit(call["url"]).path.lstrip("/").partition("/")
        return f"s3:{OBJECT[call['method']] if key else 'ListBucket'}"
    action = headers.get("x-amz-target", "").rpartition(".")[2] or _queried(call)
    return f"{service}:{RIGHTS.get(action, action)}" if action else ""


def _queried(call: dict[str, Any]) -> str:
    body = base64.b64decode(call["body"]).decode() if call.get("body_encoded") else str(call.get("body") or "")
    found = QUERY.search(body)
    return found[1] if found else ""
