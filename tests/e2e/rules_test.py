"""Rules over live traffic: what fires, what does not, and what survives a reload and a restart."""

import http.client
import json
import signal
import tempfile
import threading

from harness.case import SondeCase
from harness.daemon import Daemon
from harness.load import curl
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", "curl")

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


class Rules(SondeCase):
    """nginx in front of a server that does as it is asked; messages go to a webhook."""

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

    def test_slow_then_failing_then_fine(self):
        load = self.load("/up/bytes?n=1")
        self.watch(8)
        self.assertEqual(self.messages(), [], "nothing fires on start-up")
        load.url = self.nginx.url("/up/sleep?ms=600")
        self.wait_for("firing critical HighResponseTime")
        load.url = self.nginx.url("/up/status/503")
        self.wait_for("firing critical HighResponseTime", "firing critical HighErrorRate",
                      "resolved critical HighResponseTime")
        load.url = self.nginx.url("/up/bytes?n=1")
        self.wait_for("firing critical HighResponseTime", "firing critical HighErrorRate",
                      "resolved critical HighResponseTime", "resolved critical HighErrorRate")

    def test_a_restart_while_it_fires_tells_nothing_and_the_end_is_told_once(self):
        load = self.load("/up/status/503")
        self.wait_for("firing critical HighErrorRate")
        self.daemon.stop(signal.SIGKILL)
        self.daemon = self.start()
        self.watch(8)
        self.wait_for("firing critical HighErrorRate")
        load.url = self.nginx.url("/up/bytes?n=1")
        self.wait_for("firing critical HighErrorRate", "resolved critical HighErrorRate")
        first, last = self.receiver.deliveries("/hub")
        self.assertEqual(first.body["alerts"][0]["startsAt"], last.body["alerts"][0]["startsAt"])

    def test_a_blip_and_a_handful_of_errors_are_no_alarm(self):
        curl(self.nginx.url("/up/bytes?n=1"), self.nginx.url("/up/status/500"), self.nginx.url("/up/bytes?n=1"))
        self.watch(10)
        load = self.load("/up/bytes?n=1")
        self.watch(12)
        curl(*[self.nginx.url("/up/status/500")] * 5)
        self.watch(14)
        load.stop()
        self.watch(6)
        self.assertEqual(self.messages(), [])

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
        self.daemon.stop(signal.SIGKILL)
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
