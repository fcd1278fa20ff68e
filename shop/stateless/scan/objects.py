"""Objects that a module makes of its own classes, and which of their methods keep something."""

import ast

from shop.stateless.scan.changes import assigned, bound, changed, is_container
from shop.stateless.scan.findings import Function, all_arguments, dotted, is_accepted
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

MAKES = {"__init__", "__init_subclass__", "__new__"}


def own_objects(module: Module) -> dict[str, set[str]]:
    """A fact of a module: {name: methods that keep something} of the objects that it makes."""
    keeping = {node.name: _keeping(node) for node in module.tree.body if isinstance(node, ast.ClassDef)}
    return {
        name: keeping.get(dotted(value.func), set())
        for name, value in bound(module.tree.body)
        if isinstance(value, ast.Call) and not is_accepted(module, value.lineno)
    }


def _keeping(owner: ast.ClassDef) -> set[str]:
    """Return the methods that change a container or a counter of their object; a library's class is not known."""
    if any(dotted(base) != "object" for base in owner.bases):
        return set()
    methods = [node for node in owner.body if isinstance(node, Function) and node.name not in MAKES]
    return {one.name for one in methods if any(is_own(changed(node)) for node in walk(one)) and not _fills_anew(one)}


def _fills_anew(method: Function) -> bool:
    """Return whether it takes nothing and changes only what it has just made itself: the same in each process."""
    if len(all_arguments(method)) > 1 or method.args.vararg or method.args.kwarg:
        return False
    pairs = [assigned(node) for node in walk(method)]
    made = {dotted(one) for targets, value in pairs if value is not None and is_container(value) for one in targets}
    return all(dotted(target) in made for node in walk(method) if is_own(target := changed(node)))


def is_own(target: ast.expr | None) -> bool:
    return isinstance(target, ast.Attribute) and dotted(target.value) == "self"
