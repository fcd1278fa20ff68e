"""Let the visitors of a plan go their ways, several at once, while the storm does what was planned."""

import itertools
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import httpx

from config.local import ports
from prove.client import Client, WentWrong
from prove.journeys import AFTERWARDS, SCRIPTS, Script
from prove.plan import Journey, Plan
from prove.record import Record
from prove.stage import Stage
from prove.storm import Storm

AT_ONCE = 6  # visitors
Tell = Callable[[Record], None]


class Run:
    """`tell` is called about twice a second with what happened so far."""

    def __init__(self, stage: Stage, plan: Plan, tell: Tell, *, at_once: int = AT_ONCE) -> None:
        self.stage, self.plan, self.tell, self.at_once = stage, plan, tell, at_once
        self.record = Record()
        many = len(stage.fleet.ports) > 1
        self.storm = Storm(stage, plan, self.record) if many else None
        self.upstreams = {f"{ports.HOST}:{port}": name for name, port in stage.fleet.ports.items()}
        self._clients: dict[int, Client] = {}
        self._lock = threading.Lock()

    def go(self) -> Record:
        """Return what happened. Raises LaunchError if a process could not be started again."""
        try:
            self._all(self.plan.journeys, self._visit)
            if self.storm:
                self.storm.end()
            self.record.ended_at = time.time()
            self._all([journey for journey in self.plan.journeys if self._went_well(journey)], self._look_again)
        finally:
            self.record.stopped.set()
            if self.storm:
                self.storm.give_up()
            for client in self._clients.values():
                client.close()
        return self.record

    def _all(self, journeys: Iterable[Journey], work: Callable[[Journey], None]) -> None:
        pool = ThreadPoolExecutor(self.at_once, thread_name_prefix="visitor")
        try:
            works = [pool.submit(work, journey) for journey in journeys]
            for index in itertools.count():
                done = sum(each.done() for each in works)
                if index % 2 == 0 or done == len(works):
                    self.tell(self.record)
                if done == len(works):
                    break
                time.sleep(0.25)
            for each in works:
                each.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _visit(self, journey: Journey) -> None:
        if self.storm:
            self.storm.begun(journey)
        client = Client(journey, self.stage.fleet.base_url, self.upstreams, self.record, self.storm)
        with self._lock:
            self._clients[journey.number] = client
        self._do(client, SCRIPTS[journey.script])

    def _look_again(self, journey: Journey) -> None:
        self._do(self._clients[journey.number], AFTERWARDS[journey.script])

    def _do(self, client: Client, script: Script) -> None:
        name = client.journey.name
        try:
            seen = script(client)
        except WentWrong as trouble:
            self.record.complain(name, str(trouble), trouble.about)
        except (httpx.HTTPError, LookupError, ValueError) as trouble:
            self.record.complain(name, f"{type(trouble).__name__} at request {client.count}: {trouble}")
        else:
            with self._lock:
                self.record.seen[name] = self.record.seen.get(name, {}) | seen

    def _went_well(self, journey: Journey) -> bool:
        return journey.name not in self.record.complaints
