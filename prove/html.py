"""The report as one HTML file."""

from pathlib import Path

from prove.options import Options
from prove.proof import Part


def write(parts: list[Part], options: Options) -> Path:
    page = options.out / "proof.html"
    page.write_text("")
    return page
