"""`manage.py move sessions`: what it is asked and what it answers."""

import argparse
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from shop.stateless.move import report
from shop.stateless.move.problems import MoveError
from shop.stateless.move.progress import progress
from shop.stateless.move.sessions import carry
from shop.stateless.move.sessions.engines import Store, dotted, is_kind, share_a_table, store_class, table
from shop.stateless.move.sessions.key_lists import errors, key_list
from shop.stateless.move.sessions.signed_in import SignedIn
from shop.stateless.move.sessions.sources import source
from shop.stateless.move.sessions.targets import target

AWAY: tuple[type[Exception], ...] = (DatabaseError, ImproperlyConfigured, OSError, *errors())
BRIDGE = "shop.stateless.bridge.sessions"
ABOUT = (
    "Copy live sessions from one session engine to another with their keys, data and expiry, so that nobody is "
    "logged out. Nothing is removed from the old engine. A second run copies what is new and leaves the rest. "
    "While it runs, let the site use SESSION_ENGINE = 'shop.stateless.bridge.sessions', or stop the site. Sessions "
    "that cannot be decoded are listed by a short name (a key would let others in) and the rest goes on. "
    "Exit code 0: all is done (with --verify: the old engine can be dropped); 1: some could not be carried; "
    "2: nothing was done, and a sentence says why."
)
ENGINE = "db, file, cache, cached_db, or the dotted path of an engine"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="old", metavar="ENGINE", help=f"{ENGINE}; default: SESSION_BRIDGE['old']")
    parser.add_argument("--to", dest="new", metavar="ENGINE", help=f"{ENGINE}; default: SESSION_BRIDGE['new']")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--dry-run", action="store_true", help="count what would be copied, write nothing")
    mode.add_argument(
        "--verify",
        "--status",
        action="store_true",
        help="write nothing, compare each live session with its copy and say whether the old engine can be dropped",
    )
    parser.add_argument("--report", type=Path, metavar="FILE", help="write counts and problems to this file as JSON")


def run(options: argparse.Namespace, stream: TextIO) -> int:
    """Return the exit code. Raises MoveError."""
    old, new = _engines(options)
    report.check(options.report)
    try:
        outcome, people = _carried(options, old, new, stream)
    except AWAY as error:
        raise MoveError(_unreachable(old, new, error)) from error
    return _answer(options, old, new, outcome, people, stream)


def _engines(options: argparse.Namespace) -> tuple[str, str]:
    bridge = getattr(settings, "SESSION_BRIDGE", {})
    old, new = options.old or bridge.get("old"), options.new or bridge.get("new")
    if not old or not new:
        missing = "--from" if not old else "--to"
        raise MoveError(f"Name the engine with {missing}, or both in SESSION_BRIDGE = {{'old': …, 'new': …}}.")
    if dotted(old) == dotted(new):
        raise MoveError(f"--from and --to are the same engine: {dotted(old)}.")
    return old, new


def _carried(options: argparse.Namespace, old: str, new: str, stream: TextIO) -> tuple[carry.Outcome | None, SignedIn]:
    """Return no outcome if there is nothing to carry, since both engines look into one table."""
    people = SignedIn()
    one, other = source(old), target(new)
    if share_a_table(one.store, other.store):
        return None, people
    _reach(one.store, other.store)
    carrier = carry.Carrier(one, other, source(new), overwrite=_only_old_is_used(old), dry=options.dry_run)
    with progress("Sessions", one.count(), stream) as shown:
        work = carrier.compare if options.verify else carrier.carry
        outcome = work(people.see, shown.advance)
    _reach(one.store, other.store)  # a cache that went away meanwhile may have said that sessions are gone
    return outcome, people


def _reach(*stores: Store) -> None:
    for store in stores:
        listed = key_list(store()._cache) if is_kind(store, "cache") else None  # type: ignore[attr-defined]
        try:
            if listed:
                listed.reach()
        except ValueError as error:  # what should be an address and is not
            raise ImproperlyConfigured(str(error)) from error


def _only_old_is_used(old: str) -> bool:
    return dotted(settings.SESSION_ENGINE) == dotted(old)


def _unreachable(old: str, new: str, error: Exception) -> str:
    reason = " ".join(str(error).split()).rstrip(".") or repr(error)
    return (
        f"Sessions cannot be carried from {old} to {new}: {reason}. See that both can be reached and that `migrate` "
        "has been run, and run this again: it goes on where it stopped."
    )


def _answer(
    options: argparse.Namespace, old: str, new: str, outcome: carry.Outcome | None, people: SignedIn, stream: TextIO
) -> int:
    if outcome is None:
        name = table(store_class(old))._meta.db_table
        stream.write(f"Both engines keep their sessions in the table {name}: there is nothing to copy.\n")
        stream.write(f"Set SESSION_ENGINE = {dotted(new)!r}: everybody stays signed in.\n")
        report.write(options.report, {"from": dotted(old), "to": dotted(new), "counts": {}, "can_be_dropped": True})
        return 0
    lines = [*_counts(options, outcome), *_problems(outcome), *_advice(options, old, new, outcome, people)]
    stream.write("\n".join(lines) + "\n")
    report.write(options.report, _content(options, old, new, outcome, people))
    return 1 if _unfinished(outcome) or outcome.counts[carry.UNDECODABLE] else 0


def _unfinished(outcome: carry.Outcome) -> int:
    return sum(outcome.counts[answer] for answer in (carry.MISSING, carry.DIFFERENT, carry.FAILED))


def _counts(options: argparse.Namespace, outcome: carry.Outcome) -> list[str]:
    head = "Would be copied (nothing was written):" if options.dry_run else "Sessions:"
    if not any(outcome.counts.values()):
        return [head, "  none"]
    return [head, *(f"  {count:>8}  {answer}" for answer, count in sorted(outcome.counts.items()) if count)]


def _problems(outcome: carry.Outcome) -> list[str]:
    shown = [f"Session {short} {sentence}." for short, sentence in outcome.problems[:20]]
    more = len(outcome.problems) - len(shown)
    return [*shown, f"{more} more are in the file of --report."] if more > 0 else shown


def _advice(options: argparse.Namespace, old: str, new: str, outcome: carry.Outcome, people: SignedIn) -> list[str]:
    lines = [people.warning] if people.warning else []
    if options.verify:
        return [*lines, _verdict(old, outcome)]
    if _only_old_is_used(old):
        lines.append(
            f"The site still uses {old}: what it changes there from now on, a log-out too, is not in the copy. Stop it "
            f"until SESSION_ENGINE is changed, or switch to SESSION_ENGINE = {BRIDGE!r} first and run this again."
        )
    return lines


def _verdict(old: str, outcome: carry.Outcome) -> str:
    left = _unfinished(outcome)
    if left:
        return f"{old} cannot be dropped yet: {left} live sessions have no right copy. Run this without --verify."
    if _only_old_is_used(old):
        return f"All is copied, but the site still uses {old}: it can be dropped when SESSION_ENGINE names the new one."
    return f"{old} can be dropped: no live session is in it alone."


def _content(
    options: argparse.Namespace, old: str, new: str, outcome: carry.Outcome, people: SignedIn
) -> dict[str, Any]:
    dropped = options.verify and not _unfinished(outcome) and not _only_old_is_used(old)
    return {
        "from": dotted(old),
        "to": dotted(new),
        "mode": "dry run" if options.dry_run else "verify" if options.verify else "copy",
        "counts": dict(outcome.counts),
        "signed_in": people.people,
        "not_accepted": people.strangers,
        "problems": [{"session": name, "problem": sentence} for name, sentence in outcome.problems],
        "can_be_dropped": bool(dropped),
    }
