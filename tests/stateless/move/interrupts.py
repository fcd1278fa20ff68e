"""Ctrl-C for processes of the tests."""

import signal


def hear_interrupts() -> None:
    """A shell lets its background jobs ignore Ctrl-C, and their children with them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
