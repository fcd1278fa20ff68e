"""Dictionaries, lists and sets of a module that functions change, and globals that functions assign."""

import ast
from collections.abc import Iterator

from shop.stateless.scan.findings import (
    Finding,
    Place,
    finding,
    functions,
    last_name,
    serves_requests,
    takes_requests,
)
from shop.stateless.scan.modules import Module

MAKERS = {"dict", "list", "set", "defaultdict", "OrderedDict", "deque", "Counter", "WeakValueDictionary"}
CHANGES = {
    "append", "add", "update", "setdefault", "pop", "popitem", "extend", "insert", "remove", "discard", "clear",
    "appendleft", "extendleft", "popleft", "move_to_end",
}  # fmt: skip
# What fills a registry runs while modules are imported: the same in each pod.
AT_START = (
    "register", "unregister", "_register", "connect", "setup", "ready", "autodiscover", "__init_subclass__", "__new__",
    "__set_name__", "contribute_to_class", "configure", "patch", "install", "discover",
)  # fmt: skip


def find(module: Module) -> Iterator[Finding]:
    """Yield one finding for each name: the first place on the way of a request, else the first place."""
    names = _containers(module)
    best: dict[str, Finding] = {}
    for place in functions(module):
        if takes_requests(place) or not _runs_at_start(place.function):
            for found in _changes(module, place, names - _local(place.function)):
                if found.name not in best or (found.certain and not best[found.name].certain):
                    best[found.name] = found
    yield from best.values()


def _containers(module: Module) -> set[str]:
    """Return the names at the top of the module that are bound to something that can be changed."""
    found = set[str]()
    for node in module.tree.body:
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        if _is_container(value):
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def _is_container(value: ast.expr) -> bool:
    literal = isinstance(value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp)
    return literal or (isinstance(value, ast.Call) and last_name(value.func) in MAKERS)


def _runs_at_start(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether it is named like what fills a registry, or is a decorator: it returns a function of its own."""
    if function.name.startswith(AT_START):
        return True
    inner = {node.name for node in ast.walk(function) if isinstance(node, ast.FunctionDef) and node is not function}
    returned = {last_name(node.value) for node in ast.walk(function) if isinstance(node, ast.Return)}
    first = function.args.args[0].arg if function.args.args else ""
    return bool(inner & returned) or (bool(first) and first in returned and first not in {"self", "cls", "request"})


def _local(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the names that mean something else inside the function."""
    declared = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
    bound = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    arguments = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    return (bound | arguments) - declared


def _changes(module: Module, place: Place, names: set[str]) -> Iterator[Finding]:
    for node in ast.walk(place.function):
        name = _changed(node)
        if name in names:
            text = f"{name} of {module.name}, changed by {place.function.name}()"
            yield from finding(module, node, name, text, certain=serves_requests(module, place))


def _changed(node: ast.AST) -> str:
    """Return the name that this node changes: x[k] = v, del x[k], x.append(v), x[k].append(v), x += [v]."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        return _root(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
        return _root(node.func.value)
    return node.target.id if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) else ""


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
