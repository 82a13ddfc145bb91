"""A real blackbox_exporter, which probes and their metrics are held against."""

import pathlib
import urllib.parse

from .exposition import Page
from .requirements import find_program
from .server_start import get, start_on_free_port

PROGRAM = "prometheus-blackbox-exporter"

_CONFIG = """
modules:
  http:
    prober: http
    http: {{preferred_ip_protocol: ip4, tls_config: {{ca_file: "{ca_file}"}}}}
  tcp: {{prober: tcp, tcp: {{preferred_ip_protocol: ip4}}}}
  banner:
    prober: tcp
    tcp: {{preferred_ip_protocol: ip4, query_response: [{{expect: "^HTTP/1.1 400"}}]}}
  icmp: {{prober: icmp, icmp: {{preferred_ip_protocol: ip4}}}}
  icmp6: {{prober: icmp, icmp: {{preferred_ip_protocol: ip6}}}}
  dns: {{prober: dns, dns: {{query_name: shop.example, query_type: A, preferred_ip_protocol: ip4}}}}
  dns_absent: {{prober: dns, dns: {{query_name: absent.example, query_type: A, preferred_ip_protocol: ip4}}}}
"""


class BlackboxExporter:
    """Probes with its modules http and tcp; trusts the certificates in `ca_file`."""

    def __init__(self, directory, ca_file):
        self._config = pathlib.Path(directory) / "blackbox.yml"
        self._config.write_text(_CONFIG.format(ca_file=ca_file))
        self._child, self._port = start_on_free_port("blackbox_exporter", self._command,
                                                     lambda port: get(port, "/-/healthy")[0] == 200)

    def _command(self, port):
        return [find_program(PROGRAM), f"--config.file={self._config}", f"--web.listen-address=127.0.0.1:{port}"]

    def probe(self, target, module):
        """The page that one probe makes."""
        return Page(self._get("/probe?" + urllib.parse.urlencode({"target": target, "module": module})))

    @property
    def pid(self):
        """Of its process."""
        return self._child.pid

    @property
    def address(self):
        """HOST:PORT."""
        return f"127.0.0.1:{self._port}"

    def stop(self):
        """Ends it."""
        self._child.stop()

    def _get(self, path):
        status, text = get(self._port, path)
        if status != 200:
            raise AssertionError(f"blackbox_exporter answers {status} to {path}: {text}")
        return text
