"""kombu's SQS transport, for workers that outlive whatever SQS answers, and whatever lies on its queues."""

import logging
from collections import Counter
from typing import Any

import pycurl
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from kombu.asynchronous.aws.sqs.connection import AsyncSQSConnection
from kombu.asynchronous.http.curl import CurlClient
from kombu.transport import SQS
from vine import promise

from shop.platform import intake, patience

logger = logging.getLogger("shop.worker")
PAUSE = 2.0  # seconds until a queue that gave no answer is asked again
BUSY = 0.01  # seconds until a worker whose processes are all at work looks whether one is free
NO_ANSWER = -1
BATCH = 10  # SQS' own limit for one request
COLLECT = 0.2  # seconds in which what is done is collected, to be deleted by one request


def handle() -> Any:
    """Return a curl handle that gives up on a request without an answer."""
    made = pycurl.Curl()
    made.setopt(pycurl.CONNECTTIMEOUT_MS, int(patience.QUEUE_CONNECT * 1000))
    made.setopt(pycurl.TIMEOUT_MS, int(patience.QUEUE_SILENT * 1000))
    return made


class Client(CurlClient):
    """kombu passes no time-out on to curl. A worker whose question the network swallows would listen for as long as it
    lives, and look alive.
    """

    Curl: Any = staticmethod(handle)


def client_of(hub: Any) -> Client:
    """Return the event loop's client. It has kombu's own name on the loop, so that resetting the loop removes it."""
    if not hasattr(hub, "_current_http_client"):
        hub._current_http_client = Client(hub)
    client: Client = hub._current_http_client
    return client


class Receiver(AsyncSQSConnection):
    """Asks for messages. Any answer but messages is None: kombu raises for some of them, which ends the worker."""

    def _on_list_ready(self, parent: Any, markers: Any, operation: Any, response: Any) -> Any:
        if response.status == self.STATUS_CODE_OK:
            return super()._on_list_ready(parent, markers, operation, response)  # type: ignore[misc]  # kombu's types are few
        logger.warning("the queue is away", extra={"status": response.status})
        return None


class Channel(SQS.Channel):
    """Polls on after an outage, and reads each message by itself: one that cannot be read keeps no other waiting.

    What is done is deleted ten at a time. A worker that is killed before that leaves messages that come again and are
    skipped, as their rows say that they are done.
    """

    hub: Any
    qos: Any
    _active_queues: Any
    _get_async: Any
    _new_queue: Any
    _predefined_queue_async_clients: Any
    get_message_attributes: Any
    predefined_queues: Any
    region: Any
    sqs: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._done: list[tuple[str, str]] = []  # per-pod: receipts of the worker's own messages
        self._collecting = False
        self._held: Counter[str] = Counter()  # per-pod: messages received and not done, by the address of their queue

    def asynsqs(self, queue: str | None = None) -> Receiver:
        known = self._predefined_queue_async_clients
        if queue not in known:
            names = self.get_message_attributes["MessageSystemAttributeNames"]
            client = self.sqs(queue=queue)
            known[queue] = Receiver(
                sqs_connection=client,
                region=self.region,
                message_system_attribute_names=names,
                http_client=client_of(self.hub),
            )
        receiver: Receiver = known[queue]
        return receiver

    def _on_messages_ready(self, queue: str, qname: str, messages: dict[str, Any] | None) -> int:
        """Return how many were read, or NO_ANSWER."""
        if messages is None:
            return NO_ANSWER
        return sum(self._read(queue, qname, message) for message in messages.get("Messages") or [])

    def _read(self, queue: str, qname: str, message: dict[str, Any]) -> int:
        """What cannot be read is left where it is; SQS sets it aside after some deliveries."""
        try:
            read = int(super()._on_messages_ready(queue, qname, {"Messages": [message]}))  # type: ignore[misc]
            self._held[queue] += read
            return read
        except (ValueError, TypeError, KeyError, AttributeError, LookupError) as error:
            logger.warning("a message cannot be read", extra={"queue": qname, "error": repr(error)})
            self.qos.ack(message["ReceiptHandle"])  # it takes no room, and is not kept invisible
            return 0

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        fact = self.qos.get(delivery_tag).delivery_info
        self.qos.ack(delivery_tag)
        self._held[fact["sqs_queue"]] -= 1
        self._done.append((fact["sqs_queue"], fact["sqs_message"]["ReceiptHandle"]))
        if len(self._done) >= BATCH:
            self._delete_done()
        elif not self._collecting:
            self._collecting = True
            self.hub.call_later(COLLECT, self._delete_rest)

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        self._held[self.qos.get(delivery_tag).delivery_info.get("sqs_queue", "")] -= 1
        super().basic_reject(delivery_tag, requeue=requeue)

    def _delete_rest(self) -> None:
        self._collecting = False
        self._delete_done()

    def _delete_done(self) -> None:
        """A failure is logged, and the messages come again. A channel is closed twice, the second time without SQS."""
        done, self._done = self._done, []
        if not done:
            return
        client = self.sqs(queue=next(iter(self.predefined_queues)))  # any of them: they differ in nothing
        for queue in {queue for queue, _receipt in done}:
            receipts = [receipt for other, receipt in done if other == queue]
            entries = [{"Id": str(number), "ReceiptHandle": receipt} for number, receipt in enumerate(receipts)]
            try:
                client.delete_message_batch(QueueUrl=queue, Entries=entries)
            except (BotoCoreError, ClientError) as error:
                logger.warning("messages that are done could not be deleted", extra={"error": str(error)})

    def close(self) -> None:
        self._delete_done()
        super().close()

    def _schedule_queue(self, queue: str) -> None:
        """Ask a queue for as many as there is room for; full queues do not hold up the others."""
        if queue not in self._active_queues:
            return
        if room := self._room(queue):
            self._get_async(queue, room, callback=promise(self._loop1, (queue,)))
        else:
            self._loop1(queue)

    def _room(self, queue: str) -> int:
        """Return how many more messages of a queue may be fetched.

        Quick ones: a full batch, as long as no more are waiting than there are processes. Slow ones: what may be in
        work at once. Celery sets prefetch_count to the number of processes.
        """
        processes, held = max(1, self.qos.prefetch_count), self._held[self._new_queue(queue)]
        if queue in settings.QUICK_QUEUES:
            return BATCH if held <= 2 * processes else 0
        return min(BATCH, max(0, intake.places_of(queue, self._active_queues, processes) - held))

    def _loop1(self, queue: str, messages_fetched: int | None = None) -> None:
        """Ask again after an answer (of how many messages), or because there is no room for more (None)."""
        if messages_fetched is None:
            self.hub.call_later(BUSY, self._schedule_queue, queue)
        elif messages_fetched == NO_ANSWER:
            self.hub.call_later(PAUSE, self._schedule_queue, queue)
        else:
            self.hub.call_soon(self._schedule_queue, queue)


class Transport(SQS.Transport):
    """An error that SQS answers is waited out like one of the network.

    A queue that is not there yet, a throttled request or a right that comes later would end the worker otherwise.
    """

    Channel = Channel
    connection_errors = (*SQS.Transport.connection_errors, ClientError)
