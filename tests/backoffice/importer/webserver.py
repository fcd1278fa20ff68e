"""A small web server that gives pictures, good and bad, and counts who asks."""

import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests import factories


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = Counter()
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def url(self, path, host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    def stop(self):
        self.stopping.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        path = self.path.partition("?")[0]
        with server.lock:
            server.asked[path] += 1
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        try:
            self.answer(path)
        finally:
            with server.lock:
                server.at_once -= 1

    def answer(self, path):
        if path.startswith("/to/"):
            return self.give(b"", status=302, Location=path.removeprefix("/to/").replace("|", "/"))
        kind = path.strip("/").split("/")[0]
        return getattr(self, f"give_{kind.partition('.')[0].replace('-', '_')}", self.give_nothing)(path)

    def give(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def give_picture(self, path):
        colour = path.rpartition("/")[2].removesuffix(".jpg")
        self.give(factories.jpeg(80, 60, colour if colour.isalpha() else "teal").getvalue(), Content_Type="text/html")

    def give_slow_picture(self, path):
        time.sleep(0.15)
        self.give_picture(path)

    def give_page(self, _path):
        self.give(b"<html>not a picture</html>", Content_Type="image/jpeg")

    def give_svg(self, _path):
        self.give(b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', Content_Type="image/svg+xml")

    def give_nothing(self, _path):
        self.give(b"gone", status=404)

    def give_huge(self, _path):
        """Says nothing of its size and never ends."""
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        while not self.server.stopping.is_set():
            try:
                self.wfile.write(b"\xff" * 65536)
            except OSError:
                return

    def give_declared(self, _path):
        self.send_response(200)
        self.send_header("Content-Length", str(10**9))
        self.end_headers()
        self.close_connection = True

    def give_drip(self, _path):
        """A byte now and then, so that no read ever times out."""
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        while not self.server.stopping.wait(0.05):
            try:
                self.wfile.write(b"\xff")
            except OSError:
                return

    def give_dripped_headers(self, path):
        """The same ahead of the picture, whose headers end sometime."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\nX-Padding: ")
        for _byte in range(60):
            self.server.stopping.wait(0.02)
            self.wfile.write(b"x")
        self.wfile.write(b"\r\n\r\n")
        self.close_connection = True

    def give_silence(self, _path):
        self.server.stopping.wait(30)

    def log_message(self, *_arguments):
        """Keep quiet."""
