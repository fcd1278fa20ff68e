"""What an import did: counts, and what was left out and why."""

from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Remark:
    """Something about one line of the file; `handle` is its product's, if it has one."""

    line: int
    handle: str
    text: str

    def __str__(self) -> str:
        where = f"{self.line} ({self.handle})" if self.handle else str(self.line)
        return _("Line %(where)s: %(text)s") % {"where": where, "text": self.text}


@dataclass
class Report:
    """`rejected` rows were not imported. `notes` name values that were changed or left out of rows that were."""

    rows: int = 0
    products_created: int = 0
    products_updated: int = 0
    variants: int = 0
    pictures: int = 0
    rejected: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    pictures_missing: list[Remark] = field(default_factory=list)
    seconds: float = 0

    def write(self, out: Any, *, dry_run: bool) -> None:
        """Print remarks, one a line, and the summary."""
        # Lines are not wrapped when nobody reads them on a screen: a program may.
        width = None if out.isatty() else 200
        console = Console(file=StringIO(), soft_wrap=True, highlight=False, width=width, force_terminal=out.isatty())
        self._remarks(console, _("Rejected rows"), self.rejected, "red")
        self._remarks(console, _("Pictures that could not be had"), self.pictures_missing, "yellow")
        self._remarks(console, _("Notes"), self.notes, "cyan")
        console.print(self._table())
        if dry_run:
            console.print(_("Nothing was changed: this was a dry run."), style="bold")
        out.write(console.file.getvalue())  # type: ignore[attr-defined]

    def _remarks(self, console: Console, title: str, remarks: list[Remark], style: str) -> None:
        if remarks:
            console.print(f"{title}:", style=f"bold {style}")
        for remark in sorted(remarks, key=lambda remark: remark.line):
            console.print(f"  {remark}", markup=False)

    def _table(self) -> Table:
        table = Table(show_header=False)
        table.add_column()
        table.add_column(justify="right")
        for label, value in self._figures():
            table.add_row(label, f"{value:,}" if isinstance(value, int) else value)
        return table

    def _figures(self) -> list[tuple[str, int | str]]:
        return [
            (_("Rows read"), self.rows),
            (_("Products created"), self.products_created),
            (_("Products updated"), self.products_updated),
            (_("Variants"), self.variants),
            (_("Pictures"), self.pictures),
            (_("Rows rejected"), len(self.rejected)),
            (_("Pictures that could not be had"), len(self.pictures_missing)),
            (_("Notes"), len(self.notes)),
            (_("Time"), f"{self.seconds:.1f} s"),
        ]
