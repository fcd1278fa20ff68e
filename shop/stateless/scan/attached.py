"""State on what a module defines: rows, requests and counters on classes, default arguments that a call fills."""

import ast
from collections.abc import Iterator

from shop.stateless.scan.changes import assigned, changed, is_container, mentions_request, runs_at_start
from shop.stateless.scan.findings import Finding, Place, dotted, finding, functions, serves_requests, takes_requests
from shop.stateless.scan.held import mentions
from shop.stateless.scan.memoised import reads_database, rows_in
from shop.stateless.scan.module import Module
from shop.stateless.scan.objects import MAKES
from shop.stateless.scan.walking import statements, walk

OWN_CLASS = {"cls", "type(self)", "self.__class__"}


def find(module: Module) -> Iterator[Finding]:
    """Yield one finding for each attribute or argument: the first place that changes it."""
    classes = {node.name for node in statements(module.tree) if isinstance(node, ast.ClassDef)}
    best: dict[str, Finding] = {}
    for place in functions(module):
        if place.function.name in MAKES or (runs_at_start(place.function) and not takes_requests(place)):
            continue
        for found in [*_on_classes(module, place, classes), *_on_arguments(module, place)]:
            best.setdefault(found.name, found)
    yield from best.values()


def _on_classes(module: Module, place: Place, classes: set[str]) -> Iterator[Finding]:
    for node in walk(place.function):
        targets, value = assigned(node)
        if isinstance(node, ast.AugAssign):
            targets = [node.target]
        for target in targets:
            name = _class_attribute(target, place, classes)
            if name and (value is None or _is_somebodys(module, place, value)):
                text = f"{name} of {module.name}, changed by {place.function.name}()"
                yield from finding(module, node, name, text, certain=serves_requests(module, place))


def _class_attribute(target: ast.expr, place: Place, classes: set[str]) -> str:
    """Return "Class.x" of cls.x, type(self).x, self.__class__.x and Class.x; "" for anything else."""
    if not isinstance(target, ast.Attribute):
        return ""
    owner = ast.unparse(target.value)
    if place.within and owner in OWN_CLASS:
        return f"{place.within.name}.{target.attr}"
    return f"{owner}.{target.attr}" if owner in classes else ""


def _is_somebodys(module: Module, place: Place, value: ast.expr) -> bool:
    """Return whether it comes from a request or the database; what is made of settings is the same in each process."""
    if mentions_request(value) or reads_database(module, value):
        return True
    return mentions(value, rows_in(module, place.function))


def _on_arguments(module: Module, place: Place) -> Iterator[Finding]:
    names = [node for node in walk(place.function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    kept = _defaults(place) - {node.id for node in names}
    for node in walk(place.function) if kept else ():
        name = dotted(changed(node))
        if name in kept:
            named = f"{name} of {place.function.name}()"
            text = f"default of the argument {named} of {module.name}, which outlives the call that changes it"
            yield from finding(module, node, named, text, certain=serves_requests(module, place))


def _defaults(place: Place) -> set[str]:
    """Return the arguments whose default is a container: made once, when the function is."""
    given = place.function.args
    positional = [*given.posonlyargs, *given.args][-len(given.defaults) :] if given.defaults else []
    named = zip([*positional, *given.kwonlyargs], [*given.defaults, *given.kw_defaults], strict=True)
    return {argument.arg for argument, value in named if value is not None and is_container(value)}
