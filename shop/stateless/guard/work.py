"""A request or a task while it runs, and what it made."""

import os
from contextvars import ContextVar

from django.http import HttpRequest

from shop.stateless.guard.policy import Policy
from shop.stateless.guard.report import StateWritten, Write


class Work:
    """`made`: temporary files and directories that have to be gone at its end. `refused`: what mode "raise" raised."""

    __slots__ = ("is_over", "made", "policy", "refused")

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.made: dict[str, Write] = {}
        self.refused: list[StateWritten] = []
        self.is_over = False

    @property
    def name(self) -> str:
        """A name for a metric, of which there are only a few."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        return self.name

    def stayed(self) -> list[Write]:
        """Return what it should have removed; from now on nothing counts as temporary."""
        self.is_over = True
        return [write for path, write in list(self.made.items()) if os.path.lexists(path)]


class RequestWork(Work):
    __slots__ = ("request",)

    def __init__(self, policy: Policy, request: HttpRequest) -> None:
        super().__init__(policy)
        self.request = request

    @property
    def name(self) -> str:
        match = self.request.resolver_match
        return match.route if match else "unknown"

    @property
    def title(self) -> str:
        return f"{self.request.method} {self.request.path}"


class TaskWork(Work):
    """`key`: the task's id. `outer`: what was running before, where tasks are run at once."""

    __slots__ = ("_name", "key", "outer")

    def __init__(self, policy: Policy, name: str, key: str, outer: Work | None) -> None:
        super().__init__(policy)
        self._name, self.key, self.outer = name, key, outer

    @property
    def name(self) -> str:
        return self._name

    @property
    def title(self) -> str:
        return f"Task {self._name}"


current: ContextVar[Work | None] = ContextVar("stateless_work", default=None)
