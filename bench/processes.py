"""Where the machine's CPU time went, from the kernel's own accounting. Linux only.

A process's clock counts nanoseconds on the CPU, in all of its threads; /proc/<pid>/stat shows the same in ticks of
10 ms, and there alone is what its ended children took. Both together lose nothing when a database connection's
process comes or goes during a measurement.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")  # seconds


@dataclass(frozen=True)
class Entry:
    """One process of /proc. Times in seconds; `ended`: of children that were waited for."""

    parent: int
    own: float
    ended: float


@dataclass(frozen=True)
class Snapshot:
    """CPU seconds so far: by part of the measurement, of all other processes, of the machine; `stolen` by its host."""

    parts: Mapping[str, float]
    others: float
    busy: float
    stolen: float

    def since(self, before: "Snapshot") -> "Snapshot":
        parts = {name: self.parts[name] - before.parts[name] for name in self.parts}
        return Snapshot(parts, self.others - before.others, self.busy - before.busy, self.stolen - before.stolen)

    @property
    def explained(self) -> float:
        """The share of the machine's busy time that the processes' own clocks add up to; 1.0 is all of it."""
        return (sum(self.parts.values()) + self.others) / self.busy if self.busy else 1.0

    @property
    def foreign(self) -> float:
        """The share of the machine's busy time that belongs to processes which have no part in the measurement."""
        return self.others / self.busy if self.busy else 0.0


def snapshot(roots: Mapping[str, int]) -> Snapshot:
    """Read all clocks now. `roots`: the process id at the top of each part; its descendants belong to it."""
    table = _table()
    owner = {pid: name for name, root in roots.items() for pid in _tree(root, table)}
    parts = dict.fromkeys(roots, 0.0)
    others = 0.0
    for pid, entry in table.items():
        name = owner.get(pid)
        if name is None:
            others += entry.own + entry.ended
        else:
            parts[name] += clock(pid, entry.own) + entry.ended
    busy, stolen = _machine()
    return Snapshot(parts, others, busy, stolen)


def _table() -> dict[int, Entry]:
    found = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - as pathlib makes an object for each
        if name.isdigit():
            try:
                text = Path(f"/proc/{name}/stat").read_text()
            except OSError:
                continue  # it has just ended; its parent's `ended` has its time
            found[int(name)] = _entry(text)
    return found


def _entry(text: str) -> Entry:
    """Read a line of proc(5), whose second field is a name in parentheses that may hold anything."""
    fields = text.rpartition(")")[2].split()
    user, system, ended_user, ended_system = (int(field) for field in fields[11:15])
    return Entry(int(fields[1]), (user + system) * TICK, (ended_user + ended_system) * TICK)


def descendants(root: int) -> list[int]:
    """Return the process and all below it."""
    return _tree(root, _table())


def _tree(root: int, table: Mapping[int, Entry]) -> list[int]:
    """Return the process and its descendants. Those of another part below it count to the part named last."""
    found = [root] if root in table else []
    for pid in found:
        found += [child for child, entry in table.items() if entry.parent == pid]
    return found


def clock(pid: int, ticks: float = 0.0) -> float:
    """Return the process's CPU seconds by its clock, whose number is made of its id (clock_getcpuclockid(3)).

    `ticks`: what is returned once it has ended.
    """
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return ticks


def _machine() -> tuple[float, float]:
    """Return busy and stolen CPU seconds of all cores."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    user, nice, system, _idle, _waiting, interrupts, soft, stolen = fields[:8]
    return (user + nice + system + interrupts + soft) * TICK, stolen * TICK
