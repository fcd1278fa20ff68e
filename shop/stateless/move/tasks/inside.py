"""Mails and calls to other services inside a transaction, also in receivers of signals, which run in that of others."""

import ast
from collections.abc import Iterator

from shop.stateless.move.tasks.declared import leaves_for_elsewhere
from shop.stateless.move.tasks.findings import Finding, calls, found, tasks
from shop.stateless.move.tasks.sending import after_commit
from shop.stateless.move.tasks.topics import INSIDE, Level
from shop.stateless.scan.findings import Function, last_name
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk


def find(module: Module) -> Iterator[Finding]:
    later, said = after_commit(module.tree), set[ast.AST]()
    for task, _ in tasks(module):
        said |= set(walk(task))  # a lock around its mail is how a task does it once; no visitor waits
    for node in walk(module.tree):
        where = _transaction(node)
        for call in calls(node) if where else ():
            hint = leaves_for_elsewhere(call)
            if hint and call not in later | said:
                said.add(call)
                yield found(INSIDE, Level.LOOK, module, call, f"{where} {hint}")


def _transaction(node: ast.AST) -> str:
    """Return what this node is if its code runs inside a transaction, "" if that is not known."""
    if isinstance(node, ast.With) and any(last_name(item.context_expr) == "atomic" for item in node.items):
        return "a transaction"
    decorators = {last_name(one) for one in node.decorator_list} if isinstance(node, Function) else set[str]()
    if isinstance(node, Function) and "atomic" in decorators:
        return f"{node.name}(), a transaction,"
    return f"{node.name}(), a receiver," if isinstance(node, Function) and "receiver" in decorators else ""
