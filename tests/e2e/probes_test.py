"""Probes of real servers, good ones and bad ones, with the values of a real blackbox_exporter that probes the same."""

import json

from harness.blackbox_exporter import PROGRAM, BlackboxExporter
from harness.case import SondeCase
from harness.certificates import Certificates
from harness.ports import free_ports
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", PROGRAM, "openssl")

_TLS_SERVER = """
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {directory}/{name}.pem;
    ssl_certificate_key {directory}/{name}.key;
    location / {{ return 200 "secure\\n"; }}
  }}
"""

_CERTIFICATES = ("good", "expired", "elsewhere", "itself")

#: Of both, alike.
_COMPARED = ("probe_success", "probe_ip_protocol", "probe_http_status_code", "probe_http_redirects", "probe_http_ssl",
             "probe_ssl_earliest_cert_expiry")


#: blackbox_exporter tells the protocol of the address it would have used; Sonde that of the connection there was.
_DIFFERENT = {("nobody", "probe_ip_protocol")}


class Probes(SondeCase):
    """nginx with every kind of certificate."""

    def setUp(self):
        super().setUp()
        self.certificates = Certificates(self.directory / "tls")
        self.certificates.issue("good")
        self.certificates.issue("expired", end="20210101000000Z")
        self.certificates.issue("elsewhere", address="192.0.2.1")
        self.certificates.sign_itself("itself")
        self.ports = dict(zip((*_CERTIFICATES, "nobody"), free_ports(len(_CERTIFICATES) + 1)))
        servers = "".join(_TLS_SERVER.format(port=self.ports[name], directory=self.certificates.directory, name=name)
                          for name in _CERTIFICATES)
        self.nginx = self.start_nginx(extra={"more_servers": servers})
        self.targets = {"ok": ("http", self.nginx.url("/ok")), "broken": ("http", self.nginx.url("/broken")),
                        "old": ("http", self.nginx.url("/old")), "absent": ("http", self.nginx.url("/absent")),
                        "port": ("tcp", f"127.0.0.1:{self.nginx.port}"),
                        "nobody": ("tcp", f"127.0.0.1:{self.ports['nobody']}")}
        self.targets.update({name: ("http", f"https://127.0.0.1:{self.ports[name]}/") for name in _CERTIFICATES})

    def start(self, **more):
        """The daemon with all targets, once it has a result of each."""
        ca_file = self.certificates.path("ca.pem")
        lines = ["store: {interval: 1s}", "probes:"]
        for name, (kind, address) in self.targets.items():
            trusted = f", ca_file: {ca_file}" if address.startswith("https") else ""
            lines.append(f"  {name}: {{{kind}: \"{address}\", interval: 1s, timeout: 1s{trusted}{more.get(name, '')}}}")
        daemon = self.start_daemon(self.nginx, config="\n".join(lines) + "\n")
        wait_until(lambda: daemon.metrics().total("sonde_probe_runs_total") >= 2 * len(self.targets), 20,
                   "each target has been probed")
        return daemon

    def test_values_are_those_of_blackbox_exporter(self):
        daemon = self.start()
        blackbox = BlackboxExporter(self.directory, self.certificates.path("ca.pem"))
        self.addCleanup(blackbox.stop)
        page = daemon.metrics()
        compared = 0
        for name, (kind, address) in self.targets.items():
            theirs = blackbox.probe(address, kind)
            for metric in _COMPARED:
                if not theirs.samples(metric) or (name, metric) in _DIFFERENT:
                    continue
                self.assertEqual(page.total(metric, probe=name), theirs.total(metric), f"{metric} of {name}")
                compared += 1
        print(f"\n  {compared} values of {len(self.targets)} targets are the same")
        self.assertGreater(compared, 30)
        down = sorted(name for name in self.targets if page.total("probe_success", probe=name) == 0)
        self.assertEqual(down, ["absent", "broken", "elsewhere", "expired", "itself", "nobody"])

    def test_a_server_that_goes_and_comes_back_is_seen(self):
        daemon = self.start(ok=", body_matches: ok")
        self.assertEqual(daemon.metrics().total("probe_success", probe="ok"), 1)
        phases = daemon.metrics()
        self.assertGreater(phases.total("probe_http_duration_seconds", probe="good", phase="tls"), 0)
        self.assertEqual(phases.total("probe_http_version", probe="good"), 2)
        self.nginx.stop()
        wait_until(lambda: daemon.metrics().total("probe_success", probe="ok") == 0, 10, "the probe fails")
        failed = daemon.metrics()
        self.assertEqual(failed.total("probe_http_status_code", probe="ok"), 0)
        self.assertGreater(failed.total("sonde_probe_runs_total", probe="ok", outcome="failure"), 0)
        said = {entry["probe"]: entry["why"] for entry in map(json.loads, daemon.log().splitlines())
                if entry["msg"] == "probe fails"}
        self.assertEqual(said["ok"], "connection refused: nobody listens there")

    def test_reasons_are_in_plain_words(self):
        daemon = self.start()
        said = {entry["probe"]: entry["why"] for entry in map(json.loads, daemon.log().splitlines())
                if entry["msg"] == "probe fails"}
        self.assertEqual(said, {"broken": "status 500, not 200-299", "absent": "status 404, not 200-299",
                                "nobody": "connection refused: nobody listens there",
                                "expired": "the certificate has expired",
                                "elsewhere": "the certificate is not for 127.0.0.1",
                                "itself": "the certificate is self-signed"})
