"""The base of every end-to-end test: a temporary directory, servers that stop with the test, and exact comparison."""

import pathlib
import tempfile
import unittest

from .access_log import as_sent, count_lines
from .daemon import SERVER, Daemon
from .exposition import losses, request_counts
from .load import curl
from .nginx import Nginx
from .receiver import Receiver
from .upstream import Upstream
from .waiting import wait_until

#: How long a finished request may take to appear in /metrics; it is usually there within 200 ms.
VISIBLE_LIMIT_S = 5


def describe_difference(measured, expected):
    """One line for each key whose counts differ."""
    keys = sorted(set(measured) | set(expected))
    return "\n".join(f"  {key}: measured {measured.get(key, 0)}, expected {expected.get(key, 0)}"
                     for key in keys if measured.get(key, 0) != expected.get(key, 0))


class SondeCase(unittest.TestCase):
    """Starts what a test asks for and stops it, last started first."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="sonde-e2e-")
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def start_upstream(self):
        """The server behind nginx."""
        upstream = Upstream()
        self.addCleanup(upstream.stop)
        return upstream

    def start_nginx(self, upstream=None, name="nginx", extra=None):
        """nginx, in front of `upstream` if there is one."""
        directory = self.directory / name
        directory.mkdir()
        nginx = Nginx(directory, upstream.port if upstream else None, extra=extra)
        self.addCleanup(nginx.stop)
        return nginx

    def start_daemon(self, *servers, config=None, level="info"):
        """The daemon, for the ports of `servers` only; `config` is the text of a configuration file."""
        path = None
        if config is not None:
            path = self.directory / "sonde.yaml"
            path.write_text(config)
        daemon = Daemon([f"port:{server.port}" for server in servers], path, level)
        self.addCleanup(daemon.stop)
        return daemon

    def start_receiver(self):
        """The far end of notification channels."""
        receiver = Receiver()
        self.addCleanup(receiver.stop)
        return receiver

    def write_blob(self, path, size_bytes):
        """A file of that size whose bytes look like nothing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        block = bytes((7 * index + index // 251) % 256 for index in range(1 << 16))
        with path.open("wb") as file:
            for _ in range(size_bytes >> 16):
                file.write(block)
            file.write(block[: size_bytes % (1 << 16)])
        return path

    def assert_counts(self, daemon, server, expected, family=SERVER):
        """Waits until exactly `expected` was measured on a server's port."""
        measured = {}

        def equal():
            nonlocal measured
            page = daemon.metrics()
            measured = request_counts(page, family, server.port)
            return page if measured == expected else None

        return wait_until(equal, VISIBLE_LIMIT_S, lambda: (
            f"{family} on port {server.port} equals what was sent\n{describe_difference(measured, expected)}\n"
            f"losses: {losses(daemon.metrics())}\n{daemon.log()}"))

    def fence(self, daemon, nginx):
        """Sends one request and waits until it is measured: whatever happened before it has been measured by then."""
        before = len(nginx.log())
        wanted = daemon.metrics().total(f"{SERVER}_count", http_route="/fence", server_port=str(nginx.port)) + 1
        curl(nginx.url("/fence"))
        nginx.wait_for_log(before + 1)
        daemon.wait_for_metric(
            lambda page: page.total(f"{SERVER}_count", http_route="/fence", server_port=str(nginx.port)) >= wanted,
            VISIBLE_LIMIT_S, "the fence is measured")

    def assert_equals_log(self, daemon, nginx, requests, route_of=as_sent, since=0):
        """Everything nginx logged from line `since` on is measured exactly: not less, and after a fence not more.

        `requests` is what the client knows it sent; `route_of` is as in count_lines. Returns the page.
        """
        nginx.wait_for_log(since + requests)
        page = None
        for _ in range(2):
            self.fence(daemon, nginx)
            page = self.assert_counts(daemon, nginx, count_lines(nginx.log()[since:], route_of))
        return page

    def service_of(self, page, server):
        """The name under which a server's requests are measured."""
        names = {each.labels["service_name"] for each in page.samples(f"{SERVER}_count", server_port=str(server.port))}
        self.assertEqual(len(names), 1, f"one service serves port {server.port}")
        return names.pop()

    def service_row(self, daemon, service, role="server"):
        """The row of /api/sonde/v1/services for a service; None if there is none."""
        rows = [each for each in daemon.services() if (each["service"], each["role"]) == (service, role)]
        self.assertLessEqual(len(rows), 1)
        return rows[0] if rows else None
