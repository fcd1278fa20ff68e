"""Files that are named after a session: what a visitor left on the disk of one pod, and looks for on another."""

import ast
from collections.abc import Iterator

from shop.stateless.scan.findings import Finding, Place, dotted, finding, functions, serves_requests
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk
from shop.stateless.scan.writes import ARCHIVES, FILES, OPENERS, SHUTIL

ASKED = {"os.path.exists", "os.path.isfile", "os.path.isdir", "os.open", "os.makedirs", "os.mkdir", "os.listdir"}
USES = OPENERS | ARCHIVES | FILES | SHUTIL | ASKED | {"pathlib.Path"}


def find(module: Module) -> Iterator[Finding]:
    """Yield the first place of each function."""
    for place in functions(module):
        named = _named(place)
        for node in walk(place.function):
            if isinstance(node, ast.Call) and module.meaning(dotted(node.func)) in USES and _is_of_session(node, named):
                name = f"{place.function.name}()"
                text = f"{ast.unparse(node.func)}() of a name made of the session's key in {name} of {module.name}"
                yield from finding(module, node, name, text, certain=serves_requests(module, place))
                break


def _named(place: Place) -> set[str]:
    """Return the variables that hold a session's key, or something made of it."""
    found, before = set[str](), -1
    while len(found) > before:
        before = len(found)
        for node in walk(place.function):
            if isinstance(node, ast.Assign) and _is_of_session(node.value, found):
                found |= {part.id for target in node.targets for part in walk(target) if isinstance(part, ast.Name)}
    return found


def _is_of_session(code: ast.AST, named: set[str]) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "session_key")
        or (isinstance(node, ast.Name) and (node.id == "session_key" or node.id in named))
        for node in walk(code)
    )
