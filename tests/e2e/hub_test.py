"""A hub: no privileges, nothing in the kernel; it pages for hosts that send it their alerts."""

import http.client
import json
import shutil

from harness.case import SondeCase
from harness.daemon import Daemon
from harness.prometheus import Prometheus
from harness.requirements import sonde_binary
from harness.unprivileged import UnprivilegedUser
from harness.waiting import wait_until

REQUIRES = ("sonde", "prometheus", "setpriv")

_CONFIG = """
alerts: {{start_delay: 1s}}
notify:
  webhook: [{{name: team, url: "{webhook}"}}]
  route: {{receiver: team, group_by: [alertname, host], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
  receivers: [{{name: team, channels: [team]}}]
"""
_PROMETHEUS = """
global: {{evaluation_interval: 1s, external_labels: {{host: HOST}}}}
rule_files: [rules.yml]
alerting:
  alertmanagers: [{{static_configs: [{{targets: ["{address}"]}}]}}]
"""
_RULES = "groups: [{name: test, rules: [{alert: Down, expr: vector(1), for: 8s, labels: {severity: critical}}]}]\n"


class Hub(SondeCase):
    """As a user that may do nothing."""

    def setUp(self):
        super().setUp()
        self.receiver = self.start_receiver()
        user = UnprivilegedUser()
        state = user.make_directory(self.directory / "state")
        # Where the build is may be nobody's business.
        binary = self.directory / "sonde"
        shutil.copy(sonde_binary(), binary)
        config = self.directory / "hub.yaml"
        config.write_text(_CONFIG.format(webhook=self.receiver.url("/team")))
        self.daemon = Daemon.hub(config, state, lambda _, *words: user.command(binary, *words))
        self.addCleanup(self.daemon.stop)

    def send(self, *alerts):
        """POST /api/v2/alerts, as another Sonde's or Prometheus' Alertmanager."""
        connection = http.client.HTTPConnection(self.daemon.address, timeout=20)
        try:
            connection.request("POST", "/api/v2/alerts", json.dumps(alerts), {"Content-Type": "application/json"})
            self.assertEqual(connection.getresponse().status, 200)
        finally:
            connection.close()

    def told(self):
        """(status, host) of every message."""
        return [(each.body["status"], each.body["commonLabels"]["host"]) for each in self.receiver.deliveries("/team")]

    def test_it_loads_nothing_and_keeps_its_history(self):
        page = self.daemon.metrics()
        self.assertNotIn("sonde_sensor_up", page.text)
        self.assertNotIn("node_cpu_seconds_total", page.text)
        self.send({"labels": {"alertname": "Down", "severity": "critical", "host": "web1"}},
                  {"labels": {"alertname": "Down", "severity": "critical", "host": "web2"}})
        wait_until(lambda: sorted(self.told()) == [("firing", "web1"), ("firing", "web2")], 30, "one page for each host")
        incidents = json.loads(self.daemon.get("/api/sonde/v1/incidents")[1])["incidents"]
        self.assertEqual(len(incidents), 2)

    def test_the_prometheus_of_each_host_sends_its_alerts(self):
        for host in ("web1", "web2"):
            directory = self.directory / host
            directory.mkdir()
            (directory / "rules.yml").write_text(_RULES)
            prometheus = Prometheus(directory, self.daemon.address, _PROMETHEUS.replace("HOST", host))
            self.addCleanup(prometheus.stop)
        wait_until(lambda: sorted(self.told()) == [("firing", "web1"), ("firing", "web2")], 90, "both hosts page")
