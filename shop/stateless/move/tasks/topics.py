"""What a queue such as SQS does differently from Redis or RabbitMQ, and what to write instead."""

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How sure it is that something has to change."""

    CHANGE = "change"
    LOOK = "look"
    FINE = "fine"


@dataclass(frozen=True)
class Topic:
    """`sqs`: how it maps to Celery over SQS; `outbox`: how it maps to a table of messages written with the data."""

    name: str
    why: str
    sqs: str
    outbox: str


ROW = "A row of the outbox, written in the same transaction"
SENDING = Topic(
    "sent outside on_commit",
    "The worker may look before the data is committed, the work is sent even if the transaction is undone, and it is "
    "lost if the process dies after the commit.",
    "delay_on_commit(...), or transaction.on_commit(lambda: task.delay(...)).",
    f"{ROW}: neither can exist without the other.",
)
AFTER_COMMIT = Topic(
    "sent after the commit",
    "If the queue is away just then, the visitor gets an error and the work is lost, although the data is saved.",
    "Works; nobody sends it again.",
    f"{ROW}, is sent again until it is done.",
)
ALONE = Topic(
    "sent outside a transaction",
    "Each statement before it is committed at once, so the worker finds the data. If the queue is away just then, the "
    "visitor gets an error and the work is lost, although the data is saved.",
    "Works; nobody sends it again. delay_on_commit() also bears that somebody opens a transaction around it.",
    f"{ROW} (which has to be opened), is sent again until it is done.",
)
INSIDE = Topic(
    "mail or call inside a transaction",
    "It has left although the transaction is undone afterwards; while the other side is slow the rows stay locked, and "
    "while it is away nothing can be saved.",
    "A task that does it, sent by on_commit().",
    f"{ROW}, is done by a worker.",
)
ARGUMENT = Topic(
    "argument that JSON cannot carry",
    "A message is JSON. With pickle the worker would see the object as it was, and whoever can write to the queue runs "
    "code in every worker.",
    "Send the id, and read the row in the task.",
    "The same: the row of the outbox holds ids.",
)
TYPED = Topic(
    "argument that becomes text on the way",
    "Celery's JSON turns it into text and back with kombu 5.3 and later; older workers and others get the text.",
    "Works; to be safe send isoformat() or str().",
    "The same.",
)
LARGE = Topic(
    "argument that may be large",
    "A message of SQS may have 1 MiB, and Celery encodes it twice (a third more each time).",
    "Put it into a row or into S3, send the id or the key.",
    "The same: the row may hold it, the message does not.",
)
DELAY = Topic(
    "delay",
    "SQS delays a message by 15 minutes at most; Celery keeps longer ones in the memory of a worker, which may die.",
    "Up to 15 minutes: the queue's own delay. Longer: a row with a due time, and a job that sends what is due.",
    "A due time on the row; the relay sends it then.",
)
RESULT = Topic(
    "result",
    "SQS carries no results: somebody who waits for one waits for another service, and a request that waits holds a "
    "thread.",
    "Write the outcome into a row and read that; task_ignore_result = True.",
    "The same; the handler writes the outcome in its transaction.",
)
CANVAS = Topic(
    "group, chord or chain",
    "A chord counts finished tasks in the result backend; a group's results are there too. A chain hands results on in "
    "messages and works.",
    "chain: works. group without results: works. chord: a row that counts what is left, changed in one statement; the "
    "last one sends the next task.",
    "The same; the last handler writes the next row.",
)
BEAT = Topic(
    "beat",
    "beat has to run exactly once and keeps its schedule in a local file: a second one doubles all work, a dead one "
    "stops it.",
    "A CronJob of the platform (or EventBridge) that sends the task; the task bears being run twice.",
    "A CronJob that writes the row, with a key for the hour or day, so that it exists once.",
)
CONTROL = Topic(
    "remote control",
    "SQS has no broadcast to workers: inspect, control, revoke, ping, events and Flower answer nothing.",
    "A flag in the row that the task reads instead of revoke; a heartbeat file for probes; the queue's own figures "
    "instead of inspect.",
    "The state of the row: who cancels changes it, and the handler looks before it works.",
)
PRIORITY = Topic(
    "priority",
    "SQS has no priorities.",
    "A queue for each priority, with workers of its own.",
    "A queue for each priority, named by the row.",
)
BROADCAST = Topic(
    "broadcast",
    "A message of SQS goes to one worker.",
    "SNS with one queue for each receiver, or a row that all of them read.",
    "A row for each receiver.",
)
ACKS = Topic(
    "acknowledged before it is done",
    "The message is gone when the worker takes it: a killed worker loses the work.",
    "acks_late=True, task_reject_on_worker_lost = True, worker_prefetch_multiplier = 1, and a task that bears being "
    "run twice.",
    "The row stays until its handler is done; it is sent again.",
)
LONG = Topic(
    "long task",
    "A message that is not deleted within the visibility timeout (30 s by default, Celery asks for 30 min) is given "
    "to a second worker.",
    "A visibility timeout on the queue above the time limit, a heartbeat that extends it, or smaller pieces.",
    "Smaller pieces, a row each; the handler locks its row, so a second one waits or goes on.",
)
TWICE = Topic(
    "run twice",
    "SQS delivers at least once, and a task that is acknowledged late is run again when its worker dies.",
    "Look before doing it (a unique key, a state), or give the other side a key for repetitions.",
    "Done in one transaction with the row's “done”; only what happens elsewhere needs a key.",
)
EAGER = Topic(
    "eager",
    "Tasks run inside the request: nothing was ever sent, serialised or repeated.",
    "Switch it off, try every task with a broker, read the other rows of this list.",
    "The same.",
)
