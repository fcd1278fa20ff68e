"""What processes asked of AWS, as the emulator heard it."""

import json
import re
from urllib.parse import urlsplit

# A batch needs the right to the single act; a HEAD needs that of the GET, or of the listing.
RIGHTS = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
OBJECT = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}


def rights_used(recording: str) -> dict[str, set[str]]:
    """Return {access key id: {"sqs:SendMessage", ...}} of a recording: a JSON object a line."""
    used: dict[str, set[str]] = {}
    for line in filter(None, recording.splitlines()):
        call = json.loads(line)
        headers = {name.lower(): value for name, value in call["headers"].items()}
        key = re.search(r"Credential=([^/]+)/", headers.get("authorization", ""))
        if key and (right := _right(call["method"], call["url"], headers)):
            used.setdefault(key[1], set()).add(right)
    return used


def _right(method: str, url: str, headers: dict[str, str]) -> str:
    action = headers.get("x-amz-target", "").partition("AmazonSQS.")[2]
    if action:
        return f"sqs:{RIGHTS.get(action, action)}"
    if "/s3/aws4_request" not in headers["authorization"]:
        return ""
    _bucket, _, key = urlsplit(url).path.lstrip("/").partition("/")
    return f"s3:{OBJECT[method] if key else 'ListBucket'}"
