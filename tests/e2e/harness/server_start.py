"""Servers that cannot say which port they chose: started on one that was free a moment ago."""

import http.client

from .child import Child
from .ports import free_ports
from .waiting import wait_until

_ATTEMPTS = 3


def start_on_free_port(name, command, is_ready, seconds=20):
    """Starts a server, and again on another port if somebody was faster. `command` gives its command line for a port;
    `is_ready` says whether it serves there, and may raise OSError as long as it does not. Returns (child, port).
    """
    for attempt in range(1, _ATTEMPTS + 1):
        (port,) = free_ports(1)
        child = Child(command(port))
        try:
            wait_until(lambda: _serves(name, child, lambda: is_ready(port)), seconds,
                       lambda: f"{name} is ready\n{child.text()}")
            return child, port
        except BaseException as why:
            child.stop()
            if attempt == _ATTEMPTS or not isinstance(why, AssertionError):
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def _serves(name, child, is_ready):
    if child.exit_code is not None:
        raise AssertionError(f"{name} ended with {child.exit_code}:\n{child.text()}")
    try:
        return is_ready()
    except OSError:
        return False


def get(port, path, seconds=20):
    """(status, text) of a GET from a port of loopback."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()
