"""Processes that work for a command. This module is what they read first, so it imports no model."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor

import django


def workers(count: int) -> ProcessPoolExecutor:
    """Return a pool of fresh processes in which Django is ready.

    They are spawned: a forked process would share its parent's database connection.
    """
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=_start)


def _start() -> None:
    django.setup()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Without this, the processes of a parent that was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
