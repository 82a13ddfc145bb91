"""A daemon that groups alerts into incidents and tells a webhook, asked over its API by those who may."""

import http.client
import json

from .case import SondeCase
from .daemon import run_verb

_CONFIG = """
alerts: {{start_delay: 1s}}
rules: {{built_in: false}}
notify:
  webhook: [{{name: hub, url: "{webhook}"}}]
  route: {{receiver: hub, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
  receivers: [{{name: hub, channels: [{channels}]}}]
{notify}
{more}
"""


class AlertingCase(SondeCase):
    """Alerts are sent to the daemon as a Prometheus sends them."""

    def setUp(self):
        super().setUp()
        self.receiver = self.start_receiver()
        self.daemon = None

    def start(self, more="", notify="", channels="hub"):
        """The daemon, with `more` at the end of its configuration and `notify` at the end of that section; alerts are
        told to the webhook hub, or to these channels.
        """
        config = _CONFIG.format(webhook=self.receiver.url("/hub"), more=more, notify=notify, channels=channels)
        self.daemon = self.start_daemon(self.receiver, config=config)
        return self.daemon

    def ask(self, method, path, body=None, headers=None):
        """(status, headers, text) of a request; `body` is sent as JSON."""
        connection = http.client.HTTPConnection(self.daemon.address, timeout=20)
        try:
            sent = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, path, None if body is None else json.dumps(body), {**sent, **(headers or {})})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read().decode("utf-8")
        finally:
            connection.close()

    def get(self, path):
        """The answer of a GET that must succeed."""
        status, _, text = self.ask("GET", path)
        self.assertEqual(status, 200, text)
        return json.loads(text)

    def fire(self, name, **labels):
        """Sends an alert that fires for five minutes."""
        status, _, text = self.ask("POST", "/api/v2/alerts", [{"labels": {"alertname": name, **labels}}])
        self.assertEqual(status, 200, text)

    def sonde(self, verb, *words):
        """Runs a verb against the daemon, as somebody called ann."""
        return run_verb(verb, *words, "--address", self.daemon.address)
