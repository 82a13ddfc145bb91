"""The configuration read anew while the daemon runs: what is open goes on, and goes where the new file says."""

import datetime
import json
import os
import signal

from harness.alerting_case import AlertingCase
from harness.waiting import wait_until

REQUIRES = ("sonde",)

_CONFIG = """
store: {{interval: 1s, directory: "{state}"}}
alerts: {{start_delay: 1s}}
rules: {{built_in: false}}
notify:
  webhook: [{channels}]
  route: {{receiver: team, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: {repeat}}}
  receivers: [{{name: team, channels: [{told}]}}]
  {more}
"""


class Reload(AlertingCase):
    """One receiver, whose channels change."""

    def setUp(self):
        super().setUp()
        self.write("hub", known=("hub", "desk"))
        self.daemon = self.start_daemon(self.receiver, config=self.text)
        self.fire("DiskFull", severity="critical")
        self.receiver.wait_for("/hub", 1, 20)
        self.wait_told("hub")

    def write(self, *told, known=("hub", "desk"), repeat="1h", more=""):
        """A file by which these channels are told, of those that are known."""
        channels = ", ".join(f'{{name: {name}, url: "{self.receiver.url("/" + name)}"}}' for name in known)
        self.text = _CONFIG.format(state=self.directory / "state", channels=channels, told=", ".join(told),
                                   repeat=repeat, more=more)
        (self.directory / "sonde.yaml").write_text(self.text)

    def reload(self, code=200):
        """What POST /-/reload is answered."""
        status, _, text = self.ask("POST", "/-/reload")
        self.assertEqual(status, code, text)
        return text

    def end(self, name):
        """The alert is over."""
        ended = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=1)
        alert = {"labels": {"alertname": name, "severity": "critical"}, "endsAt": ended.strftime("%Y-%m-%dT%H:%M:%SZ")}
        status, _, text = self.ask("POST", "/api/v2/alerts", [alert])
        self.assertEqual(status, 200, text)

    def lines(self):
        """What the timeline says of the incident: (change, channel, reason)."""
        (incident,) = self.get("/api/sonde/v1/incidents")["incidents"]
        entries = self.get(f"/api/sonde/v1/incidents/{incident['id']}/timeline")["entries"]
        return [(each["change"], each.get("channel", ""), each["reason"]) for each in entries]

    def wait_told(self, channel):
        """The answer of the channel is on disk."""
        wait_until(lambda: any(line[:2] == ("told", channel) for line in self.lines()), 20,
                   lambda: f"{channel} is told: {self.lines()}\n{self.daemon.log()}")

    def said(self, path):
        """(status, dedup key) of what a channel was told."""
        return [(each.body["status"], each.body["groupKey"]) for each in self.receiver.deliveries(path)]

    def watch(self):
        """Lets the control thread go round often enough to send what it had to."""
        sampled = self.daemon.metrics().total("sonde_resource_passes_total")
        wait_until(lambda: self.daemon.metrics().total("sonde_resource_passes_total") >= sampled + 4, 60, "time passes")

    def test_the_same_file_sends_nothing(self):
        for _ in range(3):
            self.reload()
        os.kill(self.daemon.pid, signal.SIGHUP)
        wait_until(lambda: self.daemon.log().count('"the configuration is read"') == 4, 20, "it was read four times")
        self.fire("DiskFull", severity="critical")
        self.watch()
        self.assertEqual(len(self.receiver.deliveries("/hub")), 1)
        self.assertEqual(self.receiver.deliveries("/desk"), [])
        self.assertEqual(self.daemon.metrics().total("sonde_config_last_reload_successful"), 1)

    def test_another_receiver_is_told_of_what_goes_on_and_both_of_the_end(self):
        self.write("desk", repeat="1s")
        self.reload()
        self.receiver.wait_for("/desk", 1, 30)
        self.write("desk")
        self.reload()
        self.assertEqual(len(self.receiver.deliveries("/hub")), 1)
        self.end("DiskFull")
        wait_until(lambda: all(self.said(path)[-1][0] == "resolved" for path in ("/hub", "/desk")), 30,
                   lambda: f"{self.said('/hub')} {self.said('/desk')}")
        self.assertEqual(len({key for path in ("/hub", "/desk") for _, key in self.said(path)}), 1)

    def test_a_channel_that_is_new_is_told_at_once_what_happens_next(self):
        self.write("hub", "pager", known=("hub", "pager"))
        self.reload()
        self.fire("Down", severity="critical")
        self.receiver.wait_for("/pager", 1, 30)
        self.receiver.wait_for("/hub", 2, 30)

    def test_a_channel_that_is_gone_does_not_hear_of_the_end_and_that_is_said(self):
        self.write("desk", known=("desk",), repeat="1s")
        self.reload()
        self.receiver.wait_for("/desk", 1, 30)
        self.end("DiskFull")
        wait_until(lambda: any(line[:2] == ("not told", "hub") for line in self.lines()), 30,
                   lambda: f"it is in the timeline: {self.lines()}")
        self.assertIn("a message cannot be sent: its channel is not configured any more", self.daemon.log())
        wait_until(lambda: self.said("/desk")[-1][0] == "resolved", 30, "the other one hears of it")
        self.assertEqual(len(self.receiver.deliveries("/hub")), 1)

    def test_a_fault_changes_nothing_and_is_told_in_full(self):
        self.write("nobody", more="externel_url: x")
        text = self.reload(code=500)
        for fault in ("unknown key 'externel_url'", "nobody"):
            self.assertIn(fault, text)
            self.assertIn(fault, self.daemon.log())
        metrics = self.daemon.wait_for_metric(lambda page: page.total("sonde_config_last_reload_successful") == 0, 20,
                                              "the metric says so")
        read_at = metrics.total("sonde_config_last_reload_success_timestamp_seconds")
        self.end("DiskFull")
        self.receiver.wait_for("/hub", 2, 30)
        self.write("hub")
        self.reload()
        page = self.daemon.wait_for_metric(lambda page: page.total("sonde_config_last_reload_successful") == 1, 20,
                                           "it is mended")
        self.assertGreater(page.total("sonde_config_last_reload_success_timestamp_seconds"), read_at)

    def test_what_needs_a_restart_is_named(self):
        self.write("hub")
        (self.directory / "sonde.yaml").write_text(self.text.replace("interval: 1s", "interval: 2s", 1))
        self.reload()
        entries = [json.loads(line) for line in self.daemon.log().splitlines() if line.startswith("{")]
        named = [each["keys"] for each in entries if each["msg"].startswith("what has changed takes effect after")]
        self.assertEqual(named, ["store"])
