"""Customers who order under load, and do not give up."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx

from config.local.fleet import Fleet
from shop.catalog.models import Variant
from tests.fleet.visitors import Basket, Phone

PATIENT = 90  # seconds that a phone goes on trying


class Customers:
    """Phones that order without a pause, each order until it is taken, with one key."""

    def __init__(self, pods: Fleet, variant: Variant) -> None:
        self.variant = variant
        self.numbers: list[str] = []
        self.refusals: list[httpx.Response] = []
        self._pods = pods
        self._over = threading.Event()

    @contextmanager
    def at_work(self, count: int = 6) -> Iterator[None]:
        with ThreadPoolExecutor(count) as threads:
            works = [threads.submit(self._work) for _ in range(count)]
            try:
                yield
            finally:
                self._over.set()
            for work in works:
                work.result()

    def _work(self) -> None:
        with Phone(self._pods.base_url).http as http:
            while not self._over.is_set():
                cart = self._until_taken(http, "/api/v1/carts/", {}).json()["id"]
                line = {"variant": self.variant.pk, "quantity": 1}
                self._until_taken(http, f"/api/v1/carts/{cart}/lines/", line)
                basket = Basket(cart)
                answer = self._until_taken(http, "/api/v1/orders/", basket.body, basket.headers)
                self.numbers.append(answer.json()["number"])

    def _until_taken(
        self, http: httpx.Client, url: str, body: dict[str, object], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        deadline = time.monotonic() + PATIENT
        while time.monotonic() < deadline:
            answer = http.post(url, json=body, headers=headers)
            if answer.is_success:
                return answer
            self.refusals.append(answer)
            time.sleep(0.1)
        raise AssertionError(f"{url} never succeeded: {answer.status_code} {answer.text}")
