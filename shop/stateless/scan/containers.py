"""Variables of modules that functions change: dictionaries, counters, objects, and what a module takes from another."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from shop.stateless.scan.changes import (
    assigned,
    bound,
    changed,
    kept_code,
    mentions_request,
    own_containers,
    runs_at_start,
)
from shop.stateless.scan.findings import (
    Finding,
    Function,
    Place,
    all_arguments,
    dotted,
    finding,
    functions,
    is_accepted,
    is_middleware,
    last_name,
    serves_requests,
    takes_requests,
)
from shop.stateless.scan.held import mentions
from shop.stateless.scan.memoised import reads_database, rows_in
from shop.stateless.scan.module import Module, base_of
from shop.stateless.scan.walking import walk


def find(module: Module) -> Iterator[Finding]:
    """Yield one finding for each name: the first place on the way of a request, rather one that fills it.

    A container that functions only empty was filled at start; they are for tests.
    """
    names = _names(module)
    best: dict[str, tuple[tuple[bool, bool], Finding]] = {}
    for place in functions(module):
        if takes_requests(place) or is_middleware(place) or not runs_at_start(place.function):
            for found, fills in _changes(module, place, names):
                rank = (found.certain, fills)
                if found.name not in best or rank > best[found.name][0]:
                    best[found.name] = rank, found
    yield from (found for rank, found in best.values() if any(rank))


def _names(module: Module) -> dict[str, str]:
    """Return {how this module writes it: "NAME of module"} for each container, its own and those of others."""
    names = {name: f"{name} of {module.name}" for name in module.fact(own_containers)}
    for node in module.tree.body:
        if isinstance(node, ast.ImportFrom):
            names |= _taken(module, node)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                names |= _inside(module.known.get(alias.name), alias.asname or alias.name)
    return names


def _taken(module: Module, node: ast.ImportFrom) -> dict[str, str]:
    base, found = base_of(module, node), dict[str, str]()
    other = module.known.get(base)
    theirs = other.fact(own_containers) if other else set[str]()
    for alias in node.names:
        written = alias.asname or alias.name
        if alias.name in theirs:
            found[written] = f"{alias.name} of {base}"
        found |= _inside(module.known.get(f"{base}.{alias.name}"), written)
    return found


def _inside(other: Module | None, written: str) -> dict[str, str]:
    if other is None:
        return {}
    return {f"{written}.{name}": f"{name} of {other.name}" for name in other.fact(own_containers)}


def _changes(module: Module, place: Place, names: dict[str, str]) -> Iterator[tuple[Finding, bool]]:
    """Yield each change, and whether it fills rather than empties."""
    certain, scope = serves_requests(module, place), _Scope.of(module, place.function)
    code = kept_code(place.function)
    for node in walk(place.function):
        name = "" if node in code else dotted(changed(node))
        where = names.get(name, "") if name.partition(".")[0] not in scope.local else ""
        if not where and name in scope.shared:
            where = f"{name} of {module.name}"
        if not where and not code.intersection(assigned(node)[0]):
            name, where = _assigned(module, scope, node, certain=certain)
        if where and not (name in scope.shared and _is_made_once(module, place.function, name)):
            text = f"{where}, changed by {place.function.name}()"
            fills = not (isinstance(node, ast.Call) and last_name(node.func) == "clear")
            yield from ((found, fills) for found in finding(module, node, name, text, certain=certain))


def _is_made_once(module: Module, function: Function, name: str) -> bool:
    """Return whether the function takes no arguments, and makes this from what is the same in each process."""
    if all_arguments(function) or function.args.vararg or function.args.kwarg or reads_database(module, function):
        return False
    return any(
        isinstance(value, ast.Call | ast.Dict | ast.List | ast.Set) and name in map(dotted, targets)
        for targets, value in map(assigned, walk(function))
    )


@dataclass(frozen=True)
class _Scope:
    """Names in a function: its own, those it declares as global, objects that the module made, rows for a global."""

    local: set[str]
    shared: set[str]
    objects: set[str]
    rows: set[str]

    @classmethod
    def of(cls, module: Module, function: Function) -> "_Scope":
        shared = {name for node in walk(function) if isinstance(node, ast.Global) for name in node.names}
        names = [node for node in walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        arguments = {node.arg for node in walk(function) if isinstance(node, ast.arg)}
        rows = rows_in(module, function) if shared else set[str]()
        return cls(({node.id for node in names} | arguments) - shared, shared, _made(module), rows)


def _assigned(module: Module, scope: _Scope, node: ast.AST, *, certain: bool) -> tuple[str, str]:
    """Return (name, where) of what an assignment leaves in a global, in an object of the module or in the settings."""
    targets, value = assigned(node)
    for target in targets:
        name = dotted(target)
        before = name.rpartition(".")[0]
        if name in scope.shared and value is not None and _keeps(module, scope, value):
            return name, f"{name} of {module.name}"
        if before in scope.objects - scope.local:
            return name, f"{name} of {module.name}"
        if certain and (found := _configuration(module, target)):
            return found, found
    return "", ""


def _keeps(module: Module, scope: _Scope, value: ast.expr) -> bool:
    """Return whether a value comes from the database or from a request; a client that is made once does not."""
    return mentions_request(value) or mentions(value, scope.rows - scope.shared) or reads_database(module, value)


def _made(module: Module) -> set[str]:
    """Return the functions of the module and the names of objects that it made; each thread has its own local()."""
    made = {
        name
        for name, value in bound(module.tree.body)
        if isinstance(value, ast.Call)
        and last_name(value.func).lower() != "local"
        and not is_accepted(module, value.lineno)
    }
    return made | {node.name for node in module.tree.body if isinstance(node, Function)}


def _configuration(module: Module, target: ast.expr) -> str:
    """Return which setting or variable of the environment is written: "settings.DEBUG", "os.environ"."""
    name = dotted(target.value) if isinstance(target, ast.Subscript | ast.Attribute) else ""
    if name == "os.environ" and isinstance(target, ast.Subscript):
        return name
    return dotted(target) if module.meaning(name) == "django.conf.settings" else ""
