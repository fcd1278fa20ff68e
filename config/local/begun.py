"""A context that ends all that it began, also where it could begin a part of it only."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self


class Begun:
    """`_start` of a subclass begins things, and pushes the end of each onto `_stack`."""

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
