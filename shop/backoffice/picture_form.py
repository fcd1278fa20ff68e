"""Pictures on their product's page: uploaded there, checked and put on S3 before the rest is saved."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from shop.backoffice.row_form import RowForm
from shop.backoffice.thumbnails import thumbnail
from shop.catalog.models import Product, ProductImage, Variant
from shop.platform import media
from shop.platform.media import InvalidImage
from shop.platform.models import Image
from shop.platform.storage import StorageAway

AWAY = _("The store for pictures does not answer. Nothing you typed is lost: choose the file again and save again.")
PREVIEW = 72  # pixels


class PictureFileInput(forms.FileInput):
    template_name = "backoffice/file_input.html"


class PictureForm(RowForm):
    """A picture with its file. A file that was taken is remembered in `image` while other fields are corrected."""

    upload = forms.FileField(
        label=_("file"),
        required=False,
        widget=PictureFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    image = forms.ModelChoiceField(Image.objects.all(), required=False, widget=forms.HiddenInput())

    class Meta:
        model = ProductImage
        fields = ["variant", "position", "alt", "image"]
        widgets = {
            "alt": UnfoldAdminTextInputWidget(attrs={"style": "min-width: 14rem"}),
            "variant": UnfoldAdminSelectWidget(),
        }

    def clean_upload(self) -> Any:
        file = self.cleaned_data["upload"]
        if file is None:
            return None
        file.seek(0)  # read before, where the page is made a second time
        try:
            return media.store(file)
        except InvalidImage as error:
            raise ValidationError(str(error.message)) from error
        except StorageAway as error:
            raise ValidationError(AWAY) from error

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        stored = values.get("upload")
        if stored:
            values["image"] = stored
            self.data = _with(self.data, self.add_prefix("image"), str(stored.pk))
        if not values.get("image") and "upload" not in self.errors:
            self.add_error("upload", _("Choose a file."))
        return values

    @property
    def shown(self) -> Image | None:
        """The picture to show beside the fields: the one just uploaded, or the one saved."""
        taken = getattr(self, "cleaned_data", {}).get("image")
        return taken or (self.instance.image if self.instance.image_id else None)


class PictureFormSet(PaginationInlineFormSet):
    def clean(self) -> None:
        super().clean()
        seen: set[tuple[Any, Any]] = set()
        for form in self.forms:
            values = getattr(form, "cleaned_data", {})
            if values.get("DELETE") or not values.get("image"):
                continue
            shows = (values["image"], values.get("variant"))
            if shows in seen:
                form.add_error("upload", _("This picture is here already."))
            seen.add(shows)


class PictureInline(TabularInline):
    model = ProductImage
    form = PictureForm
    formset = PictureFormSet
    fields = ("preview", "upload", "alt", "variant", "position", "image")
    readonly_fields = ("preview",)
    extra = 0
    hide_title = True
    ordering_field = "position"
    hide_ordering_field = True

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ProductImage]":
        rows: QuerySet[ProductImage] = super().get_queryset(request)
        return rows.select_related("image", "variant").order_by("position", "id")

    def get_formset(self, request: HttpRequest, obj: Product | None = None, **kwargs: Any) -> Any:
        """Offer the product's own variants, read once for all rows."""
        formset = super().get_formset(request, obj, **kwargs)
        field = formset.form.base_fields.get("variant")
        if field is not None:
            _without_links(field.widget)
            own = Variant.objects.filter(product=obj) if obj else Variant.objects.none()
            field.queryset = own
            field.choices = [("", _("all variants")), *((variant.pk, str(variant)) for variant in own)]
        return formset

    def preview(self, picture: ProductImage) -> SafeString:
        return thumbnail(picture.image if picture.image_id else None, edge=PREVIEW)

    preview.short_description = ""  # type: ignore[attr-defined]

    def upload(self, _picture: ProductImage) -> str:
        """What those who may only look see instead of the file field."""
        return ""


def _without_links(wrapper: Any) -> None:
    """Take off what opens variants in windows of their own: they are on this page already."""
    wrapper.can_add_related = wrapper.can_change_related = False
    wrapper.can_delete_related = wrapper.can_view_related = False


def _with(data: Any, name: str, value: str) -> Any:
    """Return a copy of what was sent, with another value in it: what was sent cannot be changed."""
    changed = data.copy()
    changed[name] = value
    return changed
