"""What is found about the project's queue, place by place, and how code is read for it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shop.stateless.move.tasks.topics import Level, Topic
from shop.stateless.scan.findings import Function, dotted, last_name
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import statements, walk

DECORATORS = {"shared_task", "task", "periodic_task"}


@dataclass(frozen=True)
class Finding:
    """`what` is the code at that place."""

    topic: Topic
    level: Level
    file: str
    line: int
    what: str

    def json(self) -> dict[str, Any]:
        return {
            "topic": self.topic.name,
            "level": self.level.value,
            "file": self.file,
            "line": self.line,
            "what": self.what,
            "why": self.topic.why,
            "sqs": self.topic.sqs,
            "outbox": self.topic.outbox,
        }


def found(topic: Topic, level: Level, module: Module, node: ast.AST, what: str) -> Finding:
    return Finding(topic, level, module.shown, getattr(node, "lineno", 0), what)


def shown(node: ast.AST, most: int = 70) -> str:
    text = ast.unparse(node)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (inner for inner in walk(node) if isinstance(inner, ast.Call))


def argument(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def tasks(module: Module) -> Iterator[tuple[Function, ast.expr]]:
    """Yield each function that is a task of Celery, with its decorator."""
    others = _task_of_others(module)
    for node in statements(module.tree):
        if isinstance(node, Function):
            for decorator in node.decorator_list:
                if last_name(decorator) in DECORATORS and dotted(_called(decorator)) not in others:
                    yield node, decorator


def _called(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _task_of_others(module: Module) -> set[str]:
    """Return the names of decorators that come from another library, such as django.tasks or huey."""
    return {
        alias.asname or alias.name
        for node in statements(module.tree)
        if isinstance(node, ast.ImportFrom) and not node.level and "celery" not in (node.module or "")
        for alias in node.names
        if alias.name in DECORATORS
    }


def number(node: ast.expr | None) -> float | None:
    """Return the value of 60 * 60 and the like; None for what is known only when it runs."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Add):
        left, right = number(node.left), number(node.right)
        if left is None or right is None:
            return None
        return left * right if isinstance(node.op, ast.Mult) else left + right
    return None
