"""Remove from a virtual environment what the store never reads: python image/trim.py /opt/venv

Run beside manage.py, after collectstatic: the languages that stay are those of the settings.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, ".")
from django.conf import settings

# Descriptions of the AWS services that are called, or from which rights come; botocore has four hundred others.
SERVICES = {"s3", "sqs", "sns", "sts", "sso", "sso-oidc", "secretsmanager"}
# What packages ship beside the code that runs: their tests, and sources of what is compiled.
FOLDERS = ("tests", "testing", "conf/app_template", "conf/project_template")
# And parts of them that INSTALLED_APPS does not name: signing in with accounts of others, maps, colours of code.
PARTS = (
    "allauth/socialaccount/providers/[!_b]*",
    "django/contrib/gis",
    "pygments/styles/[!_d]*",
)
SOURCES = {".po", ".pyx", ".pxd", ".c", ".h", ".hpp", ".pyi", ".md", ".rst"}


def main(environment: Path) -> None:
    (packages,) = environment.glob("lib/python3*/site-packages")
    for unwanted in (_services, _languages, _folders, _files):
        before = _size(packages)
        for path in sorted(unwanted(packages), reverse=True):
            _remove(path)
        print(f"{unwanted.__name__.lstrip('_')}: {(before - _size(packages)) / 2**20:.1f} MiB less")  # noqa: T201


def _services(packages: Path) -> Iterator[Path]:
    for path in (packages / "botocore/data").iterdir():
        if path.is_dir() and path.name not in SERVICES:
            yield path
    yield from (packages / "boto3/data").glob("[!s]*")
    yield from (packages / "boto3/examples").glob("*")


def _languages(packages: Path) -> Iterator[Path]:
    """Translations into languages that the settings do not offer, and formats of their numbers and dates."""
    offered = {code.partition("-")[0] for code, _name in settings.LANGUAGES}
    for folder in (*packages.rglob("locale"), packages / "django/conf/locale"):
        for path in folder.iterdir():
            if path.is_dir() and path.name.partition("_")[0] not in offered and path.name != "__pycache__":
                yield path


def _folders(packages: Path) -> Iterator[Path]:
    """Tests of packages. Not Django's own test client, which the warming of a process uses."""
    for name in FOLDERS:
        for path in packages.glob(f"*/{name}"):
            if path.is_dir() and not (path.parent / "test.py").exists():
                yield path
    for pattern in (*PARTS, "*/contrib/*/static", "*/static"):
        yield from packages.glob(pattern)


def _files(packages: Path) -> Iterator[Path]:
    for path in packages.rglob("*"):
        if path.suffix in SOURCES and path.is_file() and ".dist-info" not in str(path):
            yield path


def _remove(path: Path) -> None:
    remove: Callable[[Path], object] = shutil.rmtree if path.is_dir() else Path.unlink
    if path.exists():
        remove(path)


def _size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
