"""The picture of a run: when each process lived, when services were away, and how long each request took."""

import math
from collections.abc import Iterator
from html import escape

from prove.evidence import Evidence
from prove.record import CUT, Record, Sample

WIDTH, LEFT, RIGHT = 1200, 84, 16
LANE, TOP = 17, 26  # pixels of one process, and above the first
LETTER = 6.5  # pixels, about
HEIGHT = 300  # of the part with the requests
FASTEST, SLOWEST = 0.004, 10.0  # seconds, at the lower and the upper edge
STEPS = (5, 10, 15, 30, 60, 120, 300, 900, 3600)  # seconds between two marks
GRID = {0.01: "10 ms", 0.1: "100 ms", 1.0: "1 s", 10.0: "10 s"}
FAMILIES = {"guest": "Guests", "window": "Guests", "member": "Signed in", "phone": "Phones", "staff": "Staff"}
STYLE = """
.t text{font:11px system-ui,sans-serif;fill:var(--soft,#66707a)}
.t .up{fill:var(--up,#cfe3dd)}.t .dead{fill:var(--bad,#d6455d)}.t .roll{fill:var(--warn,#e0a63a)}
.t .away{fill:var(--warn,#e0a63a);opacity:.16}.t .grid{stroke:var(--line,#e4e1da)}
.t .Guests{fill:var(--c1,#2f6f8f)}.t .Signed{fill:var(--c2,#7a5aa6)}.t .Phones{fill:var(--c3,#3f8f5b)}
.t .Staff{fill:var(--c4,#b5651d)}.t circle{opacity:.5}
.t .cut{fill:none;stroke:var(--bad,#d6455d);stroke-width:1.8;opacity:1}.t .kill{stroke:var(--bad,#d6455d);opacity:.28}
"""


class Timeline:
    """Coordinates of one run."""

    def __init__(self, evidence: Evidence) -> None:
        self.record: Record = evidence.record
        self.begin = self.record.began_at
        last = [sample.at + sample.seconds for sample in self.record.samples] or [self.begin + 1]
        self.seconds = max(1.0, max(last) - self.begin)
        self.names = evidence.names
        self.base = TOP + LANE * len(self.names) + HEIGHT
        self.height = self.base + 40

    def svg(self) -> str:
        parts = [*self._away(), *self._lanes(), *self._grid(), *self._kills(), *self._requests(), *self._legend()]
        label = "Each process in time, and each request by how long it took"
        opening = f'<svg class="t" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" role="img"'
        return f'{opening} aria-label="{label}"><style>{STYLE}</style>{"".join(parts)}</svg>'

    def _x(self, moment: float) -> float:
        share = (moment - self.begin) / self.seconds
        return LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, max(0.0, share))

    def _y(self, seconds: float) -> float:
        bounded = min(SLOWEST, max(FASTEST, seconds))
        return self.base - HEIGHT * 0.94 * math.log(bounded / FASTEST) / math.log(SLOWEST / FASTEST)

    def _away(self) -> Iterator[str]:
        free = 0.0  # where the next name has room
        for whom, begin, end in sorted(self.record.periods("away", "back"), key=lambda period: period[1]):
            left, right, name = self._x(begin), self._x(end), f"{whom} away"
            yield f'<rect class="away" x="{left:.1f}" y="{TOP}" width="{right - left:.1f}" height="{self.base - TOP}"/>'
            yield f'<text x="{max(left, free):.1f}" y="{TOP - 8}">{escape(name)}</text>'
            free = max(left, free) + LETTER * (len(name) + 1)

    def _lanes(self) -> Iterator[str]:
        for place, name in enumerate(self.names):
            y = TOP + place * LANE
            yield f'<text x="{LEFT - 8}" y="{y + 11}" text-anchor="end">{escape(name)}</text>'
            yield f'<rect class="up" x="{LEFT}" y="{y + 2}" width="{WIDTH - LEFT - RIGHT}" height="{LANE - 5}" rx="3"/>'
            for kind, begin, end in self._gaps(name):
                left, width = self._x(begin), max(2.0, self._x(end) - self._x(begin))
                where = f'x="{left:.1f}" y="{y + 2}" width="{width:.1f}"'
                yield f'<rect class="{kind}" {where} height="{LANE - 5}" rx="2"/>'

    def _gaps(self, name: str) -> Iterator[tuple[str, float, float]]:
        """Yield (dead or roll, from, to) for each time in which the process did not serve."""
        for what, kind in (("kill", "dead"), ("stop", "roll")):
            for whom, begin, end in self.record.periods(what, "up"):
                if whom == name:
                    yield kind, begin, end

    def _kills(self) -> Iterator[str]:
        for event in self.record.kills("web"):
            x = self._x(event.at)
            yield f'<line class="kill" x1="{x:.1f}" x2="{x:.1f}" y1="{self.base - HEIGHT + 6}" y2="{self.base}"/>'

    def _grid(self) -> Iterator[str]:
        for seconds, label in GRID.items():
            y = self._y(seconds)
            yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
        step = next((size for size in STEPS if self.seconds / size <= 12), STEPS[-1])
        for second in range(0, int(self.seconds) + 1, step):
            x = self._x(self.begin + second)
            yield f'<text x="{x:.1f}" y="{self.base + 15}" text-anchor="middle">{second} s</text>'

    def _requests(self) -> Iterator[str]:
        ordered = sorted(self.record.samples, key=lambda sample: sample.fate == CUT)
        for sample in ordered:
            kind = "cut" if sample.fate == CUT else family(sample).partition(" ")[0]
            place = f'cx="{self._x(sample.at):.1f}" cy="{self._y(sample.seconds):.1f}"'
            yield f'<circle class="{kind}" {place} r="{4.5 if kind == "cut" else 2}"/>'

    def _legend(self) -> Iterator[str]:
        entries = [(name.partition(" ")[0], name) for name in dict.fromkeys(FAMILIES.values())]
        for place, (kind, name) in enumerate([*entries, ("cut", "cut by a kill, then sent again")]):
            x = LEFT + place * 110
            yield f'<circle class="{kind}" cx="{x}" cy="{self.base + 31}" r="4"/>'
            yield f'<text x="{x + 9}" y="{self.base + 35}">{name}</text>'
        x = LEFT + 690
        for kind, name in (("dead", "killed"), ("roll", "rolled (TERM)"), ("up", "serving")):
            yield f'<rect class="{kind}" x="{x}" y="{self.base + 26}" width="14" height="10" rx="2"/>'
            yield f'<text x="{x + 20}" y="{self.base + 35}">{name}</text>'
            x += 120


def family(sample: Sample) -> str:
    if sample.script.endswith("-member"):
        return FAMILIES["phone"] if sample.script.startswith("phone") else FAMILIES["member"]
    return FAMILIES[sample.script.partition("-")[0]]


def picture(evidence: Evidence) -> str:
    """Return the picture as an SVG that is a file of its own and part of a page alike."""
    return Timeline(evidence).svg()
