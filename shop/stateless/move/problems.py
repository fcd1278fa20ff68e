"""What stops a move."""


class MoveError(Exception):
    """A sentence for the person at the terminal: what is wrong and what to do. Nothing was changed, or it says what."""
