"""A real name server on a free port of loopback, over UDP and TCP."""

import socket
import struct

from .requirements import find_program
from .server_start import start_on_free_port

PROGRAM = "dnsmasq"

_TYPE_A = 1
_CLASS_IN = 1
_LIMIT_S = 1
#: What it is asked to see whether it serves.
_READY_NAME = "ready.sonde.invalid"


class Dnsmasq:
    """Knows what it is given and asks nobody else: every other name is refused.

    `addresses` maps a name to the addresses of it and of all names below; `options` are further ones of dnsmasq(8),
    such as "--txt-record=shop.example,hello" or "--mx-host=shop.example,mail.shop.example,10".
    """

    def __init__(self, addresses=None, options=()):
        self._records = [f"--address=/{name}/{address}" for name, given in (addresses or {}).items()
                         for address in ([given] if isinstance(given, str) else given)]
        self._options = list(options)
        self._child, self.port = start_on_free_port("dnsmasq", self._command, _answers)

    @property
    def address(self):
        """As a target's address names it."""
        return f"127.0.0.1:{self.port}"

    def stop(self):
        """Ends it."""
        self._child.stop()

    def _command(self, port):
        return [find_program(PROGRAM), "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
                "--pid-file", "--user=", "--listen-address=127.0.0.1", "--bind-interfaces",
                f"--port={port}", "--cache-size=0", "--log-facility=-", f"--address=/{_READY_NAME}/127.0.0.1",
                *self._records, *self._options]


def _answers(port):
    """Whether a question comes back as an answer."""
    name = b"".join(bytes([len(label)]) + label.encode() for label in _READY_NAME.split(".")) + b"\0"
    question = struct.pack("!HHHHHH", 1, 0x0100, 1, 0, 0, 0) + name + struct.pack("!HH", _TYPE_A, _CLASS_IN)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(_LIMIT_S)
        client.connect(("127.0.0.1", port))
        client.send(question)
        answer = client.recv(512)
    return answer[:2] == question[:2] and bool(answer[2] & 0x80)
