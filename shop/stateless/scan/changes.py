"""Which container a piece of code changes, and which values are containers."""

import ast
from collections.abc import Iterator

from shop.stateless.scan.findings import REQUEST_ARGUMENTS, Function, is_accepted, last_name
from shop.stateless.scan.held import comes_of, held
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

MAKERS = {
    "dict", "list", "set", "defaultdict", "OrderedDict", "deque", "Counter", "WeakValueDictionary", "WeakKeyDictionary",
    "WeakSet", "ChainMap", "bytearray", "count", "Queue", "LifoQueue", "PriorityQueue", "SimpleQueue", "TTLCache",
    "LRUCache", "LFUCache",
}  # fmt: skip
CHANGES = {
    "append", "add", "update", "setdefault", "pop", "popitem", "extend", "insert", "remove", "discard", "clear",
    "appendleft", "extendleft", "popleft", "move_to_end", "put", "put_nowait",
}  # fmt: skip
IMPORTS = {"import_string", "import_module", "__import__"}
# What fills a registry runs while modules are imported: the same in each pod.
AT_START = (
    "register", "unregister", "_register", "connect", "setup", "ready", "autodiscover", "__init_subclass__", "__new__",
    "__set_name__", "contribute_to_class", "configure", "patch", "install", "discover",
)  # fmt: skip


def changed(node: ast.AST) -> ast.expr | None:
    """Return the x that this node changes: x[k] = v, del x[k], x.append(v), x[k].append(v), x += v, next(x)."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        return _root(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
        return _root(node.func.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "next" and node.args:
        return _root(node.args[0])
    return _root(node.target) if isinstance(node, ast.AugAssign) else None


def kept_code(function: Function) -> set[ast.AST]:
    """Return the x[k] of x[k] = v where v is a class or a function that was imported: the same in each process."""
    code = held(function, IMPORTS)
    pairs = [assigned(node) for node in walk(function)]
    return {one for targets, value in pairs if value is not None and comes_of(value, code, IMPORTS) for one in targets}


def _root(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node


def assigned(node: ast.AST) -> tuple[list[ast.expr], ast.expr | None]:
    """Return the targets and the value of an assignment, ([], None) for anything else."""
    if isinstance(node, ast.Assign):
        return node.targets, node.value
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return [node.target], node.value
    return [], None


def bound(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Yield (name, value) of each assignment to a plain name that stands in these lines, or below if, try or with."""
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.With):
            yield from bound([part for part in ast.iter_child_nodes(node) if isinstance(part, ast.stmt)])
        targets, value = assigned(node)
        if value is not None:
            yield from ((target.id, value) for target in targets if isinstance(target, ast.Name))


def containers(module: Module, body: list[ast.stmt]) -> set[str]:
    """Return the names that these lines bind to something that can be changed, unless a line says why it may be."""
    found = ((name, value) for name, value in bound(body) if is_container(value))
    return {name for name, value in found if not is_accepted(module, value.lineno, value.end_lineno or 0)}


def own_containers(module: Module) -> set[str]:
    """A fact of a module: its own variables that can be changed."""
    return containers(module, module.tree.body)


def is_container(value: ast.expr) -> bool:
    literal = isinstance(value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp)
    return literal or (isinstance(value, ast.Call) and last_name(value.func) in MAKERS)


def mentions_request(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Name) and part.id in REQUEST_ARGUMENTS for part in walk(node))


def runs_at_start(function: Function) -> bool:
    """Return whether it is named like what fills a registry, or is a decorator: it returns a function of its own."""
    if function.name.startswith(AT_START):
        return True
    inner = {node.name for node in walk(function) if isinstance(node, ast.FunctionDef) and node is not function}
    returned = {last_name(node.value) for node in walk(function) if isinstance(node, ast.Return)}
    first = function.args.args[0].arg if function.args.args else ""
    return bool(inner & returned) or (bool(first) and first in returned and first not in {"self", "cls", "request"})
