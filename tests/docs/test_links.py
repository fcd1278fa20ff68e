"""Whoever follows a link of the documentation arrives."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!\w+:)([^)\s#]*)(?:#([^)\s]+))?\)")
FOLDERS = [folder for folder in ROOT.iterdir() if folder.is_dir() and not folder.name.startswith(".")]
PAGES = sorted([*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in folder.rglob("*.md"))])


def anchors(page: Path) -> set[str]:
    """The names that a reader of Markdown gives to headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings_that_are_there(page: Path) -> None:
    for path, anchor in LINK.findall(page.read_text()):
        target = page.parent / path if path else page
        assert target.exists(), f"{page.name} leads to {path}"
        assert not anchor or target.suffix != ".md" or anchor in anchors(target), (
            f"{page.name} leads to {path}#{anchor}"
        )


def test_commands_of_the_readme_are_there() -> None:
    said = (ROOT / "README.md").read_text() + (ROOT / "CONTRIBUTING.md").read_text()
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    named = set(re.findall(r"make ([a-z-]+)", re.sub(r"\x1b\[\d*m", "", shown)))
    assert set(re.findall(r"^make ([a-z-]+)", said, re.MULTILINE)) <= named
    for folder in re.findall(r"kubectl apply -k (\S+)", said):
        assert (ROOT / folder / "kustomization.yaml").exists()
