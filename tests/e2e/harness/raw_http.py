"""An HTTP client that does exactly what it is told: pipelining, waiting for 100 Continue, resets in mid-exchange."""

import dataclasses
import socket
import struct
import time

_LIMIT_S = 30


@dataclasses.dataclass(frozen=True)
class Answer:
    """One response.  units: seconds from the first byte sent to the last byte read."""

    status: int
    body: bytes
    seconds: float


def request_bytes(method, path, headers=(), body=b""):
    """A request, its Content-Length included where there is a body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Connection:
    """One TCP connection to a server on loopback."""

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), _LIMIT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = self._socket.makefile("rb")

    def ask(self, method, path, headers=(), body=b""):
        """Sends a request and reads its response."""
        start = time.perf_counter()
        self.send(request_bytes(method, path, headers, body))
        status, content = self.read_response(method)
        return Answer(status, content, time.perf_counter() - start)

    def send(self, data):
        """Sends bytes as they are."""
        self._socket.sendall(data)

    def read_head(self):
        """(status, headers) of the next head, interim ones too."""
        line = self._reader.readline()
        if not line:
            raise ConnectionError("the server closed the connection where a response should start")
        headers = {}
        while (field := self._reader.readline()) not in (b"\r\n", b""):
            name, _, value = field.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        return int(line.split()[1]), headers

    def read_response(self, method="GET"):
        """(status, body) of the next final response."""
        status, headers = self.read_head()
        while status < 200:
            status, headers = self.read_head()
        if method == "HEAD" or status in (204, 304):
            return status, b""
        return status, self.read_body(headers)

    def read_body(self, headers):
        """The body that belongs to a head."""
        if headers.get("transfer-encoding") == "chunked":
            return self._read_chunks()
        if "content-length" in headers:
            return self._read_exactly(int(headers["content-length"]))
        return self._reader.read()

    def close(self):
        """Ends the connection in an orderly way."""
        self._reader.close()
        self._socket.close()

    def reset(self):
        """Ends the connection with RST, as a crashed client's kernel does."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def _read_exactly(self, count):
        data = self._reader.read(count)
        if len(data) != count:
            raise ConnectionError(f"the server closed the connection after {len(data)} of {count} bytes")
        return data

    def _read_chunks(self):
        parts = []
        while size := int(self._reader.readline(), 16):
            parts.append(self._read_exactly(size))
            self._reader.readline()
        self._reader.readline()
        return b"".join(parts)
