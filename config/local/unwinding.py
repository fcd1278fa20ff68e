"""A context manager that undoes what it has started, also when it could start only a part of it."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self


class Unwinding:
    """`_start` of a subclass starts things one by one, and pushes onto `_stack` how each is undone."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def _start(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
