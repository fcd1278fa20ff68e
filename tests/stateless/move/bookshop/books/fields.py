"""A field of others: the database never has the same bytes twice for one value, as with encryption."""

import base64
import secrets
from typing import Any

from django.db import models


class SealedField(models.TextField):
    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return f"{secrets.token_hex(4)}:{base64.b64encode(str(value).encode()).decode()}"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else base64.b64decode(value.partition(":")[2]).decode()
