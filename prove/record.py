"""What happened during a run, written down by those who did it."""

import threading
import time
from dataclasses import dataclass, field

OK, CUT, WAITED, FAILED = "ok", "cut", "told to wait", "failed"
MARGIN = 0.5  # seconds between a kill and the balancer's noticing it


@dataclass(frozen=True)
class Sample:
    """One request: when it was sent (unix seconds), how long it took, who served it, and what became of it."""

    at: float
    seconds: float
    journey: str
    script: str
    number: int  # of the request within its journey
    method: str
    path: str
    status: int  # 0: no answer
    pod: str
    before: str  # who served the journey's request before this one
    fate: str
    tries: int = 1
    again: bool = False  # the same request as the one before, after that was cut
    label: str = ""
    error: str = ""  # of the connection, where there was no answer


@dataclass(frozen=True)
class Event:
    """Something that was done to a process or a service: kill, start, up, stop, away, back."""

    at: float
    what: str
    whom: str
    why: str = ""


@dataclass
class Record:
    """Filled by many threads at once."""

    samples: list[Sample] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    complaints: dict[str, tuple[str, str]] = field(default_factory=dict)  # journey: about what, and a sentence
    seen: dict[str, dict[str, object]] = field(default_factory=dict)  # journey: what its visitor saw
    began_at: float = field(default_factory=time.time)
    ended_at: float = 0.0
    stopped: threading.Event = field(default_factory=threading.Event)  # nobody goes on
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, sample: Sample) -> None:
        with self._lock:
            self.samples.append(sample)

    def note(self, what: str, whom: str, why: str = "") -> None:
        with self._lock:
            self.events.append(Event(time.time(), what, whom, why))

    def complain(self, journey: str, sentence: str, about: str = "journey") -> None:
        with self._lock:
            self.complaints.setdefault(journey, (about, sentence))

    def about(self, topic: str) -> list[str]:
        """Return the complaints about one thing."""
        return [f"{name}: {sentence}" for name, (about, sentence) in self.complaints.items() if about == topic]

    def kills(self, role: str = "") -> list[Event]:
        return [event for event in self.events if event.what == "kill" and event.whom.startswith(role)]

    def killed_during(self, sample: Sample) -> bool:
        """Say whether the process that served a request was killed while it did.

        A connection that breaks in the middle of an answer does not say whose it was, but it breaks with the kill.
        """
        last = sample.at + sample.seconds + MARGIN
        first = (sample.at if sample.pod else sample.at + sample.seconds) - MARGIN
        met = [event.whom for event in self.kills("web") if first <= event.at <= last]
        return sample.pod in met if sample.pod else any(whom != sample.before for whom in met)

    def periods(self, begin: str, end: str) -> list[tuple[str, float, float]]:
        """Return (whom, from, to) of what began and ended, oldest first."""
        found, open_ones = [], {}
        for event in self.events:
            if event.what == begin:
                open_ones[event.whom] = event.at
            elif event.what == end and event.whom in open_ones:
                found.append((event.whom, open_ones.pop(event.whom), event.at))
        return found
