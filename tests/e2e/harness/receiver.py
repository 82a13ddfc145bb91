"""The far end of a notification channel: takes messages, keeps them, and answers as told."""

import collections
import dataclasses
import http.server
import json
import threading
import time

from .waiting import Deadline, WaitExpired


@dataclasses.dataclass(frozen=True)
class Delivery:
    """One attempt to deliver.  units: at is seconds of the monotonic clock."""

    path: str
    body: dict
    status: int
    at: float
    headers: dict = dataclasses.field(default_factory=dict)
    raw: bytes = b""


class Receiver:
    """An HTTP server in this process, on a port of its own; with a context of TLS, an HTTPS server."""

    def __init__(self, context=None):
        self._lock = threading.Condition()
        self._deliveries = []
        self._answers = collections.defaultdict(collections.deque)
        self._usual = collections.defaultdict(lambda: (200, "ok"))
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """One attempt."""

            protocol_version = "HTTP/1.1"

            def do_POST(self):
                """Keeps the message and answers as told."""
                raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer = receiver.take(self.path, raw, dict(self.headers))
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_arguments):
                """Says nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if context:
            # The handshake takes place in the thread of the connection.
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True,
                                                      do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def url(self, path):
        """The address of a channel on this receiver."""
        return f"http://127.0.0.1:{self.port}{path}"

    def answer_next(self, path, *statuses):
        """The statuses of the next attempts on `path`; 200 when they are used up."""
        with self._lock:
            self._answers[path].extend(statuses)

    def answer_usually(self, path, status, text):
        """What attempts on `path` get unless they are told otherwise."""
        with self._lock:
            self._usual[path] = (status, text)

    def deliveries(self, path, status=None):
        """The attempts on `path` so far that were answered with `status`, or as usual."""
        with self._lock:
            status = status or self._usual[path][0]
            return [each for each in self._deliveries if each.path == path and each.status == status]

    def wait_for(self, path, count, seconds):
        """The accepted deliveries on `path`, as soon as there are `count` of them."""
        deadline = Deadline(seconds)
        with self._lock:
            while len(self.deliveries(path)) < count:
                if deadline.expired():
                    raise WaitExpired(f"{count} deliveries on {path} within {seconds} s; so far: {self._deliveries}")
                self._lock.wait(deadline.left_s())
            return self.deliveries(path)

    def take(self, path, raw, headers):
        """Keeps one attempt; returns the status and the bytes to answer with."""
        body = json.loads(raw) if raw else None
        with self._lock:
            usual, text = self._usual[path]
            status = self._answers[path].popleft() if self._answers[path] else usual
            self._deliveries.append(Delivery(path, body, status, time.monotonic(), headers, raw))
            self._lock.notify_all()
        return status, text.encode()

    def stop(self):
        """Stops serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
