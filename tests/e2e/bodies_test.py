"""Bodies of every size and framing: counts are exact, and long bodies are accounted for without being copied."""

from harness.access_log import without_numbers
from harness.case import SondeCase
from harness.daemon import SERVER
from harness.exposition import losses, request_counts
from harness.load import curl

REQUIRES = ("sonde", "nginx", "curl")

_LARGE_BYTES = 50 << 20


class Bodies(SondeCase):
    """nginx in front of an upstream; both are measured."""

    def setUp(self):
        super().setUp()
        self.upstream = self.start_upstream()
        self.nginx = self.start_nginx(self.upstream)
        self.daemon = self.start_daemon(self.nginx, self.upstream)

    def assert_covered(self):
        """Nearly every byte the kernel moved was understood."""
        page = self.daemon.metrics()
        self.assertEqual(losses(page), {})
        ratios = [each.value for each in page.samples("sonde_coverage_ratio")]
        self.assertTrue(ratios, "sonde_coverage_ratio is exported")
        self.assertGreaterEqual(min(ratios), 0.999)

    def test_a_large_download_by_sendfile(self):
        self.write_blob(self.nginx.www / "large.bin", _LARGE_BYTES)
        before = self.daemon.metrics().total("sonde_http_response_bytes_total", role="server")
        curl(*[self.nginx.url("/large.bin")] * 2, self.nginx.url("/ok"))
        self.assert_equals_log(self.daemon, self.nginx, 3)
        after = self.daemon.metrics().total("sonde_http_response_bytes_total", role="server")
        self.assertGreaterEqual(after - before, 2 * _LARGE_BYTES)
        self.assertLess(after - before, 2 * _LARGE_BYTES + 100_000)
        self.assert_covered()

    def test_a_range_and_a_not_modified(self):
        self.write_blob(self.nginx.www / "large.bin", 1 << 20)
        curl("--range", "1000-1999", self.nginx.url("/large.bin"))
        curl("--header", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT", self.nginx.url("/large.bin"))
        page = self.assert_equals_log(self.daemon, self.nginx, 2)
        counts = request_counts(page, SERVER, self.nginx.port)
        self.assertEqual((counts["GET", "/large.bin", "206"], counts["GET", "/large.bin", "304"]), (1, 1))

    def test_a_large_upload_to_nginx(self):
        blob = self.write_blob(self.directory / "blob", _LARGE_BYTES)
        curl("--upload-file", blob, self.nginx.url("/dav/one.bin"))
        curl("--upload-file", blob, "--header", "Expect:", self.nginx.url("/dav/two.bin"))
        page = self.assert_equals_log(self.daemon, self.nginx, 2)
        self.assertEqual(request_counts(page, SERVER, self.nginx.port)["PUT", "/dav/one.bin", "201"], 1)
        self.assertGreaterEqual(page.total("sonde_http_request_bytes_total", role="server"), 2 * _LARGE_BYTES)
        self.assert_covered()

    def test_a_large_upload_passes_through_to_the_upstream(self):
        blob = self.write_blob(self.directory / "blob", _LARGE_BYTES)
        for path in ("/up/upload", "/stream/upload"):
            curl("--upload-file", blob, self.nginx.url(path))
        self.assert_equals_log(self.daemon, self.nginx, 2)
        self.assert_counts(self.daemon, self.upstream, {("PUT", "/upload", "200"): 2})

    def test_chunked_responses(self):
        (self.nginx.www / "text.txt").write_text("as easy as counting to three\n" * 1000)
        curl("--compressed", self.nginx.url("/gzip/text.txt"), self.nginx.url("/ok"))
        chunks = (1, 3, 200)
        curl(*(self.nginx.url(f"/stream/chunked?n={count}") for count in chunks), self.nginx.url("/ok"))
        curl(*(self.upstream.url(f"/chunked?n={count}") for count in chunks), self.upstream.url("/bytes?n=5"))
        self.assert_equals_log(self.daemon, self.nginx, 6)
        self.assert_counts(self.daemon, self.upstream, {("GET", "/chunked", "200"): 6, ("GET", "/bytes", "200"): 1})

    def test_a_chunked_upload(self):
        blob = self.write_blob(self.directory / "blob", 300_000)
        for path in ("/up/upload", "/stream/upload"):
            curl("--upload-file", blob, "--header", "Transfer-Encoding: chunked", self.nginx.url(path))
        self.assert_equals_log(self.daemon, self.nginx, 2)
        self.assert_counts(self.daemon, self.upstream, {("PUT", "/upload", "200"): 2})

    def test_an_upload_refused_before_it_was_read(self):
        blob = self.write_blob(self.directory / "blob", 5_000_000)
        # Without Expect the body is under way when 413 arrives: whether curl then fails to write is a matter of timing.
        curl("--data-binary", f"@{blob}", "--header", "Expect:", self.nginx.url("/narrow"), check=False)
        curl("--data-binary", f"@{blob}", "--header", "Expect: 100-continue", self.nginx.url("/narrow"))
        page = self.assert_equals_log(self.daemon, self.nginx, 2)
        self.assertEqual(request_counts(page, SERVER, self.nginx.port)["POST", "/narrow", "413"], 2)

    def test_the_proxy_is_measured_as_a_client_of_its_upstream(self):
        paths = ["/status/200", "/status/404", "/status/503", "/bytes?n=100000"]
        curl(*(self.nginx.url("/up" + path) for path in paths * 5))
        self.assert_equals_log(self.daemon, self.nginx, 20, without_numbers)
        self.assert_counts(self.daemon, self.upstream, {
            ("GET", "/status/{id}", "200"): 5, ("GET", "/status/{id}", "404"): 5, ("GET", "/status/{id}", "503"): 5,
            ("GET", "/bytes", "200"): 5})
        page = self.daemon.metrics()
        asked = page.total("http_client_request_duration_seconds_count", service_name=self.service_of(page, self.nginx),
                           server_port=str(self.upstream.port))
        self.assertEqual(asked, 20)
