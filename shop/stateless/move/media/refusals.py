"""What a storage refuses, in words that say what to do. Exceptions are known by name: their library may be missing."""

import errno
from typing import Any

RIGHTS = {
    "PutObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "HeadObject": "s3:GetObject and s3:ListBucket",
    "HeadBucket": "s3:ListBucket",
    "GetObject": "s3:GetObject",
    "ListObjects": "s3:ListBucket",
    "DeleteObject": "s3:DeleteObject",
}
DENIED = ("403", "AccessDenied", "Forbidden", "AllAccessDisabled")
WRONG_KEYS = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken")
AWAY = (
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ConnectionClosedError",
    "ProxyConnectionError",
)
NO_KEYS = ("NoCredentialsError", "PartialCredentialsError", "TokenRetrievalError")


def sentence(error: BaseException) -> str:
    """Return the end of a sentence that begins with the name of what could not be read or written."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return _answered(response, getattr(error, "operation_name", "?"))
    if is_away(error):
        return "cannot be reached: the storage does not answer; look at its address and the network"
    if type(error).__name__ in NO_KEYS:
        return "cannot be reached without credentials: give this process a role or access keys"
    if isinstance(error, UnicodeError):
        return "has a name that is no proper text; rename it"
    return _by_system(error) or f"cannot be carried: {' '.join(str(error).split()) or repr(error)}"


def _by_system(error: BaseException) -> str:
    if not isinstance(error, OSError) or not error.strerror:
        return ""
    full = error.errno == errno.ENOSPC
    return "finds no room: the target is full" if full else f"cannot be read or written: {error.strerror}"


def is_away(error: BaseException) -> bool:
    return type(error).__name__ in AWAY or isinstance(error, ConnectionError | TimeoutError)


def is_not_there(error: BaseException) -> bool:
    """Tell whether an exception means that there is no such file."""
    if isinstance(error, FileNotFoundError):
        return True
    response = getattr(error, "response", None)
    return isinstance(response, dict) and _code(response) in ("404", "NoSuchKey")


def _answered(response: dict[str, Any], operation: str) -> str:
    code = _code(response)
    if code in DENIED:
        right = RIGHTS.get(operation, f"for {operation}")
        return f"is refused ({code} for {operation}): the access keys are wrong or lack the right {right}"
    if code == "NoSuchBucket" or (code == "404" and operation == "HeadBucket"):
        return "is refused: there is no such bucket; make it, or correct its name"
    if code in WRONG_KEYS:
        return f"is refused: the access keys are wrong or have expired ({code})"
    return f"is refused by the storage: {code} for {operation}"


def _code(response: dict[str, Any]) -> str:
    return str(response.get("Error", {}).get("Code", "?"))
