"""The pages in Redis. Every question is one round trip; none raises when Redis is away.

A page knows the moment before which everything in it was read (`began`) and the names of what it is made of. `outdate`
writes down when such a thing changed. A page is believed if nothing of it changed since it began, whatever the order in
which edit, render and writing happened. All moments are Redis's own clock, in microseconds since 1970.

A page is believed for FRESH seconds only. That bounds how long an edit can go unseen whose `outdate` never reached
Redis, because Redis was away or the process was killed between its commit and that. It also lets the moments of changes
be forgotten after FRESH seconds.
"""

import functools
import logging
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import redis
from django.core.cache import caches
from django.db import transaction

from shop.platform.pages.line import Line, Script
from shop.platform.pages.offer import Offer
from shop.platform.pages.page import Page, load

logger = logging.getLogger("shop.pages")

FRESH = 60.0  # seconds; the longest that an edit may go unseen when Redis was away
KEPT = 24 * 60 * 60  # seconds; how long a page can stand in for the database
KEPT_BRIEFLY = 10 * 60  # seconds, for addresses of which there is no end
LENIENT = 0.7  # seconds for which an outdated page is still shown while somebody makes the next one
MAKING = 3.0  # seconds until a process that makes a page is taken for dead

MOMENT = "local time = redis.call('TIME') local now = time[1] * 1000000 + time[2] "
# Returns the page if it may be shown, without its body if its ETag is ARGV[2]: the client has it. Otherwise "1 <now>"
# to whoever is to make the next page and "0 <now>" to all others, on a line before the older page, if there is one.
# EXISTS is the quick answer for nearly all pages: nothing that they are made of has changed of late.
_ask = (
    MOMENT
    + """
local function shown(answer)
    local tag = ARGV[2] .. '\\n'
    if string.sub(answer, 1, #tag) ~= tag then return answer end
    return string.sub(answer, 1, string.find(answer, '\\n\\0', 1, true) + 1)
end
local page = redis.pcall('HMGET', KEYS[1], 'began', 'ends', 'tags', 'answer')
if page.err then page = {} end
local ended = 0
if page[4] then
    local began, ends, tags = tonumber(page[1]), tonumber(page[2]), cmsgpack.unpack(page[3])
    ended = math.huge
    if now >= ends then ended = ends end
    if #tags > 0 and redis.call('EXISTS', unpack(tags)) > 0 then
        for _, changed in ipairs(redis.call('MGET', unpack(tags))) do
            changed = changed and tonumber(changed)
            if changed and changed >= began and changed < ended then ended = changed end
        end
    end
    if ended == math.huge then return shown(page[4]) end
end
local mine = redis.call('SET', KEYS[1] .. ':maker', ARGV[1], 'NX', 'PX', MAKING)
if page[4] and not mine and now - ended < LENIENT then return shown(page[4]) end
return string.format('%d %.0f\\n', mine and 1 or 0, now) .. (page[4] or '')
"""
)
ASK = Script(_ask.replace("MAKING", str(int(MAKING * 1000))).replace("LENIENT", str(int(LENIENT * 1_000_000))))
# Keeps a page, unless a later one is there, and lets go of the right to make it.
KEEP = Script("""
local other = redis.pcall('HGET', KEYS[1], 'began')
if type(other) ~= 'string' or tonumber(other) <= tonumber(ARGV[2]) then
    local tags = {}
    for tag in string.gmatch(ARGV[4], '[^ ]+') do tags[#tags + 1] = tag end
    redis.call('DEL', KEYS[1])
    redis.call('HSET', KEYS[1], 'began', ARGV[2], 'ends', ARGV[3], 'tags', cmsgpack.pack(tags), 'answer', ARGV[5])
    redis.call('EXPIRE', KEYS[1], ARGV[6])
end
if redis.call('GET', KEYS[1] .. ':maker') == ARGV[1] then redis.call('DEL', KEYS[1] .. ':maker') end
""")
LET_GO = Script("if redis.call('GET', KEYS[1] .. ':maker') == ARGV[1] then redis.call('DEL', KEYS[1] .. ':maker') end")
OUTDATE = Script(
    MOMENT
    + """
local moment = string.format('%.0f', now)
for _, tag in ipairs(KEYS) do redis.call('SET', tag, moment, 'EX', ARGV[1]) end
"""
)


@dataclass(frozen=True)
class Turn:
    """Not a page to show. `mine`: this thread is the one to make it. `began`: the moment of the question.

    `old`: an outdated page, for when no other can be made.
    """

    mine: bool
    began: int
    old: Page | None


class _Redis:
    """What this process needs to talk to Redis, made when it is first needed."""

    process = secrets.token_hex(8)  # per-pod: so that one process never takes another's turn for its own
    line: Line | None = None  # per-pod: connections


def _line() -> Line:
    if _Redis.line is None:
        client: Any = caches["default"].client.get_client(write=True)  # type: ignore[attr-defined]  # django-redis'
        _Redis.line = Line(client.connection_pool)
    return _Redis.line


def _key(name: str) -> str:
    return _prefix() + name


@functools.cache  # per-pod: read from settings
def _prefix() -> str:
    return str(caches["default"].make_key(""))


def _tag(name: str) -> str:
    return _key(f"changed:{name}")


def _me() -> str:
    return f"{_Redis.process}{threading.get_ident()}"


def ask(key: str, known: str = "") -> Page | Turn | None:
    """Return the page, or whose turn it is to make it; None while Redis is away.

    `known`: the ETag of the page that the client has. If that is the one, it comes without its body.
    """
    try:
        found = _line().run(ASK, [_key(key)], [_me(), known]) or b""
        return _turn(found) if found.startswith((b"0 ", b"1 ")) else load(found)
    except (redis.RedisError, ValueError):
        return None


def _turn(said: bytes) -> Turn:
    """A page begins with its ETag."""
    line, _, old = said.partition(b"\n")
    mine, began = line.split()
    return Turn(mine == b"1", int(began), load(old) if old else None)


def keep(key: str, page: Page, turn: Turn, made: Offer, *, briefly: bool) -> None:
    """Keep a page made in a turn."""
    ends = turn.began + int(min(made.seconds, FRESH) * 1_000_000)
    kept = KEPT_BRIEFLY if briefly else KEPT
    tags = f" {_tag('')}".join(["", *sorted(made.tags)])
    _try(KEEP, [_key(key)], [_me(), str(turn.began), str(ends), tags, page.dump(), str(kept)])


def let_go(key: str) -> None:
    """Leave the making of a page to others."""
    _try(LET_GO, [_key(key)], [_me()])


def outdate(tags: Iterable[str]) -> None:
    """Say that these things change: once the transaction is committed, no page made of the old ones is believed."""
    names = sorted({_tag(tag) for tag in tags})
    if names:
        transaction.on_commit(lambda: _outdate(names), robust=True)


def _outdate(names: list[str]) -> None:
    if not _try(OUTDATE, names, [str(int(FRESH) + 60)]):
        logger.warning("pages are outdated at most %.0f s late", FRESH)


def _try(script: Script, keys: list[str], arguments: list[str | bytes]) -> bool:
    try:
        _line().run(script, keys, arguments)
    except redis.RedisError:
        return False
    return True
