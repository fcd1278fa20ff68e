"""Keys that settings make anew whenever they are read, and keys of the cloud written into code."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from shop.stateless.scan.findings import dotted, last_name
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

MAKERS = {
    "get_random_secret_key", "get_random_string", "token_hex", "token_urlsafe", "token_bytes", "urandom", "uuid4",
    "uuid1", "generate_key", "generate_private_key", "getrandbits", "random_bytes",
}  # fmt: skip
SECRET = re.compile(r"SECRET|SIGNING_KEY|JWT.*KEY|FERNET|SALT|PRIVATE_KEY|ENCRYPTION_KEY")
CLOUD_KEY = re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b")


@dataclass(frozen=True)
class GeneratedKey:
    """`variable` is the environment variable that takes its place when it is set, "" if there is none."""

    setting: str
    maker: str
    variable: str
    file: str
    line: int


def generated_keys(module: Module) -> Iterator[GeneratedKey]:
    """Yield the secret settings of this module whose value is made by chance, also by way of another variable."""
    made: dict[str, tuple[str, str]] = {}
    for node in module.tree.body:
        for target, value in _assignments(node):
            maker, variable = _maker(value, made)
            if not maker:
                continue
            made[target] = (maker, variable)
            if SECRET.search(target):
                yield GeneratedKey(target, maker, variable, module.shown, value.lineno)


def _assignments(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """Yield (name, value) of assignments at the top, inside if, and of entries of dictionaries such as SIMPLE_JWT."""
    if isinstance(node, ast.If | ast.Try):
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.stmt):
                yield from _assignments(inner)
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        if isinstance(node.value, ast.Dict):
            for key, value in zip(node.value.keys, node.value.values, strict=True):
                if isinstance(key, ast.Constant):
                    yield str(key.value), value
        else:
            yield node.targets[0].id, node.value


def _maker(value: ast.expr, made: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """Return (function that makes it, environment variable that is asked first), ("", "") for anything else."""
    for node in walk(value):
        if isinstance(node, ast.Call) and last_name(node.func) in MAKERS:
            return f"{dotted(node.func) or last_name(node.func)}()", _variable(value)
        if isinstance(node, ast.Name) and node.id in made:
            return made[node.id][0], _variable(value) or made[node.id][1]
    return "", ""


def _variable(value: ast.expr) -> str:
    """Return NAME of os.environ.get("NAME", ...), getenv("NAME") or env("NAME")."""
    for node in walk(value):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            first = node.args[0].value
            if isinstance(first, str) and first.isupper() and last_name(node.func) not in MAKERS:
                return first
    return ""


def cloud_keys(module: Module) -> list[int]:
    """Return the lines on which an access key of AWS is written down."""
    if not CLOUD_KEY.search(module.text):
        return []
    return [number for number, line in enumerate(module.lines, 1) if CLOUD_KEY.search(line) and "EXAMPLE" not in line]
