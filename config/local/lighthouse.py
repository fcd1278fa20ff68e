"""`make lighthouse`: what Google's Lighthouse says of the store's pages, on its profile of a phone.

It starts the store with demo data in .lighthouse/, fetches Lighthouse from the npm registry into the same directory,
looks at each page three times and takes the run in the middle, as its authors advise. The reports stay in
.lighthouse/reports/, the scores are written into docs/lighthouse.md.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from config.local import ports
from config.local.browser import find
from config.local.claim import claimed
from config.local.errors import LaunchError
from config.local.options import Options
from config.local.process import PROJECT
from config.local.steps import Steps
from config.local.store import Store

VERSION = "12.8.2"
PLACE = PROJECT / ".lighthouse"
REPORTS = PLACE / "reports"
PAGE = PROJECT / "docs" / "lighthouse.md"
BEGIN, END = "<!-- begin of the generated part: make lighthouse -->", "<!-- end of the generated part -->"
CATEGORIES = {
    "performance": "Performance",
    "accessibility": "Accessibility",
    "best-practices": "Best practices",
    "seo": "SEO",
}
TIMES = {
    "largest-contentful-paint": "Largest paint",
    "total-blocking-time": "Blocked",
    "cumulative-layout-shift": "Shift",
}
PACKED = "whitenoise.storage.CompressedManifestStaticFilesStorage"  # as a pod serves them
LEAST = 95
RUNS = 3
CHROME = "--headless=new --no-sandbox --disable-dev-shm-usage"


@dataclass(frozen=True)
class Look:
    """A page to look at. `skipped`: audits that are no fault here."""

    name: str
    url: str
    cookie: str = ""
    skipped: str = ""


@dataclass(frozen=True)
class Found:
    """Scores from 0 to 100 and times as Lighthouse writes them, by the names of CATEGORIES and TIMES."""

    name: str
    scores: dict[str, int]
    times: dict[str, str]


def main() -> int:
    console = Console(highlight=False, soft_wrap=True)
    try:
        program = fetch()
        with store(console) as address:
            found = [look(program, page) for page in pages(address)]
    except (LaunchError, httpx.HTTPError) as error:
        console.print(f"✗ {error}", markup=False)
        return 1
    publish(found)
    console.print(table(found), markup=False)
    return int(any(score < LEAST for each in found for score in each.scores.values()))


def fetch() -> Path:
    """Return the program. Raises LaunchError where it cannot be had."""
    program = PLACE / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise LaunchError("There is no npm here: install Node.js 20 or newer.")
        PLACE.mkdir(exist_ok=True)
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(PLACE), f"lighthouse@{VERSION}"]
        subprocess.run(command, check=False, capture_output=True)
    if not program.exists():
        raise LaunchError("Lighthouse could not be fetched from the npm registry.")
    return program


@contextmanager
def store(console: Console) -> Iterator[str]:
    """A store with demo data and one web process; the data stays for the next time."""
    os.environ.setdefault("STATICFILES_STORAGE", PACKED)
    (port,) = ports.free(1)
    options = Options(data=PLACE / "data", port=port, replicas=1, demo=True, admin_password="")
    steps = Steps(console)
    running = Store(options, steps)
    with claimed(options.data):
        try:
            with steps:
                running.start()
            yield f"http://{ports.HOST}:{options.port}"
        finally:
            running.stop()


def pages(address: str) -> list[Look]:
    """Home, a product, and a cart with that product in it, which search engines shall not see."""
    with httpx.Client(base_url=address, timeout=30) as client:
        product = _first(
            r'<li class="card">(?:(?!</li>)[\s\S])*?<h3><a href="([^"]+)"', client.get("/products/?sort=title").text
        )
        variant = _first(r'(?:name="variant" value="|<option value="(?=\d+" selected))(\d+)', client.get(product).text)
        client.post("/cart/lines/", data={"variant": variant})
        if "cart" not in client.cookies:
            raise LaunchError(f"Nothing of {product} could be put into a cart.")
        cart = Look("Cart", f"{address}/cart/", f"cart={client.cookies['cart']}", skipped="is-crawlable")
    return [Look("Home", f"{address}/"), Look("Product", f"{address}{product}"), cart]


def _first(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    if found is None:
        raise LaunchError(f"A page of the store shows no {pattern}.")
    return str(found[1])


def look(program: Path, page: Look) -> Found:
    """Look at a page RUNS times; return the run with the middle performance, and keep its report."""
    runs = sorted((_run(program, page, number) for number in range(RUNS)), key=_performance)
    middle = runs[RUNS // 2]
    scores = {name: round(100 * (middle["categories"][name]["score"] or 0)) for name in CATEGORIES}
    times = {name: str(middle["audits"][name]["displayValue"]) for name in TIMES}
    return Found(page.name, scores, times)


def _performance(report: dict[str, Any]) -> float:
    return float(report["categories"]["performance"]["score"] or 0)


def _run(program: Path, page: Look, number: int) -> dict[str, Any]:
    """Raises LaunchError if there is no report."""
    browser = find()
    REPORTS.mkdir(parents=True, exist_ok=True)
    path = REPORTS / f"{page.name.lower()}-{number + 1}"
    command = [str(program), page.url, "--quiet", "--output=json", "--output=html", f"--output-path={path}"]
    command += [f"--chrome-flags={CHROME}", f"--only-categories={','.join(CATEGORIES)}"]
    command += [f"--extra-headers={json.dumps({'Cookie': page.cookie})}"] if page.cookie else []
    command += [f"--skip-audits={page.skipped}"] if page.skipped else []
    environment = {**os.environ, **({"CHROME_PATH": str(browser)} if browser else {})}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    try:
        report: dict[str, Any] = json.loads(path.with_suffix(".report.json").read_text())
    except OSError as error:
        raise LaunchError(f"Lighthouse wrote no report on {page.name}.", done.stderr.splitlines()[-3:]) from error
    return report


def table(found: list[Found]) -> str:
    names = [*CATEGORIES.values(), *TIMES.values()]
    rows = [["Page", *names], ["---", *["---:"] * len(names)]]
    rows += [[each.name, *(str(score) for score in each.scores.values()), *each.times.values()] for each in found]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def publish(found: list[Found]) -> None:
    """Write the table between the marks of docs/lighthouse.md."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{table(found)}\n\nLighthouse {VERSION}, {RUNS} runs a page.\n{END}{after}")


if __name__ == "__main__":
    sys.exit(main())
