"""`python -m shop.stateless --settings other.settings`: audit any Django project that is on the path.

`python /path/to/shop/stateless --settings shop.settings` does so too if the project's own package is called `shop`.
"""

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path

BY_PATH = not __package__
HERE = str(Path(__file__).resolve().parents[2])
if BY_PATH:
    sys.path[0] = HERE  # instead of this directory, whose modules must not be found by anybody else

if find_spec("django") is None:
    sys.stderr.write(f"{sys.executable} has no Django: use the Python of the project, such as .venv/bin/python.\n")
    sys.exit(2)

from shop.stateless import command  # noqa: E402 - it has to be found first
from shop.stateless.loading import UnusableSettings, load  # noqa: E402 - the same


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m shop.stateless", description=command.ABOUT)
    parser.add_argument("--settings", default=os.environ.get("DJANGO_SETTINGS_MODULE"), help="the settings module")
    parser.add_argument("--pythonpath", metavar="DIR", help="the directory of the project, if not this one")
    command.add_options(parser)
    options = parser.parse_args(arguments)
    if not options.settings:
        parser.error("--settings names no module, and DJANGO_SETTINGS_MODULE is not set")
    if BY_PATH:
        _make_room()
    sys.path.insert(0, options.pythonpath or str(Path.cwd()))
    try:
        problems = load(options.settings)
        return command.run(options, sys.stdout, problems)
    except UnusableSettings as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        sys.stderr.write(f"The report cannot be written: {error}\n")
    return command.UNUSABLE


def _make_room() -> None:
    """Leave the name `shop` to the project. What was imported before stays, under its full name."""
    sys.path.remove(HERE)
    del sys.modules["shop"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
