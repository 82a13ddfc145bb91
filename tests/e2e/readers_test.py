"""Readers do not get in the way: queries are asked all the time while every request is still counted, and none lost."""

import threading
import time
import urllib.parse

from harness.case import VISIBLE_LIMIT_S, SondeCase
from harness.daemon import SERVER
from harness.exposition import losses, request_counts
from harness.load import wrk
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", "curl", "wrk")

_SECONDS = 4
_QUERIES_PER_SECOND = 50
_QUERIES = (
    "sum by (http_route) (rate(http_server_request_duration_seconds_count[5s]))",
    "histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket[5s])))",
    "topk(5, rate(node_netstat_Tcp_InSegs[5s]))",
    "count by (__name__) ({__name__!=''})",
)


class Reader(threading.Thread):
    """Asks `queries` in turn, so many a second, until it is stopped; looks at the ring buffer's depth meanwhile."""

    def __init__(self, daemon, queries):
        super().__init__(daemon=True)
        self._daemon = daemon
        self._queries = queries
        self._ended = threading.Event()
        self.answered = 0
        self.depth_bytes = 0
        self.failures = []

    def run(self):
        begin = time.monotonic()
        number = 0
        while not self._ended.wait(max(0, begin + number / _QUERIES_PER_SECOND - time.monotonic())):
            if number % (_QUERIES_PER_SECOND // 5) == 0:
                depth = self._daemon.metrics().total("sonde_ring_depth_bytes")
                self.depth_bytes = max(self.depth_bytes, depth)
            if self._queries:
                self.ask(self._queries[number % len(self._queries)])
            number += 1

    def ask(self, expression):
        """One instant query."""
        status, text = self._daemon.get("/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        if status == 200:
            self.answered += 1
        else:
            self.failures.append(f"{expression}: {status} {text}")

    def stop(self):
        """Returns when the last answer is there."""
        self._ended.set()
        self.join(30)


class Readers(SondeCase):
    """The daemon under load with and without questions."""

    def load(self, daemon, nginx, queries, in_a_row):
        """(wrk's result, the reader) of one run."""
        reader = Reader(daemon, queries)
        reader.start()
        try:
            result = wrk(nginx.url("/ok"), seconds=_SECONDS, in_a_row=in_a_row)
        finally:
            reader.stop()
        return result, reader

    def test_queries_under_load_lose_nothing(self):
        self.assert_nothing_is_lost(in_a_row=1)

    def test_nor_do_they_under_what_pipelining_adds(self):
        self.assert_nothing_is_lost(in_a_row=4)

    def assert_nothing_is_lost(self, in_a_row):
        """Of what wrk sends, so many requests in a row on each connection."""
        # At the end of a connection nginx leaves what is in flight without an answer, and does not log it.
        nginx = self.start_nginx(extra={"keepalive_requests": 100_000_000})
        daemon = self.start_daemon(nginx, config="store: {interval: 1s}\n")
        alone, quiet = self.load(daemon, nginx, (), in_a_row)
        asked, busy = self.load(daemon, nginx, _QUERIES, in_a_row)
        self.assertEqual(busy.failures, [])
        self.assertGreater(busy.answered, 0)

        def counted():
            measured = request_counts(daemon.metrics(), SERVER, nginx.port)
            return sum(measured.values()) == nginx.log_lines()

        wait_until(counted, VISIBLE_LIMIT_S, "the count is nginx's")
        page = daemon.metrics()
        self.assertEqual(losses(page), {})
        ring_bytes = page.total("sonde_ring_size_bytes")
        print(f"\n  {alone.per_second:,.0f} requests/s alone, {asked.per_second:,.0f} beside"
              f" {busy.answered / _SECONDS:.0f} queries/s (ratio {asked.per_second / alone.per_second:.2f});"
              f" deepest ring {quiet.depth_bytes / ring_bytes:.4f} and {busy.depth_bytes / ring_bytes:.4f} of its size;"
              f" lost: nothing")
