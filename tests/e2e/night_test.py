"""A night on call: a database stops, somebody is called, the next one too, who acknowledges by a link; and the morning
after.
"""

import http.client
import json
import time
import unittest

from harness.case import SondeCase
from harness.daemon import run_verb
from harness.postgresql import Postgresql
from harness.waiting import wait_until

REQUIRES = ("sonde",)

_CONFIG = """
store: {{interval: 1s}}
alerts: {{start_delay: 1s}}
rules:
  defaults: {{interval: 1s, settle: 1s, settle_boot: 0s, database_down: {{probe_breaches: 1, keep_firing_for: 1s}}}}
incidents: {{verify_after: 3s}}
probes:
  shop: {{postgresql: "127.0.0.1:{port}", interval: 1s}}
notify:
  external_url: http://sonde.example
  webhook: [{{name: team, url: "{team}"}}]
  pagerduty:
    - {{name: ann-phone, routing_key_file: {key}, url: "{ann}"}}
    - {{name: bob-phone, routing_key_file: {key}, url: "{bob}"}}
  route: {{receiver: shop, group_by: [alertname]}}
  receivers: [{{name: shop, channels: [team]}}]
oncall:
  people:
    - {{name: ann, contacts: [{{channel: ann-phone}}]}}
    - {{name: bob, contacts: [{{channel: bob-phone}}]}}
  schedules:
    - name: primary
      time_zone: Europe/Berlin
      layers: [{{name: always, people: [ann], every: 1w, start: "2026-01-05T09:00"}}]
  policies:
    - name: critical
      matchers: ['severity="critical"']
      steps:
        - {{wait: 4s, notify: [{{schedule: primary}}]}}
        - {{wait: 1m, notify: [{{person: bob}}]}}
  catch_all: [team]
"""


class Night(SondeCase):
    """The clock of the test runs faster by the policy's waits, not by a fake in the daemon."""

    def setUp(self):
        super().setUp()
        if Postgresql.find() is None:
            raise unittest.SkipTest("PostgreSQL's server is not installed")
        self.postgresql = Postgresql(self.directory)
        self.addCleanup(self.postgresql.stop)
        self.receiver = self.start_receiver()
        key = self.directory / "key"
        key.write_text("0123456789abcdef0123456789abcdef\n")
        for path in ("/ann", "/bob"):
            self.receiver.answer_usually(path, 202, '{"status":"success","message":"Event processed","dedup_key":"x"}')
        self.daemon = self.start_daemon(self.postgresql, config=_CONFIG.format(
            port=self.postgresql.port, team=self.receiver.url("/team"), key=key, ann=self.receiver.url("/ann"),
            bob=self.receiver.url("/bob")))

    def ask(self, method, path):
        """(status, text) of a request."""
        connection = http.client.HTTPConnection(self.daemon.address, timeout=20)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            return response.status, response.read().decode("utf-8")
        finally:
            connection.close()

    def incident(self):
        """The only one."""
        (incident,) = json.loads(self.daemon.get("/api/sonde/v1/incidents")[1])["incidents"]
        return incident

    def actions(self, path):
        """What PagerDuty was told there."""
        return [each.body["event_action"] for each in self.receiver.deliveries(path)]

    def sonde(self, *words):
        """What a verb prints."""
        done = run_verb(*words, "--address", self.daemon.address)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_from_the_failure_to_the_report(self):
        wait_until(lambda: any(each["value"][1] == "1" for each in self.query("probe_success")), 30, "the probe succeeds")
        self.assertEqual([each["person"] for each in json.loads(self.daemon.get("/api/sonde/v1/oncall")[1])["schedules"]],
                         ["ann"])
        stopped = time.monotonic()
        self.postgresql.stop()
        (first, *_) = self.receiver.wait_for("/ann", 1, 30)
        print(f"stopped to paged: {first.at - stopped:.2f} s")
        self.assertEqual(first.body["payload"]["severity"], "critical")
        self.receiver.wait_for("/bob", 1, 30)
        second = self.receiver.deliveries("/bob")[0]
        print(f"paged to escalated: {second.at - first.at:.2f} s (wait 4 s)")
        self.assertGreaterEqual(second.at - first.at, 3.0)
        link = next(each["href"] for each in second.body["links"] if "/ack/" in each["href"])
        path = link.removeprefix("http://sonde.example")

        self.assertEqual(self.ask("GET", path)[0], 200)
        self.assertEqual(self.incident()["status"], "triggered", "a link that is only looked at does nothing")
        self.assertEqual(self.ask("POST", path)[0], 200)
        incident = self.incident()
        self.assertEqual((incident["status"], incident["acknowledged_by"]), ("acknowledged", ["bob"]))
        self.assertEqual(incident["escalation"]["called"], ["ann", "bob"])
        self.assertEqual(self.ask("POST", path)[0], 409)
        wait_until(lambda: self.actions("/ann") == ["trigger", "acknowledge"], 30, "whoever was called hears it")

        self.postgresql.start()
        wait_until(lambda: self.incident()["status"] == "resolved", 60, "it is over by itself")
        for path in ("/ann", "/bob"):
            wait_until(lambda at=path: self.actions(at)[-1] == "resolve", 30, f"{path} hears the end")

        number = str(incident["id"])
        self.sonde("incidents", "review", number, "--author", "bob", "--cause", "out of memory", "--action",
                   "restarted", "--verdict", "actionable", "--fixed")
        wait_until(lambda: self.incident()["review"]["state"] == "verified", 60, "its fix holds")
        report = json.loads(self.sonde("incidents", "report", "--by", "rule", "-o", "json"))
        self.assertIn("DatabaseDown", json.dumps(report))
        changes = [each["change"] for each in json.loads(
            self.daemon.get(f"/api/sonde/v1/incidents/{number}/timeline")[1])["entries"]]
        for change in ("opened", "escalated", "acknowledged", "resolved", "reviewed", "verified"):
            self.assertIn(change, changes)

    def query(self, expression):
        """The result of an instant query."""
        return json.loads(self.daemon.get(f"/api/v1/query?query={expression}")[1])["data"]["result"]
