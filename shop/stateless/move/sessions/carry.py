"""Carry the sessions of one engine to another, or compare what is in both."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from shop.stateless.move.sessions.session import Session, as_written, short
from shop.stateless.move.sessions.sources import Source
from shop.stateless.move.sessions.targets import Added, Target

BATCH = 200
TOLERANCE = timedelta(seconds=2)  # a cache and a file system count in seconds
COPIED, UPDATED, THERE, NEWER = "copied", "brought up to date", "already there", "newer in the new engine"
ENDED, EXPIRED, GONE, UNDECODABLE, FAILED = "ended", "expired", "gone meanwhile", "undecodable", "failed"
UNREADABLE = "is in the new engine too, where it {}; remove it there"
MISSING, DIFFERENT = "only in the old engine", "different in the new engine"

See = Callable[[list[Session]], None]
Advance = Callable[[int], None]


@dataclass
class Outcome:
    """What has become of the sessions: a count for each answer, a sentence for each that could not be carried."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def add(self, answer: str, key: str, sentence: str = "") -> None:
        self.counts[answer] += 1
        if sentence:
            self.problems.append((short(key), sentence))


class Carrier:
    """`overwrite`: who still writes to the old engine only, so what it has changed since goes over the earlier copy."""

    def __init__(self, source: Source, target: Target, there: Source, *, overwrite: bool, dry: bool = False) -> None:
        self.source, self.target, self.there = source, target, there
        self.overwrite, self.dry = overwrite, dry
        self.outcome = Outcome(Counter({EXPIRED: source.expired()}))

    def carry(self, see: See, advance: Advance) -> Outcome:
        for keys, sessions in self._batches(see):
            there = self.there.read(session.key for session in sessions)
            self._add([session for session in sessions if session.key not in there])
            for session in sessions:
                if session.key in there:
                    self._meet(session, there[session.key])
            advance(len(keys))
        return self.outcome

    def compare(self, see: See, advance: Advance) -> Outcome:
        for keys, sessions in self._batches(see):
            there = self.there.read(session.key for session in sessions)
            for session in sessions:
                self._compare(session, there.get(session.key))
            advance(len(keys))
        return self.outcome

    def _batches(self, see: See) -> Iterator[tuple[list[str], list[Session]]]:
        """Yield keys and the live sessions behind them; count the others."""
        for keys in batches(unique(self.source.keys())):
            found = self.source.read(keys)
            self.outcome.counts[GONE] += len(set(keys) - set(found))
            live = [session for session in found.values() if self._is_live(session)]
            see(live)
            yield keys, live

    def _is_live(self, session: Session) -> bool:
        if session.problem:
            self.outcome.add(UNDECODABLE, session.key, session.problem)
        elif not session.is_live:
            self.outcome.add(EXPIRED, session.key)
        return session.is_live and not session.problem

    def _add(self, sessions: list[Session]) -> None:
        if self.dry:
            for session in sessions:
                self.outcome.add(ENDED if self.target.has_ended(session.key) else COPIED, session.key)
            return
        added = self.target.add(sessions) if sessions else Added()
        for session in sessions:
            problem = added.problems.get(session.key, "")
            absent = FAILED if problem else ENDED
            self.outcome.add(COPIED if session.key in added.keys else absent, session.key, problem)

    def _meet(self, session: Session, there: Session) -> None:
        """Never write over a session that was saved later, as its later expiry shows."""
        if there.problem:
            self.outcome.add(FAILED, session.key, UNREADABLE.format(there.problem))
        elif self.same(session, there):
            self.outcome.add(THERE, session.key)
        elif not self.overwrite or there.expires_at > session.expires_at + TOLERANCE:
            self.outcome.add(NEWER, session.key)
        else:
            written = self.dry or self.target.replace(there, session)
            self.outcome.add(UPDATED if written else NEWER, session.key)

    def _compare(self, session: Session, there: Session | None) -> None:
        if there is None:
            self.outcome.add(ENDED if self.target.has_ended(session.key) else MISSING, session.key)
        elif there.problem:
            self.outcome.add(FAILED, session.key, UNREADABLE.format(there.problem))
        elif self.same(session, there):
            self.outcome.add(THERE, session.key)
        else:
            stale = self.overwrite and there.expires_at <= session.expires_at + TOLERANCE
            self.outcome.add(DIFFERENT if stale else NEWER, session.key)

    def same(self, one: Session, other: Session) -> bool:
        near = abs(one.expires_at - other.expires_at) <= TOLERANCE
        return near and as_written(one.data) == as_written(other.data)


def unique(keys: Iterable[str]) -> Iterator[str]:
    """Leave out keys that come twice, as they may in a scan of Redis."""
    seen: set[str] = set()
    for key in keys:
        if key not in seen:
            seen.add(key)
            yield key


def batches(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while batch := list(islice(rest, BATCH)):
        yield batch
