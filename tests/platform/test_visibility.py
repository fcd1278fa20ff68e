"""What a worker holds is kept from others, and what it has given back is not."""

from types import SimpleNamespace

from kombu.transport.virtual import QoS

from shop.platform.visibility import held


def test_what_is_done_or_given_back_is_not_kept_hidden_though_no_other_message_has_arrived():
    qos = QoS(SimpleNamespace(do_restore=False))
    for receipt in ("at work", "done", "given back"):
        fact = {"sqs_queue": "queue", "sqs_message": {"ReceiptHandle": receipt}}
        qos.append(SimpleNamespace(delivery_info=fact), receipt)
    qos.ack("done")
    qos.reject("given back")
    assert held(SimpleNamespace(task_consumer=SimpleNamespace(channel=SimpleNamespace(qos=qos)))) == [
        ("queue", "at work")
    ]
