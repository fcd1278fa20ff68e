"""Work that is done again and again beside all else."""

import queue

import pytest

from shop.platform.rounds import again_and_again


def test_a_failure_ends_nothing_and_true_ends_it(caplog):
    rounds: queue.Queue[int] = queue.Queue()
    answers = iter([None, OSError("the disk is full"), None, True, None])

    def work() -> bool | None:
        answer = next(answers)
        rounds.put(1)
        if isinstance(answer, Exception):
            raise answer
        return answer

    again_and_again(work, every=0.01, name="test", at_once=True)
    for _ in range(4):
        rounds.get(timeout=20)
    with pytest.raises(queue.Empty):
        rounds.get(timeout=0.2)
    assert "test failed; it is tried again" in caplog.text
