"""Threads, timers and schedulers that live in a process which also serves requests."""

import ast
from collections.abc import Iterator

from shop.stateless.scan.changes import bound
from shop.stateless.scan.findings import (
    Finding,
    Function,
    Place,
    dotted,
    finding,
    functions,
    last_name,
    may_serve,
    serves_requests,
)
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

THREADS = {"threading.Thread", "threading.Timer", "multiprocessing.Process", "_thread.start_new_thread"}
PROCESSES = {"subprocess.Popen", "os.fork", "asyncio.create_task", "asyncio.ensure_future"}
SCHEDULERS = {"BackgroundScheduler", "AsyncIOScheduler", "TornadoScheduler", "GeventScheduler", "BlockingScheduler"}
POOLS = {"ThreadPoolExecutor", "ProcessPoolExecutor", "ThreadPool", "Pool"}
GIVES = {"submit", "map_async", "apply_async", "starmap_async"}
WAITS = {"join", "communicate", "wait", "wait_for", "gather", "as_completed", "result", "TaskGroup"}
AT_START = {"ready"}


def find(module: Module) -> Iterator[Finding]:
    inside, pools = set[ast.AST](), _pools(module)
    for place in functions(module):
        nodes = list(walk(place.function))
        inside |= set(nodes)
        waits = _waits(place.function)
        for node in nodes:
            kind = _started(node, module) or _handed_over(node, pools)
            if kind in PROCESSES and not may_serve(module, place):
                continue
            if kind and (not waits or kind in SCHEDULERS):
                yield from _finding(module, place, node, kind)
    for node in walk(module.tree):
        kind = "" if node in inside else _started(node, module)
        if kind:
            text = f"{kind} started when {module.name} is imported"
            yield from finding(module, node, kind, text, certain=True)


def _finding(module: Module, place: Place, node: ast.AST, kind: str) -> Iterator[Finding]:
    name = place.function.name
    certain = kind in SCHEDULERS or name in AT_START or serves_requests(module, place)
    yield from finding(module, node, kind, f"{kind} started by {name}() of {module.name}", certain=certain)


def _started(node: ast.AST, module: Module) -> str:
    """Return what kind of thread, process or scheduler this call makes, "" if none."""
    if not isinstance(node, ast.Call):
        return ""
    name, full = last_name(node.func), module.meaning(dotted(node.func))
    return name if name in SCHEDULERS else full if full in THREADS | PROCESSES else ""


def _pools(module: Module) -> dict[str, str]:
    """Return {name: kind} of the pools that the module made when it was imported."""
    made = {name: last_name(value.func) for name, value in bound(module.tree.body) if isinstance(value, ast.Call)}
    return {name: kind for name, kind in made.items() if kind in POOLS}


def _handed_over(node: ast.AST, pools: dict[str, str]) -> str:
    """Return to what kind of pool of the process this call hands work, "" if to none."""
    if isinstance(node, ast.Expr) and last_name(node.value) == "run_in_executor":
        return "run_in_executor"  # awaited or kept, it would be no statement of its own
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in GIVES:
        return pools.get(dotted(node.func.value), "")
    return ""


def _waits(function: Function) -> bool:
    """Return whether the function waits for what it starts: then nothing outlives the request."""
    return any(
        isinstance(node, ast.Call) and last_name(node.func) in WAITS and not _joins_text(node)
        for node in walk(function)
    )


def _joins_text(node: ast.Call) -> bool:
    """ ", ".join(parts) and os.path.join(a, b) take what they join as an argument; a thread takes a number at most."""
    return (
        last_name(node.func) == "join"
        and bool(node.args)
        and not (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, int | float))
    )
