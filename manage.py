#!/usr/bin/env python
"""Run a management command: `python manage.py <command>`."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Settings that cannot be read are one sentence; every other error keeps its traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except (ImportError, ImproperlyConfigured) as error:
        if settings.configured:
            raise
        sys.exit(f"The settings {os.environ['DJANGO_SETTINGS_MODULE']} cannot be read: {error}")


if __name__ == "__main__":
    main()
