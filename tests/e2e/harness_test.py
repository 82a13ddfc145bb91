"""The harness itself: its readers read, its servers serve, and its comparisons can fail. Needs no daemon."""

import collections
import unittest

from harness.access_log import count_lines, parse_line
from harness.case import SondeCase, describe_difference
from harness.child import Child
from harness.exposition import Page, losses, request_counts
from harness.load import curl, wrk
from harness.raw_http import Connection, request_bytes
from harness.waiting import WaitExpired, wait_until

REQUIRES = ("nginx", "curl", "wrk")

_PAGE = """# TYPE http_server_request_duration_seconds histogram
http_server_request_duration_seconds_count{server_port="80",http_request_method="GET",http_route="/a",\
http_response_status_code="200",service_name="n"} 3
http_server_request_duration_seconds_count{http_request_method="GET",http_route="/a",\
http_response_status_code="500",error_type="500",server_port="80"} 1
http_server_request_duration_seconds_count{http_request_method="GET",http_route="/a",\
http_response_status_code="200",error_type="connection_reset",server_port="80"} 2
http_server_request_duration_seconds_count{http_request_method="GET",http_route="/a",\
error_type="connection_closed",server_port="80"} 4
http_server_request_duration_seconds_count{http_request_method="GET",http_route="/a",server_port="81"} 9
odd{text="a\\"b\\\\n,}{"} +Inf
plain 1e3
sonde_events_lost_total{reason="ring_full"} 2
sonde_events_lost_total{stage="protocol",reason="record_gap"} 3
sonde_events_lost_total{stage="protocol",reason="malformed"} 0
"""


class Readers(unittest.TestCase):
    """Text in, values out."""

    def test_a_page_is_read_whatever_the_order_of_labels(self):
        page = Page(_PAGE)
        self.assertEqual(page.total("plain"), 1000)
        self.assertEqual(page.samples("odd")[0].labels, {"text": 'a"b\\n,}{'})
        self.assertEqual(request_counts(page, "http_server_request_duration_seconds", 80), {
            ("GET", "/a", "200"): 3, ("GET", "/a", "500"): 1, ("GET", "/a", "200+connection_reset"): 2,
            ("GET", "/a", "connection_closed"): 4})

    def test_losses_are_what_was_really_lost(self):
        self.assertEqual(losses(Page(_PAGE)), {"ring_full": 2, "protocol/record_gap": 3})
        self.assertEqual(losses(Page("plain 1\n")), {})

    def test_a_line_that_is_no_sample_fails(self):
        for line in ('a{b="c"', 'a{b="c",b="d"} 1', "a{b=c} 1", 'a{b="\\x"} 1', "a 1 2 3"):
            with self.subTest(line=line), self.assertRaises(AssertionError):
                Page(line)

    def test_log_lines_become_counts_by_route(self):
        lines = [parse_line("1.5\tGET\t/users/7\t200\t0.010\t3\t/users/7?q=1"),
                 parse_line("1.6\tBREW\t/ok\t405\t0.000\t0\t/ok")]
        self.assertEqual(count_lines(lines, {"/users/7": "/users/{id}", "/ok": "/ok"}.get),
                         {("GET", "/users/{id}", "200"): 1, ("_OTHER", "/ok", "405"): 1})

    def test_a_difference_names_what_differs_and_nothing_else(self):
        measured = collections.Counter({"a": 1, "b": 2})
        self.assertEqual(describe_difference(measured, {"a": 1, "b": 3}), "  b: measured 2, expected 3")

    def test_a_wait_that_expires_says_for_what(self):
        with self.assertRaisesRegex(WaitExpired, "0.05 s: rain"):
            wait_until(lambda: False, 0.05, "rain")

    def test_a_child_that_ends_does_not_keep_a_wait(self):
        child = Child(["sh", "-c", "echo one >&2; exit 3"])
        self.assertEqual(child.wait_for_line(lambda line: line or None, 5, "a line"), "one")
        with self.assertRaisesRegex(WaitExpired, "ended with 3"):
            child.wait_for_line(lambda line: None, 5, "another line")


class Servers(SondeCase):
    """The ground truth is true."""

    def setUp(self):
        super().setUp()
        self.upstream = self.start_upstream()
        self.nginx = self.start_nginx(self.upstream)

    def test_curl_and_nginx_agree(self):
        done = curl(*(self.nginx.url(path) for path in ("/ok", "/users/1?x=y", "/absent", "/broken", "/up/status/503")))
        self.assertEqual([each.status for each in done], [200, 200, 404, 500, 503])
        self.assertEqual([each.connects for each in done], [1, 0, 0, 0, 0])
        self.assertEqual(count_lines(self.nginx.wait_for_log(5)), {
            ("GET", "/ok", "200"): 1, ("GET", "/users/1", "200"): 1, ("GET", "/absent", "404"): 1,
            ("GET", "/broken", "500"): 1, ("GET", "/up/status/503", "503"): 1})

    def test_wrk_and_nginx_agree_but_for_requests_in_flight(self):
        result = wrk(self.nginx.url("/ok"), connections=8)
        self.nginx.stop()
        self.assertGreater(result.requests, 100)
        self.assertTrue(0 <= len(self.nginx.log()) - result.requests <= 8, (len(self.nginx.log()), result))

    def test_a_raw_connection_pipelines(self):
        connection = Connection(self.nginx.port)
        self.addCleanup(connection.close)
        connection.send(request_bytes("GET", "/ok") + request_bytes("HEAD", "/ok") + request_bytes("GET", "/absent"))
        self.assertEqual([connection.read_response(method)[0] for method in ("GET", "HEAD", "GET")], [200, 200, 404])

    def test_the_upstream_answers_in_every_manner(self):
        connection = Connection(self.upstream.port)
        self.addCleanup(connection.close)
        self.assertEqual(connection.ask("GET", "/chunked?n=3").body, b"y" * 3000)
        self.assertEqual(connection.ask("POST", "/upload", body=b"abc").body, b"3\n")
        self.assertGreaterEqual(connection.ask("GET", "/sleep?ms=50").seconds, 0.05)
        self.assertEqual(connection.ask("GET", "/waits?name=a").status, 404)
        self.assertEqual(connection.ask("HEAD", "/bytes?n=100").status, 200)
        for path in ("/half", "/reset?name=b", "/stall?name=b"):
            broken = Connection(self.upstream.port)
            self.addCleanup(broken.close)
            broken.send(request_bytes("GET", path))
            _, headers = broken.read_head()
            self.assertEqual(connection.ask("GET", "/open?name=b").status, 200)
            with self.subTest(path=path), self.assertRaises(ConnectionError):
                broken.read_body(headers)

    def test_an_upstream_comes_back_on_its_port(self):
        port = self.upstream.port
        self.upstream.stop()
        self.assertEqual(curl(self.nginx.url("/up/status/200"))[0].status, 502)
        self.upstream.start()
        self.assertEqual(self.upstream.port, port)
        self.assertEqual(curl(self.nginx.url("/up/status/200"))[0].status, 200)

    def test_a_receiver_keeps_what_it_is_sent_and_answers_as_told(self):
        receiver = self.start_receiver()
        receiver.answer_next("/slack", 500)
        post = ("--data", '{"text":"hi"}', receiver.url("/slack"))
        self.assertEqual([curl(*post)[0].status for _ in range(2)], [500, 200])
        self.assertEqual([each.body for each in receiver.wait_for("/slack", 1, 5)], [{"text": "hi"}])
        with self.assertRaises(WaitExpired):
            receiver.wait_for("/slack", 2, 0.05)
