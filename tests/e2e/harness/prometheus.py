"""A real Prometheus server that scrapes one address."""

import json
import pathlib
import subprocess
import urllib.parse

from .requirements import find_program
from .server_start import get, start_on_free_port

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
        self._child, self._port = start_on_free_port("Prometheus", self._command,
                                                     lambda port: get(port, "/-/ready")[0] == 200)

    def query(self, expression):
        """The result of an instant query."""
        return self._api("/api/v1/query?" + urllib.parse.urlencode({"query": expression}))["result"]

    def target(self):
        """What it says of its one target."""
        (target,) = self._api("/api/v1/targets?state=active")["activeTargets"]
        return target

    @property
    def pid(self):
        """Of its process."""
        return self._child.pid

    def stop(self):
        """Ends it."""
        self._child.stop()

    def _command(self, port):
        return [find_program("prometheus"), f"--config.file={self._config}",
                f"--storage.tsdb.path={self._directory / 'tsdb'}", f"--web.listen-address=127.0.0.1:{port}",
                "--log.level=warn"]

    def _get(self, path):
        return get(self._port, path)

    def _api(self, path):
        status, text = self._get(path)
        if status != 200:
            raise AssertionError(f"Prometheus answers {status} to {path}: {text}")
        return json.loads(text)["data"]


def promtool_check(page_text):
    """(exit code, output) of `promtool check metrics` over a page."""
    done = subprocess.run([find_program("promtool"), "check", "metrics"], input=page_text, capture_output=True,
                          text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr
