"""`manage.py move tasks`: reads the source code of the project; nothing is run, nothing is connected to."""

import argparse
import json
import re
from collections.abc import Iterator
from typing import TextIO

from django.apps import apps

from shop.stateless.move.tasks import arguments, configured, declared, inside, report, sending, waiting
from shop.stateless.move.tasks.findings import Finding
from shop.stateless.move.tasks.topics import Level
from shop.stateless.project import Project
from shop.stateless.scan.module import in_turn
from shop.stateless.scan.modules import TESTS, Sources, sources_of

LEFT_OUT = re.compile(rf"{TESTS.pattern}|(^|\.)migrations(\.|$)")
ABOUT = (
    "Show what in this project's use of Celery has to change before its work can go through SQS: where tasks are sent, "
    "with what, and what relies on beat, results, remote control, priorities or long delays. The source code is read; "
    "nothing is changed. Exit code 1: something has to change."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="write JSON")
    output.add_argument("--markdown", action="store_true", help="write Markdown")
    parser.add_argument("--packages", action="store_true", help="also read the source code of installed packages")


def run(options: argparse.Namespace, stream: TextIO) -> int:
    """Return the exit code: 1 if something has to change."""
    project = Project(packages=options.packages)
    sources = sources_of(project.settings_module, project.root_package, packages=options.packages)
    found = findings(project, sources)
    if options.json:
        stream.write(json.dumps(report.as_json(found, sources.unread), indent=2, ensure_ascii=False) + "\n")
    elif options.markdown:
        stream.write(report.markdown(found))
    else:
        report.terminal(found, stream)
        stream.writelines(f"Not read: {file} ({reason})\n" for file, reason in sources.unread)
    return 1 if any(one.level is Level.CHANGE for one in found) else 0


def findings(project: Project, sources: Sources) -> list[Finding]:
    """Return what is found, each once."""
    return list(dict.fromkeys(_findings(project, sources)))


def _findings(project: Project, sources: Sources) -> Iterator[Finding]:
    modules = [module for module in sources.own() if not LEFT_OUT.search(module.name)]
    known = sending.known_tasks(modules)
    models = {model.__name__ for model in apps.get_models()}
    late = configured.is_late(project)
    yield from configured.find(project, modules)
    for module in in_turn(modules):
        yield from sending.find(module, known)
        yield from inside.find(module)
        yield from arguments.find(module, known, models)
        yield from waiting.find(module, known)
        yield from declared.find(module, late=late)
        yield from declared.sleeping(module)
        yield from configured.in_code(module)
