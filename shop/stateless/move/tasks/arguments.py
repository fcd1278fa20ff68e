"""What tasks are called with: objects that no message can carry, and arguments that may be too large for one."""

import ast
from collections.abc import Iterator

from shop.stateless.move.tasks.findings import Finding, found, shown
from shop.stateless.move.tasks.sending import Known, Sending, sendings
from shop.stateless.move.tasks.topics import ARGUMENT, LARGE, TYPED, Level, Topic
from shop.stateless.scan.findings import Function, all_arguments, dotted, last_name
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

INSTANCE, QUERYSET, FILE, REQUEST = "a model instance", "a queryset", "an open file", "the request"
ONE = {"get", "create", "first", "last", "latest", "earliest", "aget", "acreate", "afirst"}
MANY = {
    "filter",
    "all",
    "exclude",
    "order_by",
    "values",
    "values_list",
    "select_related",
    "prefetch_related",
    "distinct",
}
PAIR = {"get_or_create", "update_or_create"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
BIG = {"render_to_string", "b64encode", "serialize", "getvalue", "model_to_dict"}
MOMENTS = {"now", "utcnow", "today", "Decimal", "timedelta", "uuid4"}
Kinds = dict[str, str]


def find(module: Module, known: Known, models: set[str]) -> Iterator[Finding]:
    kinds: dict[Function | None, Kinds] = {}
    for sending in sendings(module, known):
        if sending.within not in kinds:
            kinds[sending.within] = _kinds(sending.within or module.tree, models)
        for value in sending.arguments:
            yield from _of_value(module, sending, value, kinds[sending.within])


def _of_value(module: Module, sending: Sending, value: ast.expr, kinds: Kinds) -> Iterator[Finding]:
    kind = _kind(value, kinds)
    text = f"{shown(sending.call.func)}(… {shown(value, 40)} …)"
    if kind:
        yield found(ARGUMENT, Level.CHANGE, module, value, f"{kind}: {text}")
        return
    topic = _suspicion(value)
    if topic:
        yield found(topic, Level.LOOK if topic is LARGE else Level.FINE, module, value, text)


def _suspicion(value: ast.expr) -> Topic | None:
    if not isinstance(value, ast.Call):
        return None
    name = last_name(value.func)
    if name in BIG or (name == "read" and not value.args):
        return LARGE
    if name == "list" and value.args and _is_query(value.args[0]):
        return LARGE
    return TYPED if name in MOMENTS else None


def _kind(node: ast.expr, kinds: Kinds) -> str:
    """Return what kind of object that no message carries this is, "" if it is none or cannot be told."""
    if isinstance(node, ast.Name):
        return kinds.get(node.id, "")
    if isinstance(node, ast.Lambda):
        return "a function"
    if isinstance(node, ast.Set | ast.SetComp):
        return "a set"
    if isinstance(node, ast.Attribute):
        return _of_attribute(node)
    if isinstance(node, ast.Subscript):
        return FILE if last_name(node.value) == "FILES" else ""
    return _of_call(node) if isinstance(node, ast.Call) else ""


def _of_attribute(node: ast.Attribute) -> str:
    path = dotted(node)
    if path == "self.request":
        return REQUEST
    if path.endswith("request.user"):
        return INSTANCE
    return INSTANCE if path in {"self.object", "self.instance", "form.instance", "serializer.instance"} else ""


def _of_call(node: ast.Call) -> str:
    name, receiver = last_name(node.func), node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in {"get_object_or_404", "get_object"} or (name in ONE and _is_query(receiver)):
        return "" if _gives_values(receiver) else INSTANCE
    if name in MANY and _is_query(receiver):
        return QUERYSET
    if name == "save" and last_name(receiver) in {"form", "serializer"}:
        return INSTANCE
    if name == "get" and last_name(receiver) == "FILES":
        return FILE
    return FILE if dotted(node.func) in {"open", "default_storage.open"} else ""


def _is_query(node: ast.AST | None) -> bool:
    """Return whether this is Model.objects, or calls of queryset methods on it."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    return isinstance(node, ast.Attribute) and node.attr in MANAGERS


def _gives_values(node: ast.AST | None) -> bool:
    """Return whether rows come as values, by values() or values_list()."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in {"values", "values_list"}:
            return True
        node = node.func.value
    return False


def _kinds(scope: ast.AST, models: set[str]) -> Kinds:
    """Return {name: kind} for the names of a function; a name that is bound to something else too is left out."""
    result: Kinds = {}
    doubtful = set[str]()
    for name, kind in _bindings(scope, models):
        if kind and result.get(name, kind) == kind:
            result[name] = kind
        else:
            doubtful.add(name)
    return {name: kind for name, kind in result.items() if name not in doubtful}


def _bindings(scope: ast.AST, models: set[str]) -> Iterator[tuple[str, str]]:
    if isinstance(scope, Function):
        yield from _parameters(scope, models)
    for node in walk(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _bound(target, node.value)
        elif isinstance(node, ast.For | ast.comprehension) and isinstance(node.target, ast.Name):
            rows = _is_query(node.iter) and isinstance(node.iter, ast.Call) and not _gives_values(node.iter)
            yield node.target.id, INSTANCE if rows else ""


def _parameters(function: Function, models: set[str]) -> Iterator[tuple[str, str]]:
    receives = any(last_name(decorator) == "receiver" for decorator in function.decorator_list)
    for one in all_arguments(function):
        if one.arg == "request":
            yield one.arg, REQUEST
        elif (one.arg == "instance" and receives) or last_name(one.annotation) in models:
            yield one.arg, INSTANCE


def _bound(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(target, ast.Name):
        yield target.id, _kind(value, {})
    elif isinstance(target, ast.Tuple) and target.elts and isinstance(target.elts[0], ast.Name):
        pair = isinstance(value, ast.Call) and last_name(value.func) in PAIR
        yield target.elts[0].id, INSTANCE if pair else ""
