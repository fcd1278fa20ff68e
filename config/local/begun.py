"""What is begun as a context ends with it, also when it could be begun in part only."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self


class Begun:
    """A context whose `_start` puts the end of each thing that it begins on `_stack`."""

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
