#!/usr/bin/env python3
"""A shop with a few departments, each of which can be broken, and Prometheus' metrics. Prints its port."""

import collections
import contextlib
import http.server
import threading

#: Even in good times one of so many requests fails: both have seen errors before.
_GOOD_OF = 50


class Shop(http.server.BaseHTTPRequestHandler):
    """GET /DEPARTMENT, GET /metrics, POST /DEPARTMENT to break it."""

    protocol_version = "HTTP/1.1"
    lock = threading.Lock()
    requests = collections.Counter()
    broken = set()

    def do_GET(self):
        """A request, or all that was counted."""
        department = self.path.strip("/")
        if department == "metrics":
            return self._answer(200, self._page())
        with self.lock:
            count = sum(number for (name, _), number in self.requests.items() if name == department)
            status = 500 if department in self.broken or count % _GOOD_OF == _GOOD_OF - 1 else 200
            self.requests[department, status] += 1
        return self._answer(status, "")

    def do_POST(self):
        """From here on it fails."""
        with self.lock:
            self.broken.add(self.path.strip("/"))
        self._answer(200, "")

    def _page(self):
        with self.lock:
            return "".join(f'shop_requests_total{{department="{name}",code="{status}"}} {number}\n'
                           for (name, status), number in sorted(self.requests.items()))

    def _answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_arguments):
        """Says nothing."""


def main():
    """Serves until it is ended."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
