"""What the servers behind the application were asked: SQL statements and Redis round trips."""

from dataclasses import dataclass
from typing import Any

import psycopg
import redis

from bench.processes import clock

# BEGIN and its like are counted apart: they are round trips, but no questions.
STATEMENTS = r"""
    SELECT coalesce(sum(calls) FILTER (WHERE NOT control), 0), coalesce(sum(calls) FILTER (WHERE control), 0)
    FROM (
        SELECT calls, query ~* '^\s*(begin|commit|rollback|savepoint|release|start transaction)' AS control
        FROM pg_stat_statements
        WHERE userid = (SELECT oid FROM pg_roles WHERE rolname = 'shop')
    ) AS counted
"""
OWN = {"info", "flushdb"}  # commands that the measurement itself sends


@dataclass(frozen=True)
class Counts:
    """`sql`: statements; `control`: transaction control; `redis_trips`: requests that Redis read from its network.

    `emptying`: CPU seconds that Redis took to empty the cache for the measurement.
    """

    sql: int
    control: int
    redis_commands: int
    redis_trips: int
    emptying: float

    def since(self, before: "Counts") -> "Counts":
        return Counts(
            self.sql - before.sql,
            self.control - before.control,
            self.redis_commands - before.redis_commands,
            self.redis_trips - before.redis_trips,
            self.emptying - before.emptying,
        )


class Counters:
    """Reads both servers' own statistics, so that no code of the application has to count."""

    def __init__(self, admin_url: str, redis_url: str) -> None:
        self.database = psycopg.connect(admin_url, autocommit=True)
        self.database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        self.redis: Any = redis.Redis.from_url(redis_url)
        self._redis_pid = int(self.redis.info("server")["process_id"])
        self._own_trips = 1
        self._emptying = 0.0

    def empty_cache(self) -> None:
        """Forget all cached pages and values. Sessions, which are in another of Redis's databases, stay."""
        began = clock(self._redis_pid)
        self.redis.flushdb()
        self._emptying += clock(self._redis_pid) - began
        self._own_trips += 1

    def settle(self) -> None:
        """Let PostgreSQL finish what loading left to do, lest a measurement pay for it."""
        self.database.execute("VACUUM (ANALYZE)")
        self.database.execute("CHECKPOINT")
        self.database.execute("SELECT pg_stat_statements_reset()")

    def read(self) -> Counts:
        row = self.database.execute(STATEMENTS).fetchone()
        sql, control = row or (0, 0)
        commands = self.redis.info("commandstats")
        asked = sum(entry["calls"] for name, entry in commands.items() if name.removeprefix("cmdstat_") not in OWN)
        trips = self.redis.info("stats").get("total_reads_processed", 0) - self._own_trips
        self._own_trips += 2
        return Counts(int(sql), int(control), asked, trips, self._emptying)

    def close(self) -> None:
        self.database.close()
        self.redis.close()
