"""The report as one HTML page: a picture of what lives where, and the table beneath it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import SafeString

from shop.stateless import tables
from shop.stateless.audit import Report
from shop.stateless.rows import Row, Verdict

WIDTH, GAP, CARD, HEAD = 380, 20, 44, 40
WIDE, NARROW = 3, 1  # columns of the picture on a desk and on a phone
LETTERS = 46  # characters of 13 px that fit a card
ORDER = [Verdict.POD_LOCAL, Verdict.UNKNOWN, Verdict.SHARED]


@dataclass
class Box:
    """A place with its cards, in pixels."""

    title: str
    verdict: str
    cards: list[dict[str, Any]]
    x: int = 0
    y: int = 0

    @property
    def height(self) -> int:
        return HEAD + CARD * len(self.cards) + GAP // 2

    @property
    def inner(self) -> int:
        return WIDTH - GAP


def page(report: Report) -> str:
    """Return the whole page, with its style."""
    rows = [(row, zip(tables.HEADINGS, tables.cells(report, row), strict=True)) for row in tables.ordered(report)]
    facts = {"rows": rows, "headings": tables.HEADINGS, "summary": tables.summary(report)}
    return _render("state_map", {**facts, "wide": picture(report), "narrow": picture(report, columns=NARROW)})


def picture(report: Report, *, columns: int = WIDE) -> SafeString:
    """Return the picture alone: an <svg> whose colours are set by the page around it."""
    boxes = _boxes(report)
    height = _place(boxes, columns)
    spoken = "; ".join(f"{box.title}: {', '.join(card['what'] for card in box.cards)}" for box in boxes)
    facts = {"columns": columns, "width": columns * (WIDTH + GAP) + GAP, "height": height, "spoken": spoken}
    return _render("picture", {**facts, "boxes": boxes})


def _render(name: str, content: dict[str, Any]) -> SafeString:
    engine = Engine(dirs=[str(Path(__file__).parent / "templates")])
    return engine.get_template(f"stateless/{name}.html").render(Context(content))


def _boxes(report: Report) -> list[Box]:
    """Return one box for each place and verdict, the worst first."""
    found: dict[tuple[int, str], Box] = {}
    for row in tables.ordered(report):
        key = ORDER.index(row.verdict), row.place
        box = found.setdefault(key, Box(row.place, row.verdict.value, []))
        box.cards.append(_card(row, len(box.cards)))
    return [found[key] for key in sorted(found)]


def _card(row: Row, position: int) -> dict[str, Any]:
    short = {
        name: _short(text)
        for name, text in (("first", f"{tables.MARKS[row.verdict]} {row.what}"), ("second", row.where))
    }
    return {**short, "what": row.what, "full": f"{row.what}: {row.where}. {row.lost}", "y": HEAD + position * CARD}


def _short(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"


def _place(boxes: list[Box], columns: int) -> int:
    """Put each box into the shortest column; return the height of the picture."""
    heights = [GAP] * columns
    for box in boxes:
        column = heights.index(min(heights))
        box.x, box.y = GAP + column * (WIDTH + GAP), heights[column]
        heights[column] += box.height + GAP
    return max(heights)
