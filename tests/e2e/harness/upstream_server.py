"""A small HTTP/1.1 server with the manners tests need; runs as a program of its own so that it can be killed.

Prints the port it listens on. Paths:
  /sleep?ms=N        answers after N milliseconds            /status/N   answers with status N
  /chunked?n=N       a body of N chunks of 1000 bytes        /upload     reads the body, answers with its length
  /bytes?n=N         a body of N bytes                       /half       the head and a part of the body, then closes
  /reset?name=X      a part of the body, then a reset at X   /gate?name=X   answers once /open?name=X was asked for
  /stall?name=X      a part of the body, then waits at X     /waits?name=X  200 if a request waits at X, else 404
  /trickle?ms=N      half of the body, then the other half N milliseconds later
"""

import argparse
import http.server
import socket
import struct
import sys
import threading
import time
import urllib.parse

_BLOCK_BYTES = 1 << 16
_GATE_LIMIT_S = 20
_PROMISED_BYTES = 100_000
_HALF_BYTES = 1_000


class Gates:
    """Named doors that requests wait at."""

    def __init__(self):
        self._changed = threading.Condition()
        self._open = set()
        self._reached = set()

    def wait_at(self, name):
        """Returns whether the door was opened in time."""
        with self._changed:
            self._reached.add(name)
            return self._changed.wait_for(lambda: name in self._open, _GATE_LIMIT_S)

    def open(self, name):
        """Lets everyone through from now on."""
        with self._changed:
            self._open.add(name)
            self._changed.notify_all()

    def reached(self, name):
        """Whether a request has come to the door."""
        with self._changed:
            return name in self._reached


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = _BLOCK_BYTES
    disable_nagle_algorithm = True
    gates = Gates()

    def do_GET(self):
        """Answers by the first part of the path."""
        url = urllib.parse.urlsplit(self.path)
        query = {key: values[0] for key, values in urllib.parse.parse_qs(url.query).items()}
        name, _, rest = url.path.strip("/").partition("/")
        action = getattr(self, f"answer_{name}", None)
        if action is None:
            self.send_body(404, b"no such path\n")
        else:
            action(query, rest)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def answer_sleep(self, query, _rest):
        """Latency on request."""
        time.sleep(float(query.get("ms", 0)) / 1000)
        self.send_body(200, b"rested\n")

    def answer_status(self, _query, rest):
        """Any status."""
        self.send_body(int(rest), b"as asked\n")

    def answer_bytes(self, query, _rest):
        """A body of a given length."""
        self.send_body(200, b"x" * int(query.get("n", 0)))

    def answer_chunked(self, query, _rest):
        """A body whose length nobody knows beforehand."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(int(query.get("n", 1))):
            self.wfile.write(b"3e8\r\n" + b"y" * 1000 + b"\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def answer_upload(self, _query, _rest):
        """Reads everything it is sent."""
        self.send_body(200, f"{self.read_body()}\n".encode())

    def answer_gate(self, query, _rest):
        """Waits to be let through."""
        opened = self.gates.wait_at(query["name"])
        self.send_body(200 if opened else 504, b"through\n")

    def answer_open(self, query, _rest):
        """Lets a waiting request through."""
        self.gates.open(query["name"])
        self.send_body(200, b"open\n")

    def answer_waits(self, query, _rest):
        """Tells whether a request has come to a door."""
        self.send_body(200 if self.gates.reached(query["name"]) else 404, b"asked\n")

    def answer_stall(self, query, _rest):
        """Promises more than it sends, and stays."""
        self.send_part()
        self.wfile.flush()
        self.gates.wait_at(query["name"])
        self.close_connection = True

    def answer_half(self, _query, _rest):
        """Promises more than it sends, then says goodbye."""
        self.send_part()
        self.close_connection = True

    def answer_reset(self, query, _rest):
        """Promises more than it sends, then, once told to, slams the door."""
        self.send_part()
        self.wfile.flush()
        self.gates.wait_at(query["name"])
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def answer_trickle(self, query, _rest):
        """A body that comes in two halves."""
        self.send_response(200)
        self.send_header("Content-Length", "8")
        self.end_headers()
        self.wfile.write(b"half")
        self.wfile.flush()
        time.sleep(float(query["ms"]) / 1000)
        self.wfile.write(b"full")

    def send_part(self):
        """The head and the first bytes of a body that stays unfinished."""
        self.send_response(200)
        self.send_header("Content-Length", str(_PROMISED_BYTES))
        self.end_headers()
        self.wfile.write(b"z" * _HALF_BYTES)

    def send_body(self, status, body):
        """A whole response; what was not read of the request's body is read first."""
        self.read_body()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def read_body(self):
        """Reads the request's body, once. Returns its length."""
        if self.headers.get("Transfer-Encoding") == "chunked":
            del self.headers["Transfer-Encoding"]
            return self.read_chunks()
        left = length = int(self.headers.get("Content-Length", 0))
        del self.headers["Content-Length"]
        while left > 0:
            block = self.rfile.read(min(left, _BLOCK_BYTES))
            if not block:
                break
            left -= len(block)
        return length - left

    def read_chunks(self):
        """Reads a chunked body. Returns its length."""
        total = 0
        while size := int(self.rfile.readline(), 16):
            total += len(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return total

    def log_message(self, *_arguments):
        """Says nothing: nginx's log is the one that counts."""


class Server(http.server.ThreadingHTTPServer):
    """A thread for each connection, and room for many to wait."""

    request_queue_size = 1024
    daemon_threads = True

    def handle_error(self, _request, _address):
        """A peer that went away is part of the tests; anything else is worth a line."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(_request, _address)


def main():
    """Serves until it is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    server = Server(("127.0.0.1", parser.parse_args().port), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
