"""Incidents in the daemon: grouped, acknowledged, silenced, resolved, and none of it lost with a kill."""

import json
import signal

from harness.case import SondeCase
from harness.daemon import Daemon, run_verb
from harness.ports import free_ports
from harness.waiting import wait_until

REQUIRES = ("sonde",)

_WAIT_S = 40
_ACCEPTED = '{"status": "success", "message": "Event processed", "dedup_key": "k"}'

_RULE = """
      - alert: {name}
        expr: vector({value}) > 1
        labels: {{severity: {severity}, service_name: till, team: "{team}"}}
        annotations: {{summary: "{name} is {{{{ $value }}}}"}}
"""

_CONFIG = """
store: {{interval: 1s}}
rules: {{files: ["{rules}"], built_in: false}}
alerts: {{start_delay: 1s}}
incidents: {{acknowledge_timeout_critical: 3s}}
notify:
  first_retry: 100ms
  webhook: [{{name: hub, url: "{hub}"}}, {{name: desk, url: "{desk}"}}]
  pagerduty: [{{name: pager, routing_key_file: "{key}", url: "{pager}"}}]
  receivers:
    - {{name: everybody, channels: [hub]}}
    - {{name: night, channels: [hub, pager]}}
    - {{name: desk, channels: [desk]}}
  route:
    receiver: everybody
    group_by: [service_name]
    group_wait: 1s
    group_interval: 2s
    routes:
      - {{matchers: ['team="desk"'], receiver: desk}}
      - {{matchers: ['severity="critical"'], receiver: night}}
"""


class Incidents(SondeCase):
    """Rules that fire as their file says, and receivers that remember what they were told."""

    def setUp(self):
        super().setUp()
        self.receiver = self.start_receiver()
        self.receiver.answer_usually("/pager", 202, _ACCEPTED)
        self.rules = self.directory / "rules.yml"
        self.fire()
        (self.directory / "key").write_text("0123456789abcdef0123456789abcdef")
        (self.directory / "sonde.yaml").write_text(_CONFIG.format(
            rules=self.rules, key=self.directory / "key", hub=self.receiver.url("/hub"), desk=self.receiver.url("/desk"),
            pager=self.receiver.url("/pager")))
        (self.directory / "state").mkdir()
        (self.port,) = free_ports(1)
        self.daemon = self.start()

    def start(self):
        """The daemon, which measures nothing, and keeps its state for the next one."""
        daemon = Daemon([f"port:{self.port}"], self.directory / "sonde.yaml", state=self.directory / "state")
        self.addCleanup(daemon.stop)
        return daemon

    def fire(self, *alerts):
        """These fire and no others: (name, severity) or (name, severity, team)."""
        text = "groups:\n  - name: test\n    interval: 1s\n    rules:\n"
        known = {"Slow": "warning", "Late": "warning", "Down": "critical"}
        for name, severity, *team in alerts:
            known.pop(name, None)
            text += _RULE.format(name=name, value=3, severity=severity, team=(team or ["till"])[0])
        for name, severity in known.items():
            text += _RULE.format(name=name, value=0, severity=severity, team="till")
        self.rules.write_text(text)

    def sonde(self, *words):
        """What a verb prints."""
        done = run_verb(*words, "--address", self.daemon.address)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def asked(self, *words):
        """What a verb prints as JSON."""
        return json.loads(self.sonde(*words, "-o", "json"))

    def events(self, path="/pager"):
        """What a PagerDuty was told: (action, key)."""
        return [(each.body["event_action"], each.body["dedup_key"]) for each in self.receiver.deliveries(path)]

    def open_incident(self):
        """The only one that is open."""
        def found():
            rows = self.asked("alerts", "list")["incidents"]
            return rows[0] if len(rows) == 1 else None
        return wait_until(found, _WAIT_S, "one incident is open")

    def test_alerts_of_a_group_are_one_message_and_each_route_has_its_own(self):
        self.fire(("Slow", "warning"), ("Late", "warning"), ("Away", "warning", "desk"))
        (first, *_) = self.receiver.wait_for("/hub", 1, _WAIT_S)
        self.assertEqual(sorted(each["labels"]["alertname"] for each in first.body["alerts"]), ["Late", "Slow"])
        self.assertEqual(first.body["groupLabels"], {"service_name": "till"})
        (other, *_) = self.receiver.wait_for("/desk", 1, _WAIT_S)
        self.assertEqual([each["labels"]["alertname"] for each in other.body["alerts"]], ["Away"])
        self.fire()
        last = wait_until(lambda: [each for each in self.receiver.deliveries("/hub")
                                   if each.body["status"] == "resolved"], _WAIT_S, "its end is told")
        self.assertEqual(len(last), 1)

    def test_an_acknowledgement_reaches_the_pager_and_ends_by_itself(self):
        self.fire(("Down", "critical"))
        self.receiver.wait_for("/pager", 1, _WAIT_S)
        incident = self.open_incident()
        self.sonde("alerts", "ack", incident["id"], "--author", "ann", "--note", "on it")
        wait_until(lambda: [each for each in self.events() if each[0] == "acknowledge"], _WAIT_S, "the pager knows")
        wait_until(lambda: [each[0] for each in self.events()].count("trigger") == 2, _WAIT_S,
                   "nobody has mended it in three seconds: told again")
        self.fire()
        wait_until(lambda: self.events()[-1][0] == "resolve", _WAIT_S, "its end is told")
        self.assertEqual(len({key for _, key in self.events()}), 1, "one key for all of it")
        happened = [each["change"] for each in self.asked("alerts", "show", incident["id"])["timeline"]]
        for change in ("fired", "opened", "told", "acknowledged", "unacknowledged", "resolved"):
            self.assertIn(change, happened)

    def test_what_is_silenced_is_told_when_the_silence_ends_and_its_end_always(self):
        silence = self.sonde("silence", "add", "alertname=Down", "--author", "ann", "--comment", "expected").strip()
        self.fire(("Down", "critical"))
        wait_until(lambda: [each for each in json.loads(self.daemon.get("/api/v2/alerts")[1]) if each["status"]["silencedBy"]],
                   _WAIT_S, "the alert is held")
        self.assertEqual(self.receiver.deliveries("/pager"), [])
        self.sonde("silence", "expire", silence)
        (told, *_) = self.receiver.wait_for("/pager", 1, _WAIT_S)
        self.assertIn("silence expired", str(told.body))
        self.sonde("silence", "add", "alertname=Down", "--author", "ann", "--comment", "again")
        self.fire()
        wait_until(lambda: self.events()[-1][0] == "resolve", _WAIT_S, "who was told that it fires is told its end")

    def test_nothing_is_lost_with_a_kill_while_the_receiver_is_down(self):
        self.receiver.answer_usually("/pager", 500, "down")
        self.fire(("Down", "critical"))
        wait_until(lambda: self.receiver.deliveries("/pager", status=500), _WAIT_S, "an attempt was refused")
        self.daemon.stop(signal.SIGKILL)
        self.receiver.answer_usually("/pager", 202, _ACCEPTED)
        self.daemon = self.start()
        self.receiver.wait_for("/pager", 1, _WAIT_S)
        # A kill before the answer is on disk may repeat the message, under the same key.
        wait_until(lambda: [each for each in self.asked("deliveries", "list", "--state", "sent")["deliveries"]
                            if each["channel"] == "pager"], _WAIT_S, "its answer is kept")
        self.daemon.stop(signal.SIGKILL)
        self.fire()
        self.daemon = self.start()
        wait_until(lambda: self.events()[-1][0] == "resolve", _WAIT_S, "what ended while nobody looked is told")
        self.assertEqual([each[0] for each in self.events()], ["trigger", "resolve"])
        refused = self.receiver.deliveries("/pager", status=500)
        self.assertEqual({each.body["dedup_key"] for each in refused} | {key for _, key in self.events()},
                         {self.events()[0][1]})
