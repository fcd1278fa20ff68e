"""The picture of a run."""

import re

from prove.record import Event
from prove.timeline import LETTER, Timeline
from tests.prove import made_up


def test_names_of_services_that_are_away_at_the_same_time_stand_beside_each_other():
    evidence = made_up.evidence()
    began = evidence.record.began_at
    for whom in ("sqs", "redis"):
        evidence.record.events.append(Event(began + 0.1, "away", whom, ""))
    for whom in ("redis", "sqs"):
        evidence.record.events.append(Event(began + 0.2, "back", whom, ""))
    found = re.findall(r'<text x="([\d.]+)" y="\d+">(\w+ away)</text>', Timeline(evidence).svg())
    (first, name), (second, _other) = sorted((float(x), name) for x, name in found)
    assert second - first > LETTER * len(name)
