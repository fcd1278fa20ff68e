"""`python -m shop.stateless --settings other.settings`: audit any Django project that is on the path."""

import argparse
import os
import sys
from pathlib import Path

from shop.stateless import command
from shop.stateless.loading import UnusableSettings, load


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m shop.stateless", description=command.ABOUT)
    parser.add_argument("--settings", default=os.environ.get("DJANGO_SETTINGS_MODULE"), help="the settings module")
    parser.add_argument("--pythonpath", metavar="DIR", help="the directory of the project, if not this one")
    command.add_options(parser)
    options = parser.parse_args(arguments)
    if not options.settings:
        parser.error("--settings names no module, and DJANGO_SETTINGS_MODULE is not set")
    sys.path.insert(0, options.pythonpath or str(Path.cwd()))
    try:
        problems = load(options.settings)
        return command.run(options, sys.stdout, problems)
    except UnusableSettings as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        sys.stderr.write(f"The report cannot be written: {error}\n")
    return command.UNUSABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
