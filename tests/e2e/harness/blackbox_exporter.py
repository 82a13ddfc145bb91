"""A real blackbox_exporter, which probes and their metrics are held against."""

import http.client
import pathlib
import urllib.parse

from .child import Child
from .exposition import Page
from .ports import free_ports
from .requirements import find_program
from .waiting import wait_until

PROGRAM = "prometheus-blackbox-exporter"
_ATTEMPTS = 3

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
        self._child = self._start()

    def probe(self, target, module):
        """The page that one probe makes."""
        return Page(self._get("/probe?" + urllib.parse.urlencode({"target": target, "module": module})))

    def stop(self):
        """Ends it."""
        self._child.stop()

    def _get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            text = response.read().decode()
            if response.status != 200:
                raise AssertionError(f"blackbox_exporter answers {response.status} to {path}: {text}")
            return text
        finally:
            connection.close()

    def _start(self):
        for attempt in range(1, _ATTEMPTS + 1):
            (self._port,) = free_ports(1)
            child = Child([find_program(PROGRAM), f"--config.file={self._config}",
                           f"--web.listen-address=127.0.0.1:{self._port}"])
            try:
                wait_until(lambda: self._answers(child), 15, lambda: f"blackbox_exporter is ready\n{child.text()}")
                return child
            except AssertionError:
                child.stop()
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _answers(self, child):
        if child.exit_code is not None:
            raise AssertionError(f"blackbox_exporter ended with {child.exit_code}:\n{child.text()}")
        try:
            return bool(self._get("/-/healthy"))
        except OSError:
            return False
