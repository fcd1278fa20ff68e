"""kombu's SQS transport, for workers that outlive whatever SQS answers, and whatever lies on its queues."""

import logging
from typing import Any

from botocore.exceptions import ClientError
from kombu.asynchronous.aws.sqs.connection import AsyncSQSConnection
from kombu.transport import SQS

logger = logging.getLogger("shop.worker")
PAUSE = 2.0  # seconds until a queue that gave no answer is asked again
BUSY = 0.05  # seconds until a worker whose processes are all at work looks whether one is free
NO_ANSWER = -1


class Receiver(AsyncSQSConnection):
    """Asks for messages. Any answer but messages is None: kombu raises for some of them, which ends the worker."""

    def _on_list_ready(self, parent: Any, markers: Any, operation: Any, response: Any) -> Any:
        if response.status == self.STATUS_CODE_OK:
            return super()._on_list_ready(parent, markers, operation, response)  # type: ignore[misc]  # kombu's types are few
        logger.warning("the queue is away", extra={"status": response.status})
        return None


class Channel(SQS.Channel):
    """Polls on after an outage, and reads each message by itself: one that cannot be read keeps no other waiting."""

    hub: Any
    _schedule_queue: Any
    _predefined_queue_async_clients: Any
    get_message_attributes: Any
    region: Any
    sqs: Any

    def asynsqs(self, queue: str | None = None) -> Receiver:
        known = self._predefined_queue_async_clients
        if queue not in known:
            names = self.get_message_attributes["MessageSystemAttributeNames"]
            client = self.sqs(queue=queue)
            known[queue] = Receiver(sqs_connection=client, region=self.region, message_system_attribute_names=names)
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
            return int(super()._on_messages_ready(queue, qname, {"Messages": [message]}))  # type: ignore[misc]
        except (ValueError, TypeError, KeyError, AttributeError, LookupError) as error:
            logger.warning("a message cannot be read", extra={"queue": qname, "error": repr(error)})
            return 0

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
