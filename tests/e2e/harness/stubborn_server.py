"""A server that misbehaves in one way: what a prober meets in real life."""

import socket
import threading

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
_GIB = 1 << 30


class StubbornServer:
    """Listens on a port of 127.0.0.1 and treats every connection as `manner` says.

    "silent" accepts and never answers, "drip" sends a byte of its answer a second, "flood" sends a gibibyte, "redirect"
    redirects to itself, "close" closes at once, "refuse_bytes" resets once something came. `sent` counts bytes.
    """

    def __init__(self, manner):
        self._act = getattr(self, f"_{manner}")
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.sent = 0
        self.accepted = 0
        self._stopping = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        """Ends it."""
        self._stopping.set()
        self._listener.close()

    def _accept(self):
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            try:
                self._act(connection)
            except OSError:
                pass  # the prober has had enough

    def _silent(self, connection):
        while connection.recv(4096):
            pass

    def _drip(self, connection):
        connection.recv(4096)
        for byte in _HEAD % 1000 + b"x" * 1000:
            connection.sendall(bytes((byte,)))
            self.sent += 1
            if self._stopping.wait(1):
                return

    def _flood(self, connection):
        connection.recv(4096)
        connection.sendall(_HEAD % _GIB)
        block = b"x" * (1 << 16)
        for _ in range(_GIB >> 16):
            connection.sendall(block)
            self.sent += len(block)

    def _redirect(self, connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def _close(self, connection):
        """Whoever called closes it."""

    def _refuse_bytes(self, connection):
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
