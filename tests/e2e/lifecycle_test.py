"""Starting beside running connections, stopping, and refusing to start."""

import signal
import time

from harness.access_log import count_lines
from harness.case import VISIBLE_LIMIT_S, SondeCase
from harness.daemon import SERVER, run_verb
from harness.load import curl
from harness.raw_http import Connection, request_bytes
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", "curl")

_STOP_LIMIT_S = 3


class Lifecycle(SondeCase):
    """One nginx, daemons that come and go."""

    def setUp(self):
        super().setUp()
        self.upstream = self.start_upstream()
        self.nginx = self.start_nginx(self.upstream)

    def connect(self, server):
        """A connection that ends with the test."""
        connection = Connection(server.port)
        self.addCleanup(connection.close)
        return connection

    def test_a_connection_older_than_the_daemon_is_counted_from_its_next_request(self):
        connections = [self.connect(self.nginx) for _ in range(4)]
        for connection in connections:
            connection.ask("GET", "/ok")
            connection.ask("GET", "/absent")
        self.nginx.wait_for_log(8)
        daemon = self.start_daemon(self.nginx)
        for connection in connections:
            for path in ("/ok", "/teapot", "/broken"):
                connection.ask("GET", path)
        self.assert_equals_log(daemon, self.nginx, 12, since=8)

    def test_a_restarted_daemon_counts_on(self):
        connection = self.connect(self.nginx)
        first = self.start_daemon(self.nginx)
        connection.ask("GET", "/ok")
        self.assert_equals_log(first, self.nginx, 1)
        first.stop()
        connection.ask("GET", "/absent")
        logged = len(self.nginx.wait_for_log(4))
        second = self.start_daemon(self.nginx)
        for _ in range(3):
            connection.ask("GET", "/ok")
        self.assert_equals_log(second, self.nginx, 3, since=logged)

    def test_a_response_whose_request_nobody_saw_is_not_counted(self):
        connection, doorman = self.connect(self.upstream), self.connect(self.upstream)
        connection.send(request_bytes("GET", "/gate?name=a"))
        wait_until(lambda: doorman.ask("GET", "/waits?name=a").status == 200, 5, "the request is under way")
        daemon = self.start_daemon(self.upstream)
        doorman.ask("GET", "/open?name=a")
        self.assertEqual(connection.read_response()[0], 200)
        self.assertEqual(connection.ask("GET", "/bytes?n=1").status, 200)
        expected = {("GET", "/open", "200"): 1, ("GET", "/bytes", "200"): 1}
        self.assert_counts(daemon, self.upstream, expected)
        curl(self.upstream.url("/status/204"))
        self.assert_counts(daemon, self.upstream, {**expected, ("GET", "/status/{id}", "204"): 1})

    def test_a_signal_ends_it_in_good_order_even_under_load(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number.name):
                daemon = self.start_daemon(self.nginx)
                curl(*[self.nginx.url("/ok")] * 50)
                start = time.monotonic()
                self.assertEqual(daemon.stop(number), 0, daemon.log())
                self.assertLess(time.monotonic() - start, _STOP_LIMIT_S)

    def test_the_first_request_after_ready_is_counted(self):
        for _ in range(5):
            since = len(self.nginx.log())
            daemon = self.start_daemon(self.nginx)
            self.assertEqual(curl(self.nginx.url("/ok"))[0].status, 200)
            expected = count_lines(self.nginx.wait_for_log(since + 1)[since:])
            self.assert_counts(daemon, self.nginx, expected)
            daemon.stop()

    def test_two_daemons_beside_each_other_both_count(self):
        first, second = self.start_daemon(self.nginx), self.start_daemon(self.nginx)
        curl(*[self.nginx.url("/ok")] * 10)
        expected = count_lines(self.nginx.wait_for_log(10))
        self.assert_counts(first, self.nginx, expected)
        self.assert_counts(second, self.nginx, expected)

    def test_a_second_daemon_on_the_same_address_says_so_and_ends(self):
        daemon = self.start_daemon(self.nginx)
        done = run_verb("run", "--listen", daemon.address, "--only", f"port:{self.nginx.port}")
        self.assertGreater(done.returncode, 0, done.stderr)
        self.assertIn(daemon.address, done.stderr)
        self.assertRegex(done.stderr, "in use|taken")
        curl(self.nginx.url("/ok"))
        daemon.wait_for_metric(lambda page: page.total(f"{SERVER}_count") == 1, VISIBLE_LIMIT_S, "the first counts on")

    def test_it_says_that_its_sensor_is_on(self):
        daemon = self.start_daemon(self.nginx)
        samples = daemon.metrics().samples("sonde_sensor_up", sensor="traffic")
        self.assertEqual([each.value for each in samples], [1])
        self.assertTrue(samples[0].labels["variant"])
        for path in ("/-/ready", "/-/healthy"):
            self.assertEqual(daemon.get(path)[0], 200, path)
        self.assertEqual(daemon.get("/no-such-page")[0], 404)
