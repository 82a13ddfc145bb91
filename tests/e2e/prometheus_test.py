"""A real Prometheus scrapes the daemon and can work with what it gets."""

import math

from harness.case import SondeCase
from harness.load import curl
from harness.prometheus import Prometheus, promtool_check
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", "curl", "prometheus", "promtool")

_P95 = ("histogram_quantile(0.95, sum by (le) "
        "(rate(http_server_request_duration_seconds_bucket{{server_port=\"{port}\"}}[30s])))")


#: promtool would have these otherwise, but they are node_exporter's, and OpenTelemetry's, whose counts end in "_count".
NAMES_OF_OTHERS = ("node_", "process_open_file_descriptor_count ", "process_thread_count ", "sonde_process_count ")


class Scraping(SondeCase):
    """Prometheus beside nginx."""

    def setUp(self):
        super().setUp()
        self.upstream = self.start_upstream()
        self.nginx = self.start_nginx(self.upstream)
        self.daemon = self.start_daemon(self.nginx, self.upstream)

    def start_prometheus(self):
        """Scrapes the daemon."""
        directory = self.directory / "prometheus"
        directory.mkdir()
        prometheus = Prometheus(directory, self.daemon.address)
        self.addCleanup(prometheus.stop)
        return prometheus

    def send(self):
        """A little of everything."""
        curl(*(self.nginx.url(path) for path in ("/ok", "/absent", "/broken", "/up/sleep?ms=20", "/teapot")))

    def test_the_page_passes_promtool(self):
        self.send()
        page = self.assert_equals_log(self.daemon, self.nginx, 5)
        _, output = promtool_check(page.text)
        complaints = [line for line in output.splitlines() if not line.startswith(NAMES_OF_OTHERS)]
        self.assertEqual(complaints, [])

    def test_a_quantile_comes_out_of_prometheus(self):
        prometheus = self.start_prometheus()
        expression = _P95.format(port=self.nginx.port)

        def quantile():
            self.send()
            result = prometheus.query(expression)
            value = float(result[0]["value"][1]) if result else math.nan
            return value if value > 0 else None

        p95 = wait_until(quantile, 20, lambda: f"Prometheus answers {expression}: {prometheus.target()}")
        self.assertTrue(0.0 < p95 < 1.0, p95)
        self.assertEqual([each["value"][1] for each in prometheus.query("up")], ["1"])
        target = prometheus.target()
        self.assertEqual((target["health"], target["lastError"]), ("up", ""))

    def test_prometheus_has_the_same_counts(self):
        prometheus = self.start_prometheus()
        self.send()
        self.assert_equals_log(self.daemon, self.nginx, 5)
        expression = f'sum(http_server_request_duration_seconds_count{{server_port="{self.nginx.port}"}})'
        wanted = str(len(self.nginx.log()))
        wait_until(lambda: [each["value"][1] for each in prometheus.query(expression)] == [wanted], 10,
                   lambda: f"{expression} is {wanted}: {prometheus.query(expression)}")
