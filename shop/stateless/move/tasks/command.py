import argparse
from typing import TextIO

from shop.stateless.move.problems import MoveError

ABOUT = "Show what has to change before Celery's work can go through SQS."


def add_options(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace, stream: TextIO) -> int:
    raise MoveError("not yet")
