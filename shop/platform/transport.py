"""kombu's SQS transport, for workers that outlive whatever SQS answers."""

from botocore.exceptions import ClientError
from kombu.transport import SQS


class Transport(SQS.Transport):  # type: ignore[misc]  # kombu has no types
    """An error that SQS answers is waited out like one of the network.

    A queue that is not there yet, a throttled request or a right that comes later would end the worker otherwise.
    """

    connection_errors = (*SQS.Transport.connection_errors, ClientError)
