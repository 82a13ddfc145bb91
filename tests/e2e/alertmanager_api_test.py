"""Alertmanager's API: the real amtool works on Sonde, and a real Prometheus sends it alerts."""

import json

from harness.alerting_case import AlertingCase
from harness.amtool import amtool
from harness.prometheus import Prometheus
from harness.waiting import wait_until

REQUIRES = ("sonde", "amtool", "prometheus")

_PROMETHEUS = """
global: {{evaluation_interval: 1s}}
rule_files: [rules.yml]
alerting:
  alertmanagers: [{{static_configs: [{{targets: ["{address}"]}}]}}]
"""
# What fires before a Prometheus has found its Alertmanagers, five seconds after its start, is told a minute later.
_RULES = """
groups:
  - name: test
    rules:
      # It finds its Alertmanagers after five seconds; what it sends before is lost.
      - {alert: AlwaysThere, expr: vector(1), for: 8s, labels: {severity: page, team: db}, annotations: {summary: it is there}}
"""


class Amtool(AlertingCase):
    """Every command of amtool that talks to a server."""

    def setUp(self):
        super().setUp()
        self.start()

    def amtool(self, *words, code=0):
        """What it prints."""
        done = amtool(*words, "--alertmanager.url", f"http://{self.daemon.address}")
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return done.stdout if code == 0 else done.stderr

    def alerts(self, *filters):
        """The names that `alert query` finds."""
        found = json.loads(self.amtool("alert", "query", *filters, "-o", "json"))
        return sorted(alert["labels"]["alertname"] for alert in found)

    def silences(self, *words):
        """What `silence query` finds."""
        return json.loads(self.amtool("silence", "query", *words, "-o", "json"))

    def test_alerts_are_added_and_found(self):
        self.amtool("alert", "add", "DiskFull", "team=db", "severity=page", "--annotation=summary=full")
        self.amtool("alert", "add", "HighLoad", "team=web")
        wait_until(lambda: self.alerts() == ["DiskFull", "HighLoad"], 10, "both alerts are there")
        self.assertEqual(self.alerts("team=db"), ["DiskFull"])
        self.assertEqual(self.alerts("HighLoad"), ["HighLoad"])
        self.assertEqual(self.alerts("team=~d.*"), ["DiskFull"])
        (alert,) = json.loads(self.amtool("alert", "query", "DiskFull", "-o", "json"))
        self.assertEqual(alert["annotations"], {"summary": "full"})
        self.assertEqual(alert["receivers"], [{"name": "hub"}])

    def test_silences_are_added_changed_expired_and_imported(self):
        self.amtool("alert", "add", "DiskFull", "team=db")
        wait_until(lambda: self.alerts() == ["DiskFull"], 10, "the alert is there")
        silence = self.amtool("silence", "add", "DiskFull", "--comment=mended soon", "--author=ann",
                              "--duration=2h").strip()
        (found,) = self.silences()
        self.assertEqual((found["id"], found["createdBy"], found["status"]["state"]), (silence, "ann", "active"))
        wait_until(lambda: self.alerts("--silenced") == ["DiskFull"], 10, "the alert is silenced")
        self.assertEqual(self.alerts("--active"), [])
        self.amtool("silence", "update", silence, "--comment=mended later", "--duration=3h")
        (found,) = self.silences()
        self.assertEqual(found["comment"], "mended later")
        exported = json.dumps([{**found, "id": ""}])
        self.amtool("silence", "expire", found["id"])
        self.assertEqual(self.silences(), [])
        self.assertEqual(len(self.silences("--expired")), 1)
        path = self.directory / "silences.json"
        path.write_text(exported)
        self.amtool("silence", "import", path)
        (imported,) = self.silences()
        self.assertEqual(imported["comment"], "mended later")
        # This amtool knows no 404, and says so.
        self.assertIn("404", self.amtool("silence", "expire", "4b1c1c9e-6a2f-4d3b-9c11-0242ac120002", code=1))

    def test_a_silence_that_would_hide_everything_is_refused_with_a_reason(self):
        refused = self.amtool("silence", "add", "team=~.*", "--comment=c", "--author=ann", code=1)
        self.assertIn("silence nearly everything", refused)

    def test_the_routes_in_use_are_shown_and_tested(self):
        self.assertIn("receiver: hub", self.amtool("config", "routes", "show"))
        self.assertEqual(self.amtool("config", "routes", "test", "severity=page").strip(), "hub")
        self.assertIn("hub", self.amtool("config", "show"))


class FromPrometheus(AlertingCase):
    """A Prometheus that has Sonde for its Alertmanager."""

    def test_an_alert_of_a_prometheus_fires_here(self):
        self.start()
        directory = self.directory / "prometheus"
        directory.mkdir()
        (directory / "rules.yml").write_text(_RULES)
        prometheus = Prometheus(directory, self.daemon.address, _PROMETHEUS)
        self.addCleanup(prometheus.stop)
        wait_until(lambda: self.get("/api/v2/alerts"), 45, lambda: f"the alert arrives\n{self.daemon.log()}")
        (alert,) = self.get("/api/v2/alerts")
        self.assertEqual(alert["labels"], {"alertname": "AlwaysThere", "severity": "page", "team": "db"})
        self.assertEqual(alert["annotations"], {"summary": "it is there"})
        self.assertIn("/graph?g0.expr=vector", alert["generatorURL"])
        (message,) = self.receiver.wait_for("/hub", 1, 30)
        self.assertEqual(message.body["alerts"][0]["labels"]["team"], "db")
