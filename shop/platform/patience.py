"""How long this store waits for others, in seconds, in one place: what enforces a bound and what tells of it
(docs/outages.md, /readyz?verbose) read the same number.
"""

# A silent name server, ahead of any connection: by RES_OPTIONS of the image asked twice for 1 s, for the name as it is
# and in the pod's first search domain. Nothing in this process bounds it.
NAMES = 4

# Redis: a cache that is slower than this is no cache
REDIS_CONNECT = 0.2
REDIS_ANSWER = 0.3
REDIS_SLOW = 0.1  # slower answers are no failure; but several in a row count as one,
REDIS_SLOW_IN_ALL = 0.6  # once they took so long together
REDIS_AWAY = 1.0  # how long nothing is asked after a failure, so also how late its return may be noticed

# PostgreSQL: how long a thread may wait before the other visitors of its pod notice
DATABASE_CONNECT = 2  # libpq knows nothing shorter
DATABASE_HEALTH = 2.0  # for the question whether a connection that was idle still lives
DATABASE_BELIEVED = 1.0  # how long after its last answer a connection is used without being tested
DATABASE_AWAY = 0.5  # how long no new connection is tried after one failed
LOCK = 3.0  # longer than any transaction of ours holds a row
MIGRATION_LOCK = 5.0  # a migration that waits longer for a table would make the shop wait behind it
IDLE_IN_TRANSACTION = 60.0  # above the mail server's time-out, below a stuck worker's
STATEMENTS = {"web": 5.0}  # somebody waits for the page
LANE = 1.0  # a catalogue page that takes longer is slow; while all that are being made are slow, no other one begins
STATEMENT = 10.0  # for all others: worker, relay, cron and commands
NETWORK = 2.0  # how long after the server's own time-out its silence is blamed on the network


def statement(role: str) -> float:
    """Return the server's limit for one statement of `python -m config <role>`."""
    return STATEMENTS.get(role, STATEMENT)


def silence(role: str) -> float:
    """Return how long a silent connection is listened to: longer than its server may be at work."""
    return statement(role) + NETWORK


# The mail server: below the worker's time limit and the database's idle limit
MAIL = 15

# SQS, as workers ask it for messages
QUEUE_CONNECT = 2.0
QUEUE_POLL = 10  # how long it looks for some before it says that there are none
QUEUE_SILENT = QUEUE_POLL + 5.0  # when nothing is expected of a question any more

# SNS: each try is one request, and the outbox brings the next one
EVENTS_CONNECT = 1
EVENTS_ANSWER = 3
EVENTS_AWAY = 5.0  # how long nothing is published after a failure

# A webhook: one POST to somebody else's server, all of it, names apart; below a worker's time limit as mail is
WEBHOOK = 10.0
WEBHOOK_CONNECT = 3.0

# What a verbose readiness probe allows for all questions together; they are asked side by side
PROBE = 1.5
