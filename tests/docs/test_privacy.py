"""docs/privacy.md names each field that may hold a word about a person, and says whether it does."""

import re
from collections import Counter
from pathlib import Path

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BinaryField, CharField, FileField, GeneratedField, GenericIPAddressField, JSONField

PAGE = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"
MAY_TELL = (CharField, models.TextField, JSONField, ArrayField, BinaryField, FileField, GeneratedField)
ROW = re.compile(r"^\| `(\w+)` \| (`[^|]*`) \|", re.MULTILINE)


def test_each_field_of_each_table_is_named_once():
    there = {
        f"{model._meta.db_table}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, (*MAY_TELL, GenericIPAddressField))
    }
    named = Counter(
        f"{table}.{name}" for table, names in ROW.findall(PAGE.read_text()) for name in re.findall(r"\w+", names)
    )
    assert {field for field, times in named.items() if times > 1} == set()
    assert there - set(named) == set(), "say in docs/privacy.md whether it is personal, and when it is erased"
    assert set(named) - there == set()
