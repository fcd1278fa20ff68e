"""What `manage.py stateless` and `python -m shop.stateless` have in common: options, output, exit code."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from shop.stateless import state_map, tables
from shop.stateless.audit import Report, audit
from shop.stateless.project import Problem, Project

POD_LOCAL, UNUSABLE = 1, 2
ABOUT = (
    "Tell where the data of this project lives and what is lost when a pod dies. Nothing is changed, nothing is "
    "connected to. Exit code 0: nothing pod-local; 1: something is; 2: the project cannot be loaded."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="write JSON")
    output.add_argument("--markdown", action="store_true", help="write Markdown")
    output.add_argument("--html", action="store_true", help="write one HTML page with a picture of what lives where")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write to this file instead of standard output")
    parser.add_argument("--packages", action="store_true", help="also read the source code of installed packages")


def run(options: argparse.Namespace, stream: TextIO, problems: list[Problem] | None = None) -> int:
    """Audit the project that is set up and write the report; return the exit code. Raises OSError for --output."""
    with _progress(sys.stderr) as say:
        report = audit(Project(packages=options.packages, problems=list(problems or []), say=say))
    if options.output:
        options.output.write_text(rendered(report, options))
        stream.write(f"{options.output} is written. {tables.summary(report)}\n")
    elif options.json or options.markdown or options.html:
        stream.write(rendered(report, options))
    else:
        tables.terminal(report, stream)
    return POD_LOCAL if report.pod_local else 0


def rendered(report: Report, options: argparse.Namespace) -> str:
    """Return the report in the format asked for; Markdown where a file is asked for and no format."""
    if options.json:
        return json.dumps(report.json(), indent=2, ensure_ascii=False) + "\n"
    return state_map.page(report) if options.html else tables.markdown(report)


@contextmanager
def _progress(stream: TextIO) -> Iterator["_Say"]:
    """Show what is being done, on a terminal only."""
    if not stream.isatty():
        yield _Say(None)
        return
    say = _Say(stream)
    try:
        yield say
    finally:
        say.clear()


class _Say:
    """One line of a terminal, each text written over the last."""

    def __init__(self, stream: TextIO | None) -> None:
        self.stream = stream

    def __call__(self, text: str) -> None:
        if self.stream:
            self.stream.write(f"\r\x1b[K{text} …")
            self.stream.flush()

    def clear(self) -> None:
        if self.stream:
            self.stream.write("\r\x1b[K")
