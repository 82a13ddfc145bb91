"""Latency is true: held against nginx's own log and the clients' stopwatches, waiting in the socket included."""

import concurrent.futures
import random
import select
import socket
import threading
import time

from harness.case import VISIBLE_LIMIT_S, SondeCase
from harness.daemon import SERVER
from harness.load import curl
from harness.quantiles import quantile, quantile_range
from harness.raw_http import Connection
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", "curl")

_REQUESTS = 600
_CLIENTS = 24
_SHORTEST_MS = 50
_LONGEST_MS = 300
_LOG_RESOLUTION_S = 0.001
_QUEUE_S = 0.2
_TRICKLE_S = 0.15
_QUANTILES = {"p50_seconds": 0.5, "p95_seconds": 0.95, "p99_seconds": 0.99}


class LateReader:
    """A server that accepts a connection and looks at the request only after a while."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.waited_s = 0.0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        connection, _ = self._listener.accept()
        with connection:
            select.select([connection], [], [])
            start = time.perf_counter()
            time.sleep(_QUEUE_S)  # the lateness under test, not a wait for something
            self.waited_s = time.perf_counter() - start
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nhi\n")

    def stop(self):
        """Ends it."""
        self._thread.join(10)
        self._listener.close()


class Latency(SondeCase):
    """Times, compared."""

    def spread_requests(self, nginx):
        """Requests whose durations are spread evenly, in an order that is the same in every run. Returns stopwatch
        times in seconds."""
        step = (_LONGEST_MS - _SHORTEST_MS) / (_REQUESTS - 1)
        delays = [_SHORTEST_MS + step * index for index in range(_REQUESTS)]
        random.Random(1).shuffle(delays)

        def client(share):
            connection = Connection(nginx.port)
            times = [connection.ask("GET", f"/up/sleep?ms={delay:.3f}").seconds for delay in share]
            connection.close()
            return times

        with concurrent.futures.ThreadPoolExecutor(_CLIENTS) as pool:
            parts = pool.map(client, [delays[index::_CLIENTS] for index in range(_CLIENTS)])
            return [each for part in parts for each in part]

    def test_quantiles_equal_those_of_nginxs_log(self):
        nginx = self.start_nginx(self.start_upstream())
        daemon = self.start_daemon(nginx)
        stopwatch = self.spread_requests(nginx)
        logged = [line.request_time_s for line in nginx.wait_for_log(_REQUESTS)]
        daemon.wait_for_metric(lambda page: page.total(f"{SERVER}_count") == _REQUESTS, VISIBLE_LIMIT_S,
                               "every request is measured")
        service = self.service_of(daemon.metrics(), nginx)
        row = wait_until(lambda: self.complete_row(daemon, service), VISIBLE_LIMIT_S, "the API has every request")
        print()
        for key, q in _QUANTILES.items():
            measured, truth, seen = row[key], quantile(logged, q), quantile(stopwatch, q)
            print(f"  {key}: measured {measured * 1e3:.2f} ms, nginx's log {truth * 1e3:.0f} ms (ratio "
                  f"{measured / truth:.4f}), clients {seen * 1e3:.2f} ms (ratio {measured / seen:.4f})")
        print(f"  mean: measured {self.mean_of(daemon) * 1e3:.3f} ms, log {sum(logged) / _REQUESTS * 1e3:.3f} ms, "
              f"clients {sum(stopwatch) / _REQUESTS * 1e3:.3f} ms")
        for key, q in _QUANTILES.items():
            with self.subTest(quantile=key):
                low, high = quantile_range(logged, q, lambda value: max(0.01 * value, _LOG_RESOLUTION_S))
                self.assertTrue(low <= row[key] <= high, f"{low} <= {row[key]} <= {high}")

    def complete_row(self, daemon, service):
        """The service's row, once it has every request."""
        row = self.service_row(daemon, service)
        return row if row and row["requests"] == _REQUESTS else None

    def mean_of(self, daemon):
        """Seconds per request by /metrics."""
        page = daemon.metrics()
        return page.total(f"{SERVER}_sum") / page.total(f"{SERVER}_count")

    def test_a_request_that_waits_in_the_socket_is_measured_from_its_arrival(self):
        server = LateReader()
        self.addCleanup(server.stop)
        daemon = self.start_daemon(server)
        (transfer,) = curl(f"http://127.0.0.1:{server.port}/late")
        port = str(server.port)
        page = daemon.wait_for_metric(lambda found: found.total(f"{SERVER}_count", server_port=port) == 1,
                                      VISIBLE_LIMIT_S, "the request is measured")
        duration = page.total(f"{SERVER}_sum", server_port=port)
        queue = page.total("sonde_http_server_queue_seconds_sum", server_port=port)
        print(f"\n  server waited {server.waited_s:.6f} s; measured queue {queue:.6f} s, duration {duration:.6f} s, "
              f"curl {transfer.seconds:.6f} s")
        self.assertGreaterEqual(queue, server.waited_s)
        self.assertGreaterEqual(duration, queue)
        self.assertLessEqual(duration, transfer.seconds)
        self.assertEqual(page.total("sonde_http_server_queue_seconds_bucket", server_port=port, le="0.1"), 0)

    def test_the_first_byte_comes_before_the_last(self):
        upstream = self.start_upstream()
        daemon = self.start_daemon(upstream)
        (transfer,) = curl(upstream.url(f"/trickle?ms={_TRICKLE_S * 1000:.0f}"))
        page = daemon.wait_for_metric(lambda found: found.total(f"{SERVER}_count", http_route="/trickle") == 1,
                                      VISIBLE_LIMIT_S, "the request is measured")
        first = page.total("http_server_time_to_first_byte_seconds_sum", http_route="/trickle")
        last = page.total(f"{SERVER}_sum", http_route="/trickle")
        print(f"\n  first byte {first:.6f} s, last byte {last:.6f} s, curl {transfer.seconds:.6f} s")
        self.assertGreater(first, 0)
        self.assertGreaterEqual(last - first, _TRICKLE_S)
        self.assertLessEqual(last, transfer.seconds)
