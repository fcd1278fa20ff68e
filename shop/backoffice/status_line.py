"""What a long command is doing: a line that moves on a terminal, plain lines elsewhere."""

import sys
from typing import Self

from rich.console import Console
from rich.status import Status


class StatusLine:
    """`with StatusLine() as status: status.say("Dumping")`: each text replaces the one before."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, markup=False)
        self._status: Status | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._status = self._console.status("")
            self._status.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._status:
            self._status.stop()

    def say(self, text: str) -> None:
        if self._status:
            self._status.update(f"{text} …")
        else:
            self._console.print(f"{text} …", soft_wrap=True)
