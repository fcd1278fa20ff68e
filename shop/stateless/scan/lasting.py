"""Objects that outlive a request, and what methods leave in them: classes, middleware, pages of the admin."""

import ast
from collections.abc import Iterator

from shop.stateless.scan.changes import (
    assigned,
    changed,
    containers,
    is_container,
    kept_code,
    mentions_request,
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
    is_middleware,
    last_name,
    serves_requests,
    takes_requests,
)
from shop.stateless.scan.module import Module, base_of
from shop.stateless.scan.objects import MAKES, is_own, own_objects
from shop.stateless.scan.walking import walk

# One object of these serves all requests, or all tasks, of a process.
ONE_FOR_ALL = ("MiddlewareMixin", "ModelAdmin", "Task")


def find(module: Module) -> Iterator[Finding]:
    """Yield one finding for each attribute or variable: the first place that changes it."""
    best: dict[str, Finding] = {}
    for found in [*_attributes(module), *_enclosed(module), *_told(module)]:
        best.setdefault(found.name, found)
    yield from best.values()


def _attributes(module: Module) -> Iterator[Finding]:
    classes = {node.name: node for node in walk(module.tree) if isinstance(node, ast.ClassDef)}
    shared = {name: containers(module, node.body) - _of_each(node) for name, node in classes.items()}
    for place in functions(module):
        if place.function.name in MAKES or (runs_at_start(place.function) and not takes_requests(place)):
            continue
        code = kept_code(place.function)
        for node in (one for one in walk(place.function) if one not in code):
            owner, attribute = _attribute(changed(node), place.within)
            if attribute in shared.get(owner, ()) or _lasts(module, node, attribute, place):
                yield from _finding(module, place, node, f"{owner}.{attribute}")
                continue
            for target in assigned(node)[0]:
                owner, attribute = _attribute(target, place.within)
                if attribute and place.within and _kept(node, attribute, place):
                    yield from _finding(module, place, node, f"{owner}.{attribute}")


def _finding(module: Module, place: Place, node: ast.AST, name: str) -> Iterator[Finding]:
    text = f"{name} of {module.name}, changed by {place.function.name}()"
    yield from finding(module, node, name, text, certain=serves_requests(module, place) or _for_all(place.within))


def _attribute(target: ast.AST | None, within: ast.ClassDef | None) -> tuple[str, str]:
    """Return (class, attribute) of self.x, cls.x, type(self).x, self.__class__.x and Name.x; ("", "") otherwise."""
    if not isinstance(target, ast.Attribute):
        return "", ""
    before = ast.unparse(target.value)
    if within and before in {"self", "cls", "type(self)", "self.__class__"}:
        return within.name, target.attr
    return (before, target.attr) if before.isidentifier() else ("", "")


def _of_each(node: ast.ClassDef) -> set[str]:
    """Return the attributes that methods set anew for each object."""
    stores = [part for part in walk(node) if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)]
    return {part.attr for part in stores if dotted(part.value) == "self"}


def _for_all(within: ast.ClassDef | None) -> bool:
    """Return whether one object of the class serves all requests of a process."""
    if within is None:
        return False
    methods = [node for node in within.body if isinstance(node, Function)]
    takes = any(argument.arg == "get_response" for one in methods for argument in all_arguments(one))
    return takes or any(last_name(base).endswith(ONE_FOR_ALL) for base in within.bases)


def _lasts(module: Module, node: ast.AST, attribute: str, place: Place) -> bool:
    """Return whether a counter or a container of such an object, made with it, is changed."""
    if not attribute or place.within is None or not _for_all(place.within) or not is_own(changed(node)):
        return False
    return isinstance(node, ast.AugAssign) or attribute in _made(module, place.within)


def _made(module: Module, within: ast.ClassDef) -> set[str]:
    """Return the attributes that are containers from the beginning of the object."""
    first = [node for node in within.body if isinstance(node, Function) and node.name == "__init__"]
    pairs = [assigned(node) for one in first for node in walk(one)]
    return {
        target.attr
        for targets, value in pairs
        for target in targets
        if isinstance(target, ast.Attribute) and value is not None and is_container(value)
    } | containers(module, within.body)


def _kept(node: ast.AST, attribute: str, place: Place) -> bool:
    """Return whether an assignment leaves what belongs to one request where the next one finds it."""
    targets, value = assigned(node)
    if not _for_all(place.within) or value is None or not any(is_own(target) for target in targets):
        return False
    return takes_requests(place) and (mentions_request(value) or not _is_asked_first(place.function, attribute))


def _is_asked_first(function: Function, attribute: str) -> bool:
    """Return whether it is made when it is missing: then it is the same for all requests."""
    tests = [node.test for node in walk(function) if isinstance(node, ast.If)]
    return any(isinstance(part, ast.Attribute) and part.attr == attribute for one in tests for part in walk(one))


def _enclosed(module: Module) -> Iterator[Finding]:
    """Yield what a middleware that is a function keeps beside its inner one."""
    for place in functions(module):
        if not is_middleware(place):
            continue
        kept = containers(module, place.function.body)
        for inner in (node for node in place.function.body if isinstance(node, Function)):
            for node in walk(inner):
                name = dotted(changed(node))
                if name in kept or name in _nonlocal(inner):
                    text = f"{name} in {place.function.name}() of {module.name}, changed by {inner.name}()"
                    yield from finding(module, node, f"{place.function.name}.{name}", text, certain=True)


def _nonlocal(function: Function) -> set[str]:
    return {name for node in walk(function) if isinstance(node, ast.Nonlocal) for name in node.names}


def _told(module: Module) -> Iterator[Finding]:
    """Yield where methods that keep something are called on an object of a module: registry.add(job, user)."""
    objects = module.fact(own_objects) | _taken(module)
    for place in functions(module):
        if runs_at_start(place.function) and not takes_requests(place):
            continue
        for node in walk(place.function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = dotted(node.func.value)
                if node.func.attr in objects.get(name, ()):
                    text = f"{name} of {module.name}, by {node.func.attr}() in {place.function.name}()"
                    yield from finding(module, node, name, text, certain=serves_requests(module, place))


def _taken(module: Module) -> dict[str, set[str]]:
    """Return the same of the objects that it takes from other modules."""
    found = dict[str, set[str]]()
    for node in module.tree.body:
        other = module.known.get(base_of(module, node)) if isinstance(node, ast.ImportFrom) else None
        if other and isinstance(node, ast.ImportFrom):
            theirs = other.fact(own_objects)
            found |= {one.asname or one.name: theirs[one.name] for one in node.names if one.name in theirs}
    return found
