"""A real Prometheus server that scrapes one address."""

import http.client
import json
import pathlib
import subprocess
import urllib.parse

from .child import Child
from .ports import free_ports
from .requirements import find_program
from .waiting import wait_until

_ATTEMPTS = 3

_CONFIG = """
global: {{scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 1s}}
scrape_configs:
  - job_name: sonde
    static_configs: [{{targets: ["{address}"]}}]
"""


class Prometheus:
    """Scrapes `address` and answers queries; `config` is its configuration, where {address} stands for the address."""

    def __init__(self, directory, address, config=_CONFIG):
        self._directory = pathlib.Path(directory)
        self._config = self._directory / "prometheus.yml"
        self._config.write_text(config.format(address=address))
        self._child = self._start()

    def query(self, expression):
        """The result of an instant query."""
        return self._api("/api/v1/query?" + urllib.parse.urlencode({"query": expression}))["result"]

    def target(self):
        """What it says of its one target."""
        (target,) = self._api("/api/v1/targets?state=active")["activeTargets"]
        return target

    def stop(self):
        """Ends it."""
        self._child.stop()

    def _get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def _api(self, path):
        status, text = self._get(path)
        if status != 200:
            raise AssertionError(f"Prometheus answers {status} to {path}: {text}")
        return json.loads(text)["data"]

    def _start(self):
        for attempt in range(1, _ATTEMPTS + 1):
            (self._port,) = free_ports(1)
            child = Child([find_program("prometheus"), f"--config.file={self._config}",
                           f"--storage.tsdb.path={self._directory / 'tsdb'}",
                           f"--web.listen-address=127.0.0.1:{self._port}", "--log.level=warn"])
            try:
                wait_until(lambda: self._ready(child), 20, lambda: f"Prometheus is ready\n{child.text()}")
                return child
            except AssertionError:
                child.stop()
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _ready(self, child):
        if child.exit_code is not None:
            raise AssertionError(f"Prometheus ended with {child.exit_code}:\n{child.text()}")
        try:
            return self._get("/-/ready")[0] == 200
        except OSError:
            return False


def promtool_check(page_text):
    """(exit code, output) of `promtool check metrics` over a page."""
    done = subprocess.run([find_program("promtool"), "check", "metrics"], input=page_text, capture_output=True,
                          text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr
