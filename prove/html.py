"""The report as one HTML file that needs nothing else; readable on a phone, in the light and in the dark."""

import os
import platform
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from prove import code
from prove.claims.claim import Claim
from prove.options import Options
from prove.proof import Part
from prove.record import CUT
from prove.report import broken
from prove.timeline import FAMILIES, family, picture

STYLE = Path(__file__).with_name("report.css").read_text()
SHOWN = 20  # problems of one claim


def write(parts: list[Part], options: Options) -> Path:
    """Write the page, and each part's picture beside it; return the page's path."""
    options.out.mkdir(parents=True, exist_ok=True)
    for part in parts:
        (options.out / f"{part.name}.svg").write_text(picture(part.evidence))
    page = options.out / "proof.html"
    page.write_text(document(parts, options))
    return page


def document(parts: list[Part], options: Options) -> str:
    good = all(part.holds for part in parts)
    title = "Proven" if good else "Not proven"
    words = "Any process may die" if good else broken(parts)
    sections = "".join(_section(part) for part in parts)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: {words}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body><main>
<header class="{"good" if good else "bad"}"><p class="mark">{"✓" if good else "✗"}</p><div><h1>{title}</h1>
<p>{words}: {escape(_summary(parts))}</p></div></header>
<p class="facts">{escape(_facts(options))}</p>{sections}{_notes(options)}</main></body></html>"""


def _summary(parts: list[Part]) -> str:
    journeys = sum(len(part.evidence.plan.journeys) for part in parts)
    requests = sum(len(part.evidence.record.samples) for part in parts)
    kills = sum(len(part.evidence.record.kills()) for part in parts)
    return f"{journeys} visitors sent {requests:,} requests while {kills} processes were killed under them."


def _facts(options: Options) -> str:
    moment = datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC")
    what = options.revision or f"the working tree at {code.described() or 'no known commit'}"
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.release()}"
    return f"{moment}. Seed {options.seed}. {what[0].upper()}{what[1:]}. {machine}."


def _section(part: Part) -> str:
    rows = "".join(_row(claim) for claim in part.claims)
    return f"""<section><h2>{escape(part.title)}</h2><div class="tiles">{"".join(_tiles(part))}</div>
<div class="wide">{picture(part.evidence)}</div><ul class="claims">{rows}</ul>
<div class="wide"><table><thead><tr><th>Visitors</th><th>Requests</th><th>Cut</th><th>Median</th><th>95 of 100</th>
<th>Slowest</th></tr></thead><tbody>{"".join(_latencies(part))}</tbody></table></div>
<details><summary>What was done to the processes</summary><ol class="events">{"".join(_events(part))}</ol></details>
</section>"""


def _tiles(part: Part) -> Iterator[str]:
    evidence = part.evidence
    kills = Counter(event.whom.partition("-")[0] for event in evidence.record.kills())
    rolls = sum(event.what == "stop" for event in evidence.record.events)
    cut = sum(sample.fate == CUT for sample in evidence.record.samples)
    facts = {
        "journeys": len(evidence.plan.journeys),
        "requests": len(evidence.record.samples),
        "web kills": kills["web"],
        "worker kills": kills["worker"],
        "relay kills": kills["relay"],
        "rolled by TERM": rolls,
        "requests cut": cut,
        "orders": len(evidence.tables["orders"]),
        "mails": len({identifier for identifier, _to, _at in evidence.arrivals}),
        "seconds": round(part.seconds),
    }
    for name, number in facts.items():
        yield f"<p><b>{number:,}</b> {name}</p>"


def _row(claim: Claim) -> str:
    kind, mark = ("good", "✓") if claim.holds else ("bad", "✗")
    said = "".join(f"<li>{escape(text)}</li>" for text in [*claim.problems[:SHOWN], *claim.notes])
    return (
        f'<li class="{kind}"><span class="mark">{mark}</span><div><b>{escape(claim.title)}</b>'
        f"<p>{escape(claim.found)}</p>{f'<ul>{said}</ul>' if said else ''}</div></li>"
    )


def _latencies(part: Part) -> Iterator[str]:
    for name in dict.fromkeys(FAMILIES.values()):
        samples = [sample for sample in part.evidence.record.samples if family(sample) == name]
        if not samples:
            continue
        times = sorted(sample.seconds * 1000 for sample in samples)
        cut = sum(sample.fate == CUT for sample in samples)
        middle, late = times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.95))]
        cells = (name, f"{len(times):,}", cut, f"{middle:,.0f} ms", f"{late:,.0f} ms", f"{times[-1]:,.0f} ms")
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _events(part: Part) -> Iterator[str]:
    words = {"kill": "SIGKILL", "stop": "TERM", "up": "serves again", "away": "goes away", "back": "is back"}
    for event in part.evidence.record.events:
        if event.what in words:
            moment = event.at - part.evidence.record.began_at
            why = f" ({escape(event.why)})" if event.why else ""
            yield f"<li><b>{moment:.1f} s</b> {escape(event.whom)} {words[event.what]}{why}</li>"


def _notes(options: Options) -> str:
    return f"""<footer><h2>How to read this</h2><p>Each dot is a request, higher is slower. A ring is a request whose
process was killed while it served it; the visitor sent it again. Each journey's next request goes to another process.
The median and the 95 of 100 include waiting for processes to come back.</p>
<p><code>python -m prove --journeys {options.journeys} --seed {options.seed}</code> makes the same plan: the same
visitors, the same kills at the same request of the same visitor after the same delay, the same outages. Which requests
meet at that moment is up to the machine.</p></footer>"""
