"""Free TCP ports for servers that cannot report a port they chose themselves."""

import contextlib
import socket


def free_ports(count):
    """Distinct loopback ports that were free a moment ago.

    Another process may take one before it is used: who starts a server on it tries again with another then.
    """
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
