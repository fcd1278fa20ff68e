"""Reading request bodies."""

import codecs
import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

MAX_BYTES = 64 * 1024  # an order with a long address has 2 kB


class BodyTooLarge(APIException):
    status_code = 413
    default_code = "body_too_large"
    default_detail = _("The request's body is too large.")


class BoundedJSONParser(JSONParser):
    """JSON of at most MAX_BYTES, of which nothing is read before its length is known."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Raises BodyTooLarge and ParseError."""
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
            raise BodyTooLarge
        try:
            return json.load(codecs.getreader("utf-8")(stream), parse_constant=_refused)
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        except ValueError as error:
            raise ParseError(_("The body is not valid JSON: %(reason)s") % {"reason": error}) from error


def _refused(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
