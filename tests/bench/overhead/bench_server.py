"""The service that is slowed down: one nginx worker with a cheap page and an expensive one, and an exact counter."""

import pathlib
import re
import urllib.request

from harness.nginx import Nginx
from harness.ports import free_ports

_EXPENSIVE_BYTES = 20_000

_LOCATIONS = """
    location = /cheap { return 200 "hello world\\n"; }
    location = /expensive.txt { gzip on; gzip_min_length 1; gzip_types *; gzip_comp_level 9; }
"""
_COUNTER = "server { listen 127.0.0.1:%d; location / { stub_status; } }"

#: By name: path, headers, connections. Both answer over kept connections.
SERVICES = {
    "cheap": ("/cheap", (), 32),
    "expensive": ("/expensive.txt", ("Accept-Encoding: gzip",), 8),
}


def _text_of(size_bytes):
    """Text that takes gzip some thought: words in an order that does not repeat."""
    words = [f"{(index * 2654435761) % 99991:x}" for index in range(size_bytes // 3)]
    return " ".join(words)[:size_bytes]


class BenchServer:
    """nginx without an access log; the requests it has handled come from its stub_status page."""

    def __init__(self, directory):
        (self._counter_port,) = free_ports(1)
        directory = pathlib.Path(directory)
        self.nginx = Nginx(directory, log_requests=False, extra={
            "locations": _LOCATIONS, "more_servers": _COUNTER % self._counter_port,
            "keepalive_requests": 1_000_000_000})
        (self.nginx.www / "expensive.txt").write_text(_text_of(_EXPENSIVE_BYTES))
        self.pid = self.nginx.worker_pid()
        self._own_requests = 0

    @property
    def port(self):
        """Of the pages."""
        return self.nginx.port

    def requests(self):
        """Requests handled so far, without those for the counter itself. Asks until nothing but itself is counted."""
        previous = self._read_counter()
        while (now := self._read_counter()) != previous:
            previous = now
        return now

    def _read_counter(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self._counter_port}/", timeout=10) as response:
            text = response.read().decode()
        self._own_requests += 1
        return int(re.search(r"^ \d+ \d+ (\d+)", text, re.MULTILINE)[1]) - self._own_requests

    def stop(self):
        """Ends it."""
        self.nginx.stop()
