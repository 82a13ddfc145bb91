"""Rule files of one's own: read while the daemon runs, refused whole, kept for a start with a fault; and its verbs."""

import json
import os
import signal

from harness.daemon import run_verb
from harness.rules_case import RulesCase
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", "curl")

_OWN_RULE = """
groups:
  - name: own
    interval: 1s
    rules:
      - record: job:requests:rate10s
        expr: sum by (service_name) (rate(http_server_request_duration_seconds_count[10s]))
      - alert: OwnTraffic
        expr: job:requests:rate10s > {threshold}
        labels: {{severity: info}}
        annotations:
          summary: "{{{{ $labels.service_name }}}} gets requests"
          sonde_no_data: keep_last
"""


class RuleFiles(RulesCase):
    """One file beside the built-in rules."""

    def test_rule_files_come_go_and_are_refused_whole(self):
        self.load("/up/bytes?n=1")
        file = self.directory / "rules.d" / "own.yml"
        file.write_text(_OWN_RULE.format(threshold=0.1))
        self.wait_for("firing info OwnTraffic")  # nobody was told of the file
        wait_until(lambda: len(self.query("job:requests:rate10s")) == 1, 10, "what is recorded can be queried")
        groups = json.loads(self.daemon.get("/api/v1/rules")[1])["data"]["groups"]
        own = [each for each in groups if each["name"] == "own"]
        self.assertEqual([rule["state"] for rule in own[0]["rules"] if rule["type"] == "alerting"], ["firing"])

        file.write_text(_OWN_RULE.format(threshold=0.1) + "      - alert: Broken\n        expr: sum(\n")
        status, text = self.reload()
        self.assertEqual(status, 500)
        self.assertIn(f"{file}:15:15: expr: 1:5: parse error", text)
        self.watch(3)
        self.wait_for("firing info OwnTraffic")

        file.write_text("# a remark\n" + _OWN_RULE.format(threshold=0.1))
        self.assertEqual(self.reload(), (200, ""))
        self.watch(4)
        self.wait_for("firing info OwnTraffic")

        file.unlink()
        self.wait_for("firing info OwnTraffic", "resolved info OwnTraffic")
        self.assertIn("its rule was removed", str(self.receiver.deliveries("/hub")[-1].body))

    def test_a_start_with_a_fault_uses_the_rules_that_were_sound(self):
        self.load("/up/bytes?n=1")
        file = self.directory / "rules.d" / "own.yml"
        file.write_text(_OWN_RULE.format(threshold=0.1))
        self.wait_for("firing info OwnTraffic")
        self.assertEqual(self.daemon.metrics().total("sonde_rules_last_load_successful"), 1)
        file.write_text(_OWN_RULE.format(threshold=0.1) + "      - alert: Broken\n        expr: sum(\n")
        self.daemon.kill_told()
        self.daemon = self.start()
        self.assertIn(f"{file}:15:15: expr: 1:5: parse error", self.daemon.log())
        self.watch(8)
        self.wait_for("firing info OwnTraffic")
        self.assertEqual(self.daemon.metrics().total("sonde_rules_last_load_successful"), 0)
        runtime = json.loads(self.daemon.get("/api/v1/status/runtimeinfo")[1])["data"]
        self.assertIs(runtime["reloadConfigSuccess"], False)

        file.write_text(_OWN_RULE.format(threshold=1e9))
        self.wait_for("firing info OwnTraffic", "resolved info OwnTraffic")
        self.assertEqual(self.daemon.metrics().total("sonde_rules_last_load_successful"), 1)

    def test_a_hangup_reads_them_anew(self):
        def reloads():
            return self.daemon.metrics().total("sonde_rule_reloads_total", outcome="success")

        before = reloads()
        os.kill(self.daemon.pid, signal.SIGHUP)
        wait_until(lambda: reloads() == before + 1, 10, "the rules have been read anew")

    def verb(self, *words):
        """What `sonde rules ... --output json` of the daemon says."""
        done = run_verb("rules", *words, "--address", self.daemon.address, "--output", "json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def test_the_verbs_tell_of_live_rules(self):
        load = self.load("/up/status/503")
        file = self.directory / "rules.d" / "own.yml"
        file.write_text(_OWN_RULE.format(threshold=0.1))
        wait_until(lambda: "firing info OwnTraffic" in self.messages() and
                   "firing critical HighErrorRate" in self.messages(), 45, lambda: f"both fire: {self.messages()}")
        rules = {rule["name"]: rule for rule in self.verb("list")["rules"] if rule["type"] == "alerting"}
        self.assertEqual((rules["OwnTraffic"]["state"], rules["OwnTraffic"]["missing_metrics"]), ("firing", []))
        self.assertEqual(rules["ErrorBudgetBurn"]["state"], "inactive")
        self.assertIn("sonde_sli_requests_total", rules["ErrorBudgetBurn"]["missing_metrics"])

        def sayings(alert):
            """By severity, what is said about the one service."""
            return {rule["severity"]: rule["instances"][0]["says"] for rule in self.verb("explain", alert)["rules"]}

        self.assertEqual(sayings("HighErrorRate")["critical"][0], "1 is above 0.6")
        self.assertRegex(sayings("HighResponseTime")["critical"][0], r"^0\.\d+ is not above 0.3$")

        load.stop()
        (told,) = self.verb("backtest", str(file), "--since", "1m", "--step", "1s")["rules"]
        self.assertEqual((told["alert"], told["error"], told["as_it_is"]["fired"]), ("OwnTraffic", "", 1))
        variations = {each["what"]: each["tally"]["fired"] for each in told["variations"]}
        self.assertEqual((variations["threshold 0.2 (2x)"], variations["for 15m"]), (1, 0))
