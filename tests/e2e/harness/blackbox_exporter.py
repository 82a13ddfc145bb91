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

    def stop(self):
        """Ends it."""
        self._child.stop()

    def _get(self, path):
        status, text = get(self._port, path)
        if status != 200:
            raise AssertionError(f"blackbox_exporter answers {status} to {path}: {text}")
        return text
