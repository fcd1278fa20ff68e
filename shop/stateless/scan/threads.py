"""Threads, timers and schedulers that live in a process which also serves requests."""

import ast
from collections.abc import Iterator

from shop.stateless.scan.findings import Finding, Place, dotted, finding, functions, last_name, serves_requests
from shop.stateless.scan.modules import Module

THREADS = {
    "threading.Thread",
    "threading.Timer",
    "Thread",
    "Timer",
    "multiprocessing.Process",
    "_thread.start_new_thread",
}
SCHEDULERS = {"BackgroundScheduler", "AsyncIOScheduler", "TornadoScheduler", "GeventScheduler", "BlockingScheduler"}
AT_START = {"ready"}


def find(module: Module) -> Iterator[Finding]:
    inside = set[ast.AST]()
    for place in functions(module):
        inside |= set(ast.walk(place.function))
        waits = _waits(place.function)
        for node in ast.walk(place.function):
            kind = _started(node, module)
            if kind and (not waits or kind in SCHEDULERS):
                yield from _finding(module, place, node, kind)
    for node in ast.walk(module.tree):
        kind = "" if node in inside else _started(node, module)
        if kind:
            text = f"{kind} started when {module.name} is imported"
            yield from finding(module, node, kind, text, certain=True)


def _finding(module: Module, place: Place, node: ast.AST, kind: str) -> Iterator[Finding]:
    name = place.function.name
    certain = kind in SCHEDULERS or name in AT_START or serves_requests(module, place)
    yield from finding(module, node, kind, f"{kind} started by {name}() of {module.name}", certain=certain)


def _started(node: ast.AST, module: Module) -> str:
    """Return what kind of thread or scheduler this call makes, "" if none."""
    if not isinstance(node, ast.Call):
        return ""
    name = last_name(node.func)
    if name in SCHEDULERS:
        return name
    full = dotted(node.func)
    return full if full in THREADS and (("." in full) or _imports(module, full)) else ""


def _imports(module: Module, name: str) -> bool:
    """Return whether `name` comes from threading here."""
    wanted = {"threading", "multiprocessing"}
    return any(
        isinstance(node, ast.ImportFrom) and node.module in wanted and name in {alias.name for alias in node.names}
        for node in ast.walk(module.tree)
    )


def _waits(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether the function joins what it starts: then nothing outlives the request."""
    return any(
        isinstance(node, ast.Call) and last_name(node.func) == "join" and not _joins_text(node)
        for node in ast.walk(function)
    )


def _joins_text(node: ast.Call) -> bool:
    """ ", ".join(parts) and os.path.join(a, b) take what they join as an argument; a thread takes a number at most."""
    return bool(node.args) and not (
        isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, int | float)
    )
