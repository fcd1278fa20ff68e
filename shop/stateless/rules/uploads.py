"""Uploads on their way: temporary files of a request, and those that have to last until the next request."""

from collections.abc import Iterator
from tempfile import gettempdir

from shop.stateless.places import NOWHERE, POD_DISK
from shop.stateless.project import Project, is_kind
from shop.stateless.rows import Question, Row

HANDLERS, BETWEEN_REQUESTS = 50, 51
IN_MEMORY = "django.core.files.uploadhandler.MemoryFileUploadHandler"
OWNER = "whoever is uploading"
LOST = "An upload begun on one pod cannot be finished on another: it fails, or what was confirmed is not what is saved."
# app: (setting that names the storage, what counts as local, what it does, what to write)
TWO_STEPS = {
    "import_export": (
        "IMPORT_EXPORT_TMP_STORAGE_CLASS",
        ("", "import_export.tmp_storages.TempFolderStorage"),
        "Import files waiting for “Confirm”",
        'IMPORT_EXPORT_TMP_STORAGE_CLASS = "import_export.tmp_storages.MediaStorage"',
    ),
    "chunked_upload": (
        "CHUNKED_UPLOAD_STORAGE_CLASS",
        ("",),
        "Parts of large uploads",
        "CHUNKED_UPLOAD_STORAGE_CLASS = a storage that all pods reach",
    ),
    "django_drf_filepond": (
        "DJANGO_DRF_FILEPOND_STORAGES_BACKEND",
        ("",),
        "Uploads waiting for their form",
        'DJANGO_DRF_FILEPOND_STORAGES_BACKEND = "storages.backends.s3.S3Storage"',
    ),
    "django_tus": ("TUS_STORAGE", ("",), "Parts of resumable uploads", "an upload straight to the bucket"),
}


def rows(project: Project) -> Iterator[Row]:
    yield _temporary(project)
    for app, (setting, local, what, remedy) in TWO_STEPS.items():
        if project.has_app(app):
            value = str(project.setting(setting, "") or "")
            asked = Question(what, OWNER)
            if value in local:
                yield asked.broken(BETWEEN_REQUESTS, f"temporary files ({app})", POD_DISK, LOST, remedy)
            else:
                yield asked.shared(BETWEEN_REQUESTS, value, "file store")


def _temporary(project: Project) -> Row:
    """Django's own handlers keep a file for the length of one request: nothing that another pod would look for.

    So do those that are made of its handler for memory.
    """
    asked = Question("Temporary files of uploads", OWNER)
    where = str(project.setting("FILE_UPLOAD_TEMP_DIR") or gettempdir())
    names = [name for name in project.setting("FILE_UPLOAD_HANDLERS") if not name.startswith("django.core.files.")]
    foreign = [name for name in names if not is_kind(project.load(name), IN_MEMORY)]
    if foreign:
        lost = "Not known: an upload handler of its own may keep files between requests."
        remedy = "Let the handler write to a storage that all pods reach"
        return asked.unknown(HANDLERS, f"{where}, {', '.join(foreign)}", POD_DISK, lost, remedy)
    return asked.shared(HANDLERS, f"{where}, for one request only", NOWHERE, "Only the upload of that moment.")
