"""From a file to groups of rows, one group for each product, without ever holding the whole file."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from shop.backoffice.importer import columns

if TYPE_CHECKING:
    from _csv import Reader

LONGEST_VALUE = 10 * 1024 * 1024  # characters in one cell; descriptions with pictures inside are long
EXCEL = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK": "Excel (.xlsx)", b"\xd0\xcf": "Excel (.xls)"}


class UnreadableFile(Exception):
    """Nothing of the file can be imported; the message says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One row: the line of the file on which it begins, counted from 1, and its values by our names. Missing is ""."""

    line: int
    values: dict[str, str]
    error: str = ""  # why the row could not be read, if it could not

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def has(self, name: str) -> bool:
        """Say whether the file has this column at all."""
        return name in self.values


@dataclass(frozen=True)
class Overview:
    """What a first look at the file shows: the number of rows, and handles whose rows are not all together."""

    rows: int
    scattered: frozenset[str]


def overview(path: Path) -> Overview:
    """Look through the whole file, so that one that cannot be read is refused before anything is changed.

    Raises UnreadableFile.
    """
    count, current = 0, ""
    seen: set[str] = set()
    scattered: set[str] = set()
    for row in rows(path):
        count += 1
        handle = row["handle"]
        if handle != current:
            if handle in seen:
                scattered.add(handle)
            seen.add(handle)
            current = handle
    return Overview(count, frozenset(scattered - {""}))


def groups(path: Path, scattered: frozenset[str]) -> Iterator[list[Row]]:
    """Yield the rows of each product. Products whose rows are scattered come last: only they are held in memory."""
    held: dict[str, list[Row]] = defaultdict(list)
    group: list[Row] = []
    for row in rows(path):
        if row["handle"] in scattered:
            held[row["handle"]].append(row)
            continue
        if group and (row["handle"] != group[0]["handle"] or not row["handle"]):
            yield group
            group = []
        group.append(row)
    if group:
        yield group
    yield from held.values()


def rows(path: Path) -> Iterator[Row]:
    """Yield the rows of the file. A row that is not CSV comes with `error`; the rows after it are read.

    Raises UnreadableFile.
    """
    csv.field_size_limit(LONGEST_VALUE)
    try:
        _refuse_other_formats(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _rows(csv.reader(file, strict=True))
    except UnicodeDecodeError as error:
        raise UnreadableFile(_not_utf8(path, error)) from error
    except OSError as error:
        raise UnreadableFile(_("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}) from error


def _rows(reader: "Reader") -> Iterator[Row]:
    names = _header(reader)
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, _not_csv(error))
            continue
        if any(value.strip() for value in values):
            yield Row(line, _named(names, values), _odd(names, values))


def _header(reader: "Reader") -> list[str]:
    try:
        header: list[str] = next(reader, [])
    except csv.Error as error:
        raise UnreadableFile(_("The first line is not CSV: %(why)s.") % {"why": error}) from error
    names = columns.names(header)
    missing = columns.missing(names)
    if not missing:
        return names
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise UnreadableFile(
            _("The columns have to be separated by commas. Export the file again, as CSV with commas.")
        )
    message = _("This is not a Shopify product CSV: its first line names no column %(columns)s.")
    raise UnreadableFile(message % {"columns": ", ".join(missing)})


def _named(names: list[str], values: list[str]) -> dict[str, str]:
    found = dict.fromkeys((name for name in names if name), "")
    for name, value in zip(names, values, strict=False):
        if name and not found[name]:
            found[name] = value.strip()
    return found


def _odd(names: list[str], values: list[str]) -> str:
    if any(value.strip() for value in values[len(names) :]):
        return _("it has more values than the first line has columns")
    if any("\x00" in value for value in values):
        return _("it contains a NUL character")
    return ""


def _not_csv(error: csv.Error) -> str:
    if "unexpected end of data" in str(error):
        return _("a quotation mark is opened here and never closed")
    return _("it is not CSV: %(why)s") % {"why": error}


def _refuse_other_formats(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise UnreadableFile(_("%(file)s is empty.") % {"file": path})
    for mark, name in EXCEL.items():
        if start.startswith(mark):
            message = _("%(file)s is %(format)s. Save it as CSV in UTF-8 and try again.")
            raise UnreadableFile(message % {"file": path, "format": name})


def _not_utf8(path: Path, error: UnicodeDecodeError) -> str:
    """Find the line: the decoder works in blocks and knows only the place in its block."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError as here:
                byte = line[here.start]
                message = _("%(file)s is not UTF-8: line %(line)s has the byte 0x%(byte)02x. Save it as CSV in UTF-8.")
                return message % {"file": path, "line": number, "byte": byte}
    return str(error)
