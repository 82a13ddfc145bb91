"""Programs that are run for alerts: once for each occurrence, also over kill -9."""

import json
import signal

from harness.alerting_case import AlertingCase
from harness.daemon import Daemon
from harness.waiting import wait_until

REQUIRES = ("sonde",)

_CONFIG = """
alerts: {{start_delay: 1s}}
rules: {{built_in: false}}
notify:
  webhook: [{{name: hub, url: "{webhook}"}}]
  route: {{receiver: hub, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
  receivers: [{{name: hub, channels: [hub]}}]
remediation:
  allowed_programs: [{program}]
  rules:
    - {{name: restart, matchers: ['alertname="Stuck"'], command: [{program}, --gently], dry_run: {dry_run}}}
    - {{name: never, matchers: ['alertname="Other"'], command: [{program}], dry_run: false}}
"""


class Remediation(AlertingCase):
    """A program of ours, which writes down that it ran and what it was told."""

    def setUp(self):
        super().setUp()
        self.runs = self.directory / "runs"
        self.program = self.directory / "restart"
        self.program.write_text("#!/bin/sh\n"
                                f"echo \"$SONDE_ALERT $*\" >> {self.runs}\n"
                                f"cat > {self.directory}/input\n"
                                "echo restarted it\n")
        self.program.chmod(0o755)
        state = self.directory / "state"
        state.mkdir()
        self.state = state

    def begin(self, dry_run):
        """The daemon, on the state that the last one has left."""
        config = self.directory / "sonde.yaml"
        config.write_text(_CONFIG.format(webhook=self.receiver.url("/hub"), program=self.program,
                                         dry_run=str(dry_run).lower()))
        self.daemon = Daemon([f"port:{self.receiver.port}"], config, state=self.state)
        self.addCleanup(self.daemon.stop)

    def lines(self, change):
        """The reasons of the timeline's lines of that kind."""
        return [each["reason"] for each in self.get("/api/sonde/v1/timeline")["entries"] if each["change"] == change]

    def ran(self):
        """How it was run, a line for each time."""
        return self.runs.read_text().splitlines() if self.runs.exists() else []

    def test_it_is_run_once_for_an_occurrence_also_over_a_kill(self):
        self.begin(dry_run=False)
        self.fire("Stuck", severity="critical")
        wait_until(lambda: self.lines("remedy ended"), 30, lambda: f"it ran\n{self.daemon.log()}")
        self.assertEqual(self.ran(), ["Stuck --gently"])
        self.assertIn("restarted it", self.lines("remedy ended")[0])
        self.assertEqual(json.loads((self.directory / "input").read_text())["alerts"][0]["labels"]["alertname"], "Stuck")
        self.daemon.stop(signal.SIGKILL)
        self.begin(dry_run=False)
        self.fire("Stuck", severity="critical")
        self.fire("Elsewhere", severity="critical")
        wait_until(lambda: any("Elsewhere" in str(each.body) for each in self.receiver.deliveries("/hub")), 30,
                   "alerts were looked at again")
        self.assertEqual(self.ran(), ["Stuck --gently"])
        self.assertEqual(self.daemon.metrics().total("sonde_remedy_runs_total", remedy="never"), 0)

    def test_a_dry_run_only_says_what_it_would_do(self):
        self.begin(dry_run=True)
        self.fire("Stuck", severity="critical")
        wait_until(lambda: self.lines("remedy ended"), 30, lambda: f"it is told\n{self.daemon.log()}")
        self.assertEqual(self.ran(), [])
        self.assertEqual(self.daemon.metrics().total("sonde_remedy_runs_total", remedy="restart", outcome="dry_run"), 1)
