"""The browser of the tests: `python -m config.local.browser` installs one where it may and says so where it may not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> Path | None:
    """Return a Chromium of the machine or of Playwright's own download, None if there is neither."""
    for name in NAMES:
        if path := shutil.which(name):
            return Path(path)
    return _downloaded()


def install() -> Path | None:
    """Bring one: from Debian where we are root, else by Playwright. None, the reason on stderr, if neither works."""
    if found := find():
        return found
    apt = shutil.which("apt-get")
    if os.geteuid() == 0 and apt:
        print("Installing a browser (chromium, by apt-get) ...", flush=True)
        _apt(apt)
    if not find():
        print("Installing a browser (chromium, by playwright) ...", flush=True)
        _quietly([sys.executable, "-m", "playwright", "install", "chromium"])
    return find()


def _apt(apt: str) -> None:
    arguments = [apt, "install", "-y", "--no-install-recommends", "-q", "chromium"]
    if not _quietly(arguments):
        _quietly([apt, "update", "-q"])
        _quietly(arguments)


def _quietly(command: list[str]) -> bool:
    """Say whether the command worked; its last words if it did not."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        print(*(result.stdout + result.stderr).splitlines()[-3:], sep="\n", file=sys.stderr)
    return result.returncode == 0


def _downloaded() -> Path | None:
    from playwright.sync_api import sync_playwright  # only in the tests' environment

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def main() -> int:
    found = install()
    if found:
        print(f"Browser: {found}")
    else:
        print(
            "No browser: tests/journeys is left out, as neither apt-get nor playwright could install one.",
            file=sys.stderr,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
