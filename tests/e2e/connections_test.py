"""What clients may do with a connection that simple ones never do."""

from harness.access_log import count_lines, without_routes
from harness.case import SondeCase
from harness.daemon import CLIENT, SERVER
from harness.exposition import losses, request_counts
from harness.raw_http import Connection, request_bytes

REQUIRES = ("sonde", "nginx", "curl")

_SCRIPT = [("GET", "/ok", b""), ("HEAD", "/ok", b""), ("GET", "/absent", b""), ("GET", "/empty", b""),
           ("POST", "/orders/new", b"x=1")]
_STATUSES = [200, 200, 404, 204, 200]


class Connections(SondeCase):
    """Raw sockets against nginx and its upstream."""

    def setUp(self):
        super().setUp()
        self.upstream = self.start_upstream()
        self.nginx = self.start_nginx(self.upstream)
        self.daemon = self.start_daemon(self.nginx, self.upstream)

    def connect(self, server):
        """A connection that ends with the test."""
        connection = Connection(server.port)
        self.addCleanup(connection.close)
        return connection

    def send_bursts(self, bursts, rounds):
        """Sends the script `rounds` times in each of `bursts` writes, answers read in between. Returns how many."""
        connection = self.connect(self.nginx)
        data = b"".join(request_bytes(method, path, body=body) for method, path, body in _SCRIPT) * rounds
        for _ in range(bursts):
            connection.send(data)
            statuses = [connection.read_response(method)[0] for method, _, _ in _SCRIPT * rounds]
            self.assertEqual(statuses, _STATUSES * rounds)
        return bursts * rounds * len(_SCRIPT)

    def test_pipelined_requests(self):
        sent = self.send_bursts(bursts=10, rounds=1)
        page = self.assert_equals_log(self.daemon, self.nginx, sent)
        self.assert_counts(self.daemon, self.nginx, without_routes(count_lines(self.nginx.log())), CLIENT)
        self.assertEqual(losses(page), {})

    def test_a_pipelined_burst_longer_than_what_is_copied(self):
        sent = self.send_bursts(bursts=1, rounds=10)
        page = self.assert_equals_log(self.daemon, self.nginx, sent)
        # The client writes all requests at once, beyond what is copied of one write: what it misses it must not hide.
        measured = request_counts(page, CLIENT, self.nginx.port).total() - 2
        self.assertLessEqual(measured, sent)
        self.assertTrue(measured == sent or losses(page), f"{measured} of {sent} measured, and no loss counted")

    def assert_none_missing(self, page, exchanges):
        """Each of so many exchanges, counting either end, was measured or is in the losses."""
        measured = sum(request_counts(page, family, self.nginx.port).total() for family in (SERVER, CLIENT))
        self.assertEqual(measured + sum(losses(page).values()), exchanges, f"measured {measured}, lost {losses(page)}")

    def test_a_request_that_arrives_in_pieces(self):
        connection = self.connect(self.nginx)
        request = request_bytes("GET", "/ok", ["X-Long: " + "v" * 300])
        for start in range(0, len(request), 50):
            connection.send(request[start:start + 50])
        self.assertEqual(connection.read_response()[0], 200)
        self.assertEqual(connection.ask("GET", "/teapot").status, 418)
        self.assert_equals_log(self.daemon, self.nginx, 2)

    def test_heads_of_every_length(self):
        connection = self.connect(self.nginx)
        lengths = (1, 100, 200, 230, 256, 300, 900, 1024, 1500, 4000, 7000)
        for length in lengths:
            self.assertEqual(connection.ask("GET", "/ok", ["X-Long: " + "v" * length]).status, 200)
        self.assert_equals_log(self.daemon, self.nginx, len(lengths))

    def test_paths_longer_than_what_is_copied_are_measured_or_counted_as_lost(self):
        connection = self.connect(self.nginx)
        lengths = (50, 200, 300, 900, 1500, 4000)
        for length in lengths:
            self.assertEqual(connection.ask("GET", "/users/" + "long-" * (length // 5)).status, 200)
        self.fence(self.daemon, self.nginx)
        self.fence(self.daemon, self.nginx)
        self.assert_none_missing(self.daemon.metrics(), 2 * (len(lengths) + 2))

    def test_an_upload_that_waits_to_be_told_to_continue(self):
        connection = self.connect(self.nginx)
        body = b"z" * 100_000
        headers = ["Expect: 100-continue", f"Content-Length: {len(body)}"]
        connection.send(request_bytes("PUT", "/stream/upload", headers))
        self.assertEqual(connection.read_head()[0], 100)
        connection.send(body)
        self.assertEqual(connection.read_response(), (200, b"100000\n"))
        self.assertEqual(connection.ask("GET", "/ok").status, 200)
        page = self.assert_equals_log(self.daemon, self.nginx, 2)
        self.assertEqual(request_counts(page, SERVER, self.nginx.port)["PUT", "/stream/upload", "200"], 1)

    def test_idle_time_between_requests_belongs_to_no_request(self):
        connection = self.connect(self.nginx)
        other = self.connect(self.upstream)
        connection.ask("GET", "/ok")
        self.assertEqual(other.ask("GET", "/sleep?ms=300").status, 200)  # nothing moves on `connection` meanwhile
        connection.ask("GET", "/ok")
        page = self.assert_equals_log(self.daemon, self.nginx, 2)
        self.assertLess(page.total(f"{SERVER}_sum", server_port=str(self.nginx.port)), 0.1)

    def test_the_last_request_of_an_idle_connection_is_there_at_once(self):
        connection = self.connect(self.nginx)
        connection.ask("GET", "/stream/chunked?n=50")
        self.assert_counts(self.daemon, self.nginx, {("GET", "/stream/chunked", "200"): 1})

    def test_one_request_is_told_apart_from_its_neighbours_on_parallel_connections(self):
        connections = [self.connect(self.nginx) for _ in range(8)]
        for index, connection in enumerate(connections):
            connection.send(request_bytes("GET", f"/up/gate?name={index}"))
        doorman = self.connect(self.upstream)
        for index, connection in reversed(list(enumerate(connections))):
            doorman.ask("GET", f"/open?name={index}")
            self.assertEqual(connection.read_response()[0], 200)
        self.assert_equals_log(self.daemon, self.nginx, 8)
        self.assert_counts(self.daemon, self.upstream, {("GET", "/gate", "200"): 8, ("GET", "/open", "200"): 8})
