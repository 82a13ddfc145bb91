"""Probes of hosts, name servers, programs, HTTP/2 and IPv6, and what of them outlives the daemon."""

import json
import signal
import tempfile

from harness.blackbox_exporter import PROGRAM, BlackboxExporter
from harness.case import SondeCase
from harness.certificates import Certificates
from harness.daemon import Daemon, run_verb
from harness.dnsmasq import Dnsmasq
from harness.ports import free_ports
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", PROGRAM, "openssl", "dnsmasq")

_RECORDS = {"shop.example": ["192.0.2.10"]}

#: Of both, alike: by module of blackbox_exporter.
_COMPARED = {"icmp": ("probe_success", "probe_ip_protocol", "probe_icmp_reply_hop_limit"),
             "icmp6": ("probe_success", "probe_ip_protocol", "probe_icmp_reply_hop_limit"),
             "dns": ("probe_success", "probe_ip_protocol", "probe_dns_answer_rrs", "probe_dns_authority_rrs",
                     "probe_dns_query_succeeded"),
             "dns_absent": ("probe_success", "probe_ip_protocol", "probe_dns_answer_rrs", "probe_dns_query_succeeded"),
             "banner": ("probe_success", "probe_ip_protocol", "probe_failed_due_to_regex"),
             "http": ("probe_success", "probe_http_content_length", "probe_http_uncompressed_body_length",
                      "probe_http_version")}


class ProbeKinds(SondeCase):
    """nginx over IPv4 and IPv6, and a name server."""

    def setUp(self):
        super().setUp()
        certificates = Certificates(self.directory / "tls")
        certificates.issue("six", address="::1")
        (port,) = free_ports(1)
        self.six = f"https://[::1]:{port}/"
        self.ca_file = certificates.path("ca.pem")
        self.nginx = self.start_nginx(extra={"more_servers": f"""
          server {{
            listen [::1]:{port} ssl http2;
            ssl_certificate {certificates.path('six.pem')};
            ssl_certificate_key {certificates.path('six.key')};
            location / {{ return 200 '{{"state": "ok", "checks": [{{"up": true}}]}}'; }}
          }}"""})
        self.names = Dnsmasq(_RECORDS, ["--address=/absent.example/"])
        self.addCleanup(self.names.stop)
        self.marker = self.directory / "marker"

    def config(self):
        """One probe of each kind, and some that must fail."""
        server = f"127.0.0.1:{self.names.port}"
        return f"""
store: {{interval: 1s}}
probes:
  icmp: {{icmp: 127.0.0.1, interval: 1s, timeout: 500ms}}
  icmp6: {{icmp: "[::1]", interval: 1s, timeout: 500ms}}
  dns: {{dns: "{server}", query: shop.example, answer_matches: '192\\.0\\.2\\.10', interval: 1s}}
  dns_tcp: {{dns: "{server}", query: shop.example, transport: tcp, interval: 1s}}
  dns_absent: {{dns: "{server}", query: absent.example, interval: 1s}}
  dns_wanted_absent: {{dns: "{server}", query: absent.example, rcode: NXDOMAIN, interval: 1s}}
  dns_other: {{dns: "{server}", query: shop.example, answer_matches: '192\\.0\\.2\\.99', interval: 1s}}
  banner: {{tcp: "127.0.0.1:{self.nginx.port}", send: "nonsense\\r\\n\\r\\n", expect: "^HTTP/1.1 400", interval: 1s}}
  http: {{http: "{self.nginx.url('/ok')}", interval: 1s}}
  six: {{http: "{self.six}", ca_file: {self.ca_file}, json: {{/state: ok, /checks/0/up: "true"}}, interval: 1s}}
  six_other: {{http: "{self.six}", ca_file: {self.ca_file}, json: {{/state: degraded}}, interval: 1s}}
  four_only: {{http: "{self.six}", ip_protocol: 4, interval: 1s}}
  program: {{command: [/usr/bin/test, -e, "{self.marker}"], interval: 1s}}
"""

    def probes(self, daemon):
        """{name: what the API says of it}, once each has a result."""
        def all_probed():
            probes = {probe["probe"]: probe for probe in json.loads(daemon.get("/api/sonde/v1/probes")[1])["probes"]}
            return probes if all(probe["last"] for probe in probes.values()) else None

        return wait_until(all_probed, 30, lambda: f"each probe has a result\n{daemon.log()}")

    def test_each_says_what_is_so(self):
        daemon = self.start_daemon(self.nginx, config=self.config())
        probes = self.probes(daemon)
        down = {name: probe["last"]["reason"] for name, probe in probes.items() if not probe["up"]}
        for name in ("icmp", "icmp6"):
            if "CAP_NET_RAW" in down.get(name, ""):
                self.skipTest(f"no pings here: {down[name]}")
        self.assertEqual(down.pop("dns_absent"), "the answer is NXDOMAIN, not NOERROR")
        self.assertRegex(down.pop("dns_other"), "no record of the answer matches")
        self.assertEqual(down.pop("six_other"), "what the body has at /state does not match degraded")
        self.assertEqual(down.pop("program"), "it ended with 1")
        down.pop("four_only")
        self.assertEqual(down, {})
        self.assertEqual(probes["six"]["last"]["ip_protocol"], 6)
        daemon.wait_for_metric(lambda page: page.total("probe_http_version", probe="six") == 2, 10, "HTTP/2")
        self.marker.touch()
        wait_until(lambda: self.probes(daemon)["program"]["up"], 10, "the program ends with 0 now")

    def test_values_are_those_of_blackbox_exporter(self):
        daemon = self.start_daemon(self.nginx, config=self.config())
        probes = self.probes(daemon)
        blackbox = BlackboxExporter(self.directory, self.ca_file)
        self.addCleanup(blackbox.stop)
        targets = {"icmp": "127.0.0.1", "icmp6": "::1", "dns": f"127.0.0.1:{self.names.port}",
                   "dns_absent": f"127.0.0.1:{self.names.port}", "http": self.nginx.url("/ok")}
        page = daemon.wait_for_metric(lambda page: page.total("sonde_probe_runs_total") >= 2 * len(probes), 20,
                                      "the metrics tell each probe's result")
        compared = 0
        for name, target in targets.items():
            theirs = blackbox.probe(target, name)
            if theirs.total("probe_success") == 0 and probes[name]["up"]:
                print(f"\n  blackbox_exporter cannot probe {name} here: {theirs.text}")
                continue
            for metric in _COMPARED[name]:
                self.assertEqual(page.total(metric, probe=name), theirs.total(metric), f"{metric} of {name}")
                compared += 1
        print(f"\n  {compared} values are the same")
        self.assertGreaterEqual(compared, 12)

    def test_uptime_outlives_the_daemon(self):
        path = self.directory / "sonde.yaml"
        path.write_text(self.config())
        with tempfile.TemporaryDirectory(prefix="sonde-state-") as state:
            first = Daemon([f"port:{self.nginx.port}"], path, state=state)
            self.addCleanup(first.stop)
            wait_until(lambda: self.probes(first)["http"]["uptime"]["30d"]["probes"] >= 5, 30, "five probes")
            before = self.probes(first)
            first.stop(signal.SIGTERM)
            second = Daemon([f"port:{self.nginx.port}"], path, state=state)
            self.addCleanup(second.stop)
            after = self.probes(second)
            for window in ("1h", "24h", "30d"):
                for name in ("http", "program"):
                    self.assertGreaterEqual(after[name]["uptime"][window]["probes"],
                                            before[name]["uptime"][window]["probes"])
            self.assertEqual(after["program"]["uptime"]["30d"]["ratio"], 0)
            self.assertEqual(after["http"]["uptime"]["30d"]["ratio"], 1)
            self.assertGreaterEqual(second.metrics().total("sonde_probe_uptime_ratio", probe="http", window="1h"), 1)
            second.stop()

    def test_list_and_run_show_the_same(self):
        daemon = self.start_daemon(self.nginx, config=self.config())
        self.probes(daemon)
        done = run_verb("probe", "list", "--address", daemon.address)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = {line.split()[0]: line for line in done.stdout.splitlines()[1:]}
        self.assertIn("DOWN", lines["dns_absent"])
        self.assertIn("the answer is NXDOMAIN, not NOERROR", lines["dns_absent"])
        self.assertIn(" up ", lines["http"])
        self.assertRegex(done.stdout.splitlines()[-1], r"^13 probes, \d+ down$")
        once = run_verb("probe", "run", "six", "--config", self.directory / "sonde.yaml")
        self.assertEqual((once.returncode, once.stderr), (0, ""))
        for word in ("resolve", "connect", "tls", "processing", "transfer", "status       200", "days left", "UP"):
            self.assertIn(word, once.stdout)
        once = run_verb("probe", "run", self.nginx.url("/broken"))
        self.assertEqual(once.returncode, 1)
        self.assertIn("DOWN: status 500, not 200-299", once.stdout)
        once = run_verb("probe", "run", "gopher://x")
        self.assertEqual(once.returncode, 1)
        self.assertIn("'gopher' is not one of", once.stderr)
