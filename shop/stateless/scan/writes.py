"""Files that views, middleware and tasks write to the disk of the pod."""

import ast
from collections.abc import Iterator

from shop.stateless.places import is_stream
from shop.stateless.scan.findings import Finding, Function, dotted, finding, functions, last_name, serves_requests
from shop.stateless.scan.modules import Module

OPENERS = {"open", "io.open", "codecs.open", "gzip.open"}
PATH_WRITERS = {"write_text", "write_bytes"}
SHUTIL = {"shutil.copy", "shutil.copyfile", "shutil.move", "shutil.copy2", "os.rename", "os.replace"}
TEMPORARY = {"NamedTemporaryFile", "TemporaryDirectory", "TemporaryFile", "mkstemp", "mkdtemp", "SpooledTemporaryFile"}


def find(module: Module) -> Iterator[Finding]:
    for place in functions(module):
        if not serves_requests(module, place) or _uses_temporary(place.function):
            continue
        for node in ast.walk(place.function):
            if isinstance(node, ast.Call) and _writes(node):
                text = (
                    f"disk of the pod, by {ast.unparse(node.func)[:60]}() in {place.function.name}() of {module.name}"
                )
                yield from finding(module, node, f"{place.function.name}()", text, certain=True)


def _writes(node: ast.Call) -> bool:
    full, name = dotted(node.func), last_name(node.func)
    if full in OPENERS:
        return _is_for_writing(_mode(node, 1)) and not (node.args and _is_device(node.args[0]))
    if full in SHUTIL or (isinstance(node.func, ast.Attribute) and name in PATH_WRITERS):
        return True
    return (
        isinstance(node.func, ast.Attribute)
        and name == "open"
        and _is_path(node.func.value)
        and _is_for_writing(_mode(node, 0))
    )


def _mode(node: ast.Call, position: int) -> str:
    given = [keyword.value for keyword in node.keywords if keyword.arg == "mode"] + node.args[position : position + 1]
    return given[0].value if given and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str) else "r"


def _is_for_writing(mode: str) -> bool:
    return bool(set(mode) & set("wax+"))


def _is_device(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and is_stream(node.value)


def _is_path(node: ast.expr) -> bool:
    """Return whether this is a pathlib path, as far as its name tells; a storage has open() too."""
    return last_name(node) in {"Path", "joinpath", "with_suffix", "with_name"} or "path" in last_name(node).lower()


def _uses_temporary(function: Function) -> bool:
    """A function that asks for a temporary file has thought about where it writes."""
    return any(isinstance(node, ast.Call) and last_name(node.func) in TEMPORARY for node in ast.walk(function))
