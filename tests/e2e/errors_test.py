"""Exchanges that break: each is counted once, with how it ended, on both sides."""

from harness.case import VISIBLE_LIMIT_S, SondeCase
from harness.daemon import CLIENT, SERVER
from harness.exposition import request_counts
from harness.load import curl
from harness.raw_http import Connection, request_bytes
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", "curl")

_BROKEN = ("connection_reset", "connection_closed")


class Errors(SondeCase):
    """Servers and clients that go away."""

    def setUp(self):
        super().setUp()
        self.upstream = self.start_upstream()

    def wait_for_broken(self, daemon, family, route):
        """The outcomes of a route's requests on the upstream's port, once there are some. Clients have no route."""
        def outcomes():
            counts = request_counts(daemon.metrics(), family, self.upstream.port)
            return [(outcome, count) for (_, found, outcome), count in counts.items()
                    if found == route and not outcome.isdigit()]

        return wait_until(outcomes, VISIBLE_LIMIT_S, lambda: f"a broken exchange on {route}\n{daemon.metrics().text}")

    def assert_broken_once(self, daemon, family, route, status=""):
        """One exchange broke, after the given status had been sent."""
        ((outcome, count),) = self.wait_for_broken(daemon, family, route)
        self.assertIn(outcome, ["+".join(part for part in (status, error) if part) for error in _BROKEN])
        self.assertEqual(count, 1)

    def wait_until_reached(self, name):
        """A request stands at a gate of the upstream."""
        question = self.upstream.url(f"/waits?name={name}")
        wait_until(lambda: curl(question)[0].status == 200, 5, f"a request stands at gate {name}")

    def test_a_server_that_closes_in_mid_response(self):
        daemon = self.start_daemon(self.upstream)
        curl(self.upstream.url("/half"), check=False)
        self.assert_broken_once(daemon, SERVER, "/half", "200")
        self.assert_broken_once(daemon, CLIENT, "", "200")

    def test_a_server_that_resets_in_mid_response(self):
        daemon = self.start_daemon(self.upstream)
        connection = Connection(self.upstream.port)
        self.addCleanup(connection.close)
        connection.send(request_bytes("GET", "/reset?name=a"))
        _, headers = connection.read_head()  # before the reset, which may otherwise overtake what it follows
        curl(self.upstream.url("/open?name=a"))
        with self.assertRaises(OSError):
            connection.read_body(headers)
        self.assert_broken_once(daemon, SERVER, "/reset", "200")
        self.assert_broken_once(daemon, CLIENT, "", "200")

    def test_a_server_that_is_killed_in_mid_response(self):
        daemon = self.start_daemon(self.upstream)
        connection = Connection(self.upstream.port)
        self.addCleanup(connection.close)
        connection.send(request_bytes("GET", "/stall?name=a"))
        status, headers = connection.read_head()
        self.assertEqual(status, 200)
        self.upstream.stop()
        with self.assertRaises(OSError):
            connection.read_body(headers)
        connection.close()
        self.assert_broken_once(daemon, SERVER, "/stall", "200")
        self.assert_broken_once(daemon, CLIENT, "", "200")

    def test_a_server_that_is_killed_before_it_answers(self):
        daemon = self.start_daemon(self.upstream)
        connection = Connection(self.upstream.port)
        self.addCleanup(connection.close)
        connection.send(request_bytes("GET", "/gate?name=b"))
        self.wait_until_reached("b")
        self.upstream.stop()
        with self.assertRaises(OSError):
            connection.read_response()
        connection.close()
        self.assert_broken_once(daemon, SERVER, "/gate")
        self.assert_broken_once(daemon, CLIENT, "")

    def test_a_client_that_resets_while_it_waits(self):
        daemon = self.start_daemon(self.upstream)
        connection = Connection(self.upstream.port)
        connection.send(request_bytes("GET", "/gate?name=c"))
        self.wait_until_reached("c")
        connection.reset()
        self.assert_broken_once(daemon, SERVER, "/gate")
        curl(self.upstream.url("/open?name=c"))

    def test_an_upstream_that_is_gone_makes_502(self):
        nginx = self.start_nginx(self.upstream)
        daemon = self.start_daemon(nginx, self.upstream)
        curl(nginx.url("/up/bytes?n=1"))
        self.upstream.stop()
        for transfer in curl(*[nginx.url("/up/bytes?n=1")] * 5):
            self.assertEqual(transfer.status, 502)
        page = self.assert_equals_log(daemon, nginx, 6)
        self.assertEqual(page.total(f"{SERVER}_count", server_port=str(nginx.port), error_type="502"), 5)
        self.assert_counts(daemon, self.upstream, {("GET", "/bytes", "200"): 1})
        service = self.service_of(page, nginx)
        wait_until(lambda: (self.service_row(daemon, service) or {}).get("requests") == len(nginx.log()),
                   VISIBLE_LIMIT_S, "the API has every request of the proxy")
        self.assertAlmostEqual(self.service_row(daemon, service)["error_ratio"], 5 / len(nginx.log()))

    def test_an_upstream_that_breaks_off_is_an_error_of_the_proxy_as_client(self):
        nginx = self.start_nginx(self.upstream)
        daemon = self.start_daemon(nginx, self.upstream)
        curl(nginx.url("/stream/half"), check=False)
        self.assert_broken_once(daemon, CLIENT, "", "200")
        self.assert_broken_once(daemon, SERVER, "/half", "200")
