"""What keeps the store from running on this machine."""

from collections.abc import Sequence


class LaunchError(Exception):
    """One sentence for the person at the terminal; `lines` are the last log lines that explain it."""

    def __init__(self, sentence: str, lines: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.lines = list(lines)
        if lines:
            self.add_note("\n".join(lines))  # for tracebacks
