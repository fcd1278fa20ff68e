"""The check of the whole store: the rules of all packages, checked together, and a report of what breaks them."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shop.catalog import invariants as catalog
from shop.checkout import invariants as checkout
from shop.inventory import invariants as inventory
from shop.notifications import invariants as notifications
from shop.orders import invariants as orders
from shop.payments import invariants as payments
from shop.platform import inspections, stored_pictures
from shop.platform.invariants import Finding, Invariant, examine
from shop.platform.webhooks import invariants as webhooks
from shop.pricing import invariants as pricing
from shop.privacy import invariants as privacy

RULES: tuple[Invariant, ...] = (
    *catalog.INVARIANTS,
    *inventory.INVARIANTS,
    *pricing.INVARIANTS,
    *orders.INVARIANTS,
    *payments.INVARIANTS,
    *checkout.INVARIANTS,
    *notifications.INVARIANTS,
    *privacy.INVARIANTS,
    *webhooks.INVARIANTS,
)
logger = logging.getLogger("shop.fsck")
DAILY = timedelta(days=1)
KEPT = 20  # rows of each rule kept with the result; the command names all

Tell = Callable[[str, int, int], None]


def _nobody(_rule: str, _done: int, _total: int) -> None:
    return


@dataclass
class Report:
    """What a check found. `repaired` counts rows that were mended; what is still broken is in `findings`."""

    findings: list[Finding]
    seconds: float
    repaired: int = 0

    @property
    def broken(self) -> int:
        return sum(finding.broken for finding in self.findings)

    @property
    def rows(self) -> int:
        return sum(finding.rows for finding in self.findings)

    def json(self) -> dict[str, Any]:
        rules = [_as_json(finding) for finding in self.findings]
        facts = {"ok": not self.broken, "violations": self.broken, "repaired": self.repaired, "rows": self.rows}
        return {**facts, "seconds": round(self.seconds, 3), "rules": rules}

    def summary(self) -> str:
        if not self.broken:
            return f"All {len(self.findings)} rules hold: {self.rows} rows in {self.seconds:.1f} s."
        broken = sum(1 for finding in self.findings if finding.broken)
        return f"{broken} of {len(self.findings)} rules are broken; rows that break them: {self.broken}."


def _as_json(finding: Finding) -> dict[str, Any]:
    rule = finding.invariant
    found = [{"subject": one.subject, "text": one.text} for one in finding.violations]
    facts = {"name": rule.name, "rule": rule.rule, "rows": finding.rows, "broken": finding.broken}
    return facts | {"violations": found, "advice": rule.advice if found else ""}


def check(*, pictures: bool = False, repair: bool = False, tell: Tell = _nobody) -> Report:
    """Check the store by reading; with `repair`, mend what can safely be computed anew, and check that again.

    With `pictures` also ask S3 for each object. Raises OperationalError, and StorageAway.
    """
    begun = time.monotonic()
    findings = examine([*RULES, *([stored_pictures.INVARIANT] if pictures else [])], tell)
    repaired = sum([_repair(findings, place, tell) for place in range(len(findings))]) if repair else 0
    return Report(findings, time.monotonic() - begun, repaired)


def _repair(findings: list[Finding], place: int, tell: Tell) -> int:
    """Mend what one rule found, and put what is broken still in its place; return how many rows are right now."""
    before = findings[place]
    if not before.broken or before.invariant.repair is None:
        return 0
    before.invariant.repair([violation.pk for violation in before.violations])
    (findings[place],) = examine([before.invariant], tell)
    return before.broken - findings[place].broken


def check_daily() -> int:
    """The housekeeping's check: once a day, without the pictures, its result kept; return how many rows break rules."""
    if not inspections.is_due(inspections.CHECK, every=DAILY):
        return 0
    inspections.begin(inspections.CHECK)  # before the work: what kills this process is not begun again at once
    report = check()
    keep(report)
    if report.broken:
        logger.error("the store breaks its rules", extra={"count": report.broken, "summary": report.summary()})
    return report.broken


def keep(report: Report) -> None:
    """Keep a result for the dashboard and for Prometheus, with the first rows of each rule that is broken."""
    rules = [rule for rule in report.json()["rules"] if rule["broken"]]
    for rule in rules:
        rule["violations"] = rule["violations"][:KEPT]
    facts = {"rows": report.rows, "seconds": round(report.seconds, 3), "rules": rules}
    inspections.end(inspections.CHECK, summary=report.summary(), broken=report.broken, report=facts)


def write_table(report: Report, out: Any) -> None:
    """Write a line for each rule, then each violation by name with what to do about its rule."""
    table = Table("", "rule", "rows", "broken")
    for finding in report.findings:
        mark = "[bold red]✗[/]" if finding.broken else "[green]✓[/]"
        table.add_row(mark, finding.invariant.rule, str(finding.rows), str(finding.broken or ""))
    console = Console(file=out)
    console.print(table)
    for finding in report.findings:
        _write_violations(finding, console)
    console.print(escape(report.summary()), highlight=False)


def _write_violations(finding: Finding, console: Console) -> None:
    if not finding.broken:
        return
    lines = [f"{violation.subject}: {violation.text}" for violation in finding.violations]
    hidden = finding.broken - len(lines)
    lines += [f"and {hidden} more"] if hidden else []
    console.print(f"\n[bold]{escape(finding.invariant.name)}[/]: {escape(finding.invariant.advice)}", highlight=False)
    for line in lines:
        console.print(f"  {escape(line)}", highlight=False, soft_wrap=True)


def as_text(report: Report) -> str:
    return json.dumps(report.json(), indent=2, ensure_ascii=False)
