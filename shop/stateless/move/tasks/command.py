import argparse
from typing import TextIO

ABOUT = ""


def add_options(parser: argparse.ArgumentParser) -> None:
    raise NotImplementedError


def run(options: argparse.Namespace, stream: TextIO) -> int:
    raise NotImplementedError
