"""The daemon with quick rules, nginx in front of a server that does as it is asked, and a webhook that is told."""

import http.client
import json
import tempfile
import threading

from .case import SondeCase
from .daemon import Daemon
from .load import curl
from .waiting import wait_until

_CONFIG = """
store: {{interval: 1s}}
rules:
  files: ["{directory}/rules.d/*.yml"]
  defaults:
    interval: 1s
    settle: 2s
    settle_boot: 0s
    window: 10s
    for: 4s
    keep_firing_for: 3s
    min_requests: 5
    response_time_p95: {{warning: 100ms, critical: 300ms}}
    error_ratio: {{warning: 20%, critical: 60%}}
alerts: {{start_delay: 3s}}
notify:
  webhook: [{{name: hub, url: "{webhook}"}}]
"""


class Load:
    """Asks for one page after the other until it is told to ask for another, or to stop."""

    def __init__(self, url):
        self.url = url
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stopping.is_set():
            curl(*[self.url] * 5)
            self._stopping.wait(0.1)

    def stop(self):
        """Ends it."""
        self._stopping.set()
        self._thread.join(30)


class RulesCase(SondeCase):
    """Messages go to a webhook."""

    def setUp(self):
        super().setUp()
        self.upstream = self.start_upstream()
        self.nginx = self.start_nginx(self.upstream)
        self.receiver = self.start_receiver()
        (self.directory / "rules.d").mkdir()
        self.config = self.directory / "sonde.yaml"
        self.config.write_text(_CONFIG.format(directory=self.directory, webhook=self.receiver.url("/hub")))
        state = tempfile.TemporaryDirectory(prefix="sonde-state-")
        self.addCleanup(state.cleanup)
        self.state = state.name
        self.daemon = self.start()

    def start(self):
        """The daemon, on the state that the last one has left."""
        daemon = Daemon([f"port:{self.nginx.port}"], self.config, state=self.state)
        self.addCleanup(daemon.stop)
        return daemon

    def messages(self):
        """"STATUS SEVERITY ALERT" of every message about services so far."""
        told = []
        for each in self.receiver.deliveries("/hub"):
            labels = each.body["alerts"][0]["labels"]
            if labels["alertname"] in ("HighErrorRate", "HighResponseTime", "OwnTraffic"):
                told.append(f"{each.body['status']} {labels['severity']} {labels['alertname']}")
        return told

    def wait_for(self, *expected):
        """Returns when exactly these messages have come, in this order."""
        wait_until(lambda: len(self.messages()) >= len(expected), 45,
                   lambda: f"{expected}, not {self.messages()}\n{self.daemon.log()}")
        self.assertEqual(self.messages(), list(expected))

    def judged(self):
        """How often the rules about services have been judged."""
        return self.daemon.metrics().total("sonde_rule_group_iterations_total",
                                           rule_group="built-in/services.yml;services")

    def watch(self, count):
        """Returns when they have been judged `count` times more."""
        wanted = self.judged() + count
        wait_until(lambda: self.judged() >= wanted, 60, f"{count} more evaluations")

    def load(self, path):
        """Traffic that lasts as long as the test."""
        load = Load(self.nginx.url(path))
        self.addCleanup(load.stop)
        return load

    def query(self, expression):
        """The result of an instant query."""
        status, text = self.daemon.get(f"/api/v1/query?query={expression}")
        self.assertEqual(status, 200, text)
        return json.loads(text)["data"]["result"]

    def reload(self):
        """(status, text) of POST /-/reload."""
        connection = http.client.HTTPConnection(self.daemon.address, timeout=40)
        try:
            connection.request("POST", "/-/reload")
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()
