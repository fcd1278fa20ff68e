"""Mails and calls to other services inside a transaction; also in receivers of signals, which run in the sender's."""

import ast
from collections.abc import Iterator

from shop.stateless.move.tasks.declared import leaves_for_elsewhere
from shop.stateless.move.tasks.findings import Finding, calls, found, tasks
from shop.stateless.move.tasks.topics import INSIDE, Level
from shop.stateless.move.tasks.transactions import after_commit, transaction
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk


def find(module: Module) -> Iterator[Finding]:
    later, said = after_commit(module.tree), set[ast.AST]()
    for task, _ in tasks(module):
        said |= set(walk(task))  # a lock around its mail is how a task does it once; no visitor waits
    for node in walk(module.tree):
        where = transaction(node)
        for call in calls(node) if where else ():
            hint = leaves_for_elsewhere(call)
            if hint and call not in later | said:
                said.add(call)
                yield found(INSIDE, Level.LOOK, module, call, f"{where} {hint}")
