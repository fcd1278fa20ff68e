"""Where the source code of a project is: its own packages, and on request the installed ones."""

import functools
import importlib.util
import site
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings

SKIPPED = {"node_modules", "__pycache__", ".git", ".venv", "venv", "site-packages", ".tox", "build"}


def roots_of(settings_module: str, root_package: str, *, packages: bool) -> dict[str, Path]:
    """Return {dotted name: directory or file} without those inside another."""
    found = {config.name: Path(config.path) for config in apps.get_app_configs()}
    found = {name: path for name, path in found.items() if packages or not is_library(path)}
    found = {name: path for name, path in found.items() if not name.startswith("django.")}  # settings say all of it
    urls = str(getattr(settings, "ROOT_URLCONF", "") or "").partition(".")[0]
    for name in {root_package or settings_module, urls} - {""}:
        spec = importlib.util.find_spec(name)
        if spec and spec.origin and not is_library(Path(spec.origin)):
            origin = Path(spec.origin)
            found[name] = origin.parent if origin.name == "__init__.py" else origin
    return {
        name: path for name, path in found.items() if not _inside(name, found) and not name.startswith("shop.stateless")
    }


def _inside(name: str, others: dict[str, Path]) -> bool:
    return any(name != other and name.startswith(f"{other}.") for other in others)


@functools.cache
def _library_paths() -> tuple[Path, ...]:
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return tuple(Path(sysconfig.get_path(name)).resolve() for name in names) + tuple(
        Path(path).resolve() for path in site.getsitepackages()
    )


def is_library(path: Path) -> bool:
    """Return whether a file belongs to Python or to an installed package."""
    resolved = path.resolve()
    return (
        "site-packages" in resolved.parts
        or "dist-packages" in resolved.parts
        or any(resolved.is_relative_to(library) for library in _library_paths())
    )


def files(roots: dict[str, Path]) -> Iterator[tuple[str, Path]]:
    for name, root in sorted(roots.items()):
        if root.is_file():
            yield name, root
            continue
        for path in sorted(root.rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            if not SKIPPED & set(parts) and "{" not in str(path):  # project templates are not code yet
                yield ".".join([name, *(part for part in parts if part != "__init__")]), path
