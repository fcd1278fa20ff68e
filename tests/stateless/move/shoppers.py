"""Somebody with a browser: cookies that hold for any pod, and forms that are sent as their page has them."""

import html
import re
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.stateless.move.teashop import Pod

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Shopper:
    def __init__(self) -> None:
        self._browser = httpx.Client(follow_redirects=True, timeout=60)

    def open(self, pod: Pod, path: str) -> httpx.Response:
        return self._good(self._browser.get(pod.address + path))

    def send(self, pod: Pod, page: str, path: str, files: dict | None = None, **fields: str) -> httpx.Response:
        """Open a page and send its form to `path`; return the page that follows."""
        form = fields | self._token(pod, page)
        return self._good(self._browser.post(pod.address + path, data=form, files=files))

    def sign_in(self, pod: Pod, name: str, password: str) -> None:
        page = self.send(pod, "/sign-in/", "/sign-in/", username=name, password=password)
        assert f"Hello {name}" in page.text

    def sign_out(self, pod: Pod) -> None:
        assert "Sign in" in self.send(pod, "/", "/sign-out/").text

    def add(self, pod: Pod, tea: str) -> None:
        self.send(pod, f"/tea/{tea}/", f"/tea/{tea}/add/")

    def add_at_once(self, pods: list[Pod], tea: str, times: int) -> None:
        """Add pieces in as many requests to all pods in turn, none of which waits for another."""
        token = self._token(pods[0], f"/tea/{tea}/")
        places = [f"{pods[number % len(pods)].address}/tea/{tea}/add/" for number in range(times)]
        with ThreadPoolExecutor(times) as pool:
            for response in pool.map(lambda place: self._browser.post(place, data=token), places):
                self._good(response)

    def upload_tea(self, pod: Pod, name: str, picture: bytes) -> None:
        """What staff do in the admin. The slug is the name."""
        add = "/admin/teashop/tea/add/"
        files = {"picture": (f"{name}.gif", picture, "image/gif")}
        page = self.send(pod, add, add, files, name=name.title(), slug=name, cents="700", stock="10")
        assert "was added successfully" in page.text, page.text

    def picture(self, pod: Pod, tea: str) -> tuple[str, bytes]:
        """Return the address that the tea's page has for its picture, and what is there."""
        found = re.search(r'<img src="([^"]+)"', self.open(pod, f"/tea/{tea}/").text)
        assert found, f"{tea} has no picture"
        address = html.unescape(found[1])
        if address.startswith("/"):
            return address, self.open(pod, address).content
        return address, self._good(httpx.get(address, timeout=60)).content

    def cart(self, pod: Pod) -> list[str]:
        """Return the lines, such as "2 × Assam"."""
        return re.findall(r"<li>(\d+ × [\w ]+?) €", self.open(pod, "/cart/").text)

    def order(self, pod: Pod, email: str) -> str:
        """Order what is in the cart; return the address of the order's page."""
        page = self.send(pod, "/cart/", "/cart/order/", email=email)
        assert page.url.path.startswith("/order/"), page.text
        return page.url.path

    def _token(self, pod: Pod, page: str) -> dict[str, str]:
        found = TOKEN.search(self.open(pod, page).text)
        assert found, f"{page} has no form"
        return {"csrfmiddlewaretoken": found[1]}

    @staticmethod
    def _good(response: httpx.Response) -> httpx.Response:
        assert response.status_code == 200, f"{response.request.method} {response.url}: {response.text[:2000]}"
        return response
