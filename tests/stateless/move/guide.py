"""docs/move/README.md against what was really done: commands and what they print, settings, changes of the code."""

import re
from collections.abc import Iterator
from difflib import unified_diff
from itertools import takewhile

from tests.stateless.move.teashop import CONVENTIONAL, ROOT, Done

GUIDE = ROOT / "docs" / "move" / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHANGES = [
    ("fit_for_pods", "views.py"),
    ("fit_for_pods", "ordering.py"),
    ("fit_for_pods", "tasks.py"),
    ("cart_in_rows", "cart.py"),
]
EXPORT = "export DJANGO_SETTINGS_MODULE=teashop.settings."


def blocks(kind: str) -> list[str]:
    return [text for found, text in BLOCK.findall(GUIDE.read_text()) if found == kind]


def told() -> Iterator[Done]:
    """Yield the commands of the guide, in its order, with the lines that it shows of their output."""
    settings = "before"
    for block in blocks("console"):
        lines = block.splitlines()
        for number, line in enumerate(lines):
            command = line.removeprefix("$ ")
            if command.startswith(EXPORT):
                settings = command.removeprefix(EXPORT)
            elif command != line:
                shown = takewhile(lambda after: not after.startswith("$ "), lines[number + 1 :])
                yield Done(command, settings, "\n".join(shown))


def check(done: list[Done]) -> None:
    """Every command of the guide was run, in that order, and printed what it shows: "…" stands for anything."""
    rest = iter(done)
    for one in told():
        ran = next((other for other in rest if (other.line, other.settings) == (one.line, one.settings)), None)
        assert ran, f"The guide has {one.line!r} with the settings {one.settings!r}; it was not run, or not then."
        for line in one.output.splitlines():
            pattern = r"\s+".join(re.escape(word).replace("…", ".*") for word in line.split())
            assert re.search(pattern, ran.output), f"{one.line!r} did not print {line!r} but\n{ran.output}"
    untold = {one.line for one in done} - {one.line for one in told()}
    assert not untold, f"The guide has to say these, too: {untold}"


def check_code() -> None:
    """Every piece of settings and code of the guide is the shop's, every changed line one that was changed."""
    files = [path.read_text() for path in CONVENTIONAL.rglob("*.py")]
    for block in blocks("python"):
        assert any(block in text for text in files), f"The shop has no such lines:\n{block}"
    changed = "\n".join(change(part, file) for part, file in CHANGES)
    for block in blocks("diff"):
        rest = iter(changed.splitlines())
        for line in block.splitlines():
            assert line in rest, f"No such change, or not there: {line}"


def change(part: str, file: str) -> str:
    """Return the diff from the store to a part of `conventional/` for a file of it."""
    before, after = ((CONVENTIONAL / name / "teashop" / file).read_text() for name in ("store", part))
    lines = unified_diff(before.splitlines(), after.splitlines(), file, file, n=1, lineterm="")
    return "\n".join(lines) + "\n"
