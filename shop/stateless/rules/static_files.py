"""Style sheets and scripts: part of the release, the same in each pod, if they are made before it starts."""

from collections.abc import Iterator

from shop.stateless.places import FILE_STORE, IMAGE, POD_DISK
from shop.stateless.project import Project, is_kind
from shop.stateless.rows import Question, Row
from shop.stateless.rules.storages import FILE_SYSTEM, OLD_FILE_SYSTEM

PLAIN_NAMES, ON_REQUEST = 40, 41
STATIC = Question("Static files", "nobody: part of the release")
HASHED = (
    "django.contrib.staticfiles.storage.ManifestFilesMixin",
    "whitenoise.storage.CompressedManifestStaticFilesStorage",
)


def rows(project: Project) -> Iterator[Row]:
    if project.has_app("django.contrib.staticfiles"):
        yield _static(project)
    if project.has_app("compressor") and project.setting("COMPRESS_ENABLED", not project.setting("DEBUG")):
        yield from _compressed(project)


def _backend(project: Project) -> str:
    entry = project.setting("STORAGES", {}).get("staticfiles") or {}
    return str(entry.get("BACKEND") or project.setting("STATICFILES_STORAGE", ""))


def _static(project: Project) -> Row:
    cls = project.load(_backend(project))
    where = str(project.setting("STATIC_ROOT") or "the packages themselves")
    if is_kind(cls, *HASHED):
        return STATIC.shared(PLAIN_NAMES, f"{where}, hashed names", IMAGE)
    if not is_kind(cls, FILE_SYSTEM, OLD_FILE_SYSTEM):
        return STATIC.shared(PLAIN_NAMES, _backend(project), FILE_STORE)
    lost = "While two releases run side by side, a page of the one may get the style sheet of the other."
    remedy = (
        'STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}, '
        "and collectstatic while the image is built"
    )
    return STATIC.unknown(PLAIN_NAMES, f"{where}, plain names", IMAGE, lost, remedy)


def _compressed(project: Project) -> Iterator[Row]:
    asked = Question("Compressed style sheets and scripts", "nobody: made from the release")
    where = str(project.setting("COMPRESS_ROOT") or project.setting("STATIC_ROOT"))
    if project.setting("COMPRESS_OFFLINE", False):
        yield asked.shared(ON_REQUEST, f"{where}, made with the image", IMAGE)
    else:
        lost = "A page of one pod names a file that only that pod has made: others answer 404."
        yield asked.weak(ON_REQUEST, where, POD_DISK, lost, "COMPRESS_OFFLINE = True")
