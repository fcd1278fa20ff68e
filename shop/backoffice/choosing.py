"""Fields that offer rows while one types."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.http import HttpRequest


class _OfIds:
    """Drops choices that are no ids: Django would ask the database for them when it shows the form again, and fail."""

    def optgroups(self, name: str, value: Sequence[Any], attr: Any = None) -> Any:
        ids = [each for each in value if not each or str(each).isdecimal()]
        return super().optgroups(name, ids, attr)  # type: ignore[misc]


class OneRow(_OfIds, AutocompleteSelect):
    pass


class Rows(_OfIds, AutocompleteSelectMultiple):
    pass


class ChoosingAdmin:
    """For an admin with `autocomplete_fields`."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(  # type: ignore[misc]
            db_field, request, **self._choosing(OneRow, db_field, request, kwargs)
        )

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(  # type: ignore[misc]
            db_field, request, **self._choosing(Rows, db_field, request, kwargs)
        )

    def _choosing(self, kind: Any, db_field: Any, request: HttpRequest, kwargs: dict[str, Any]) -> dict[str, Any]:
        admin: Any = self
        if db_field.name not in admin.get_autocomplete_fields(request):
            return kwargs
        return {"widget": kind(db_field, admin.admin_site, using=kwargs.get("using")), **kwargs}
