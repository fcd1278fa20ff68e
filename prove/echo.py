"""`python -m prove.echo SHARE`: an SQS that delivers again, as the real one may. Sends ids of messages a second time.

Of the messages that were sent, `SHARE` (0 to 1) come once more while they may still be in work, and once more when they
are done. Ends with TERM.
"""

import random
import signal
import sys
import time
from types import FrameType

PAUSE = 0.25  # seconds between two looks


class Stopped(BaseException):
    """TERM came."""


def main(share: float) -> None:
    import django

    django.setup()
    signal.signal(signal.SIGTERM, _stop)
    try:
        repeat(share)
    except Stopped:
        return


def repeat(share: float) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    from shop.platform.broker import Broker
    from shop.platform.models import OutboxMessage

    broker, repeated = Broker(), {False: set[int](), True: set[int]()}
    while True:
        sent = OutboxMessage.objects.exclude(sent_at=None).exclude(pk__in=repeated[True])
        for message in list(sent.only("queue", "done_at").order_by("id")):
            done = message.done_at is not None
            chosen = random.Random(message.pk).random() < share
            if not chosen or message.pk in repeated[done]:
                continue
            try:
                broker.send([message])
            except (BotoCoreError, ClientError):
                break  # the queue is away: it goes on with this one when it is back
            repeated[done].add(message.pk)
        time.sleep(PAUSE)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    main(float(sys.argv[1]))
