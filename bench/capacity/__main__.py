"""`python -m bench.capacity`: docs/scale.md and docs/cost.md again, from the last measurement. --check: only look."""

import re
import sys
from pathlib import Path

from bench.capacity import cost_page, mix, scale_page
from bench.capacity.demand import ROOT

BEGIN, END = "<!-- begin of the generated part: make scale -->", "<!-- end of the generated part -->"
PAGES = {"scale.md": scale_page.generated, "cost.md": cost_page.generated}


def replaced(text: str, part: str) -> str:
    """Put `part` between the markers of a page. Raises ValueError if they are not there."""
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"the page lacks its markers: {BEGIN}")
    return pattern.sub(lambda _found: f"{BEGIN}\n\n{part}\n\n{END}", text)


def main(arguments: list[str]) -> int:
    """Return 1 if --check found a page that is not up to date."""
    try:
        costs = mix.measured()
    except mix.NotMeasured as error:
        print(error, file=sys.stderr)
        return 2
    made = _made(costs)
    outdated = [path for path, text in made.items() if path.read_text() != text]
    if "--check" in arguments:
        print(*(f"{path.name} is not up to date: make scale" for path in outdated), sep="\n", end="")
        return int(bool(outdated))
    for path, text in made.items():
        path.write_text(text)
    return 0


def _made(costs: dict[str, mix.Cost]) -> dict[Path, str]:
    paths = {ROOT / "docs" / name: make for name, make in PAGES.items()}
    return {path: replaced(path.read_text(), make(costs)) for path, make in paths.items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
