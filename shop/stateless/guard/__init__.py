"""What a request or a task really writes to its own pod, seen by Python's audit hooks.

Add `shop.stateless.guard.middleware.GuardMiddleware` as the first middleware and choose a mode with STATELESS_GUARD:

* "off": no hook is installed.
* "count" (the default): each write is told to the listeners, for a metric, and logged once for each line of code.
* "raise": a write is an error that names it; for tests.

A Celery application calls `tasks.watch()`. STATELESS_GUARD_ALLOWED names what is harmless as well: files, directories,
and addresses such as "127.0.0.1:8125".
"""
