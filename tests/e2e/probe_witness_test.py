"""Probes and the real requests of the same service, when they say the opposite of each other."""

import json
import threading

from harness.case import SondeCase
from harness.daemon import SERVER
from harness.load import curl
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", "curl")

_CONFIG = """
store: {{interval: 1s}}
services:
  - {{name: shop, match: {{port: {port}}}}}
probes:
  shop: {{http: "{probed}", service: shop, interval: 1s, timeout: 500ms}}
rules:
  defaults: {{interval: 1s, settle: 0s, settle_boot: 0s, probe_down: {{for: 3s, breaches: 2, keep_firing_for: 1s}}}}
alerts: {{start_delay: 1s}}
notify:
  webhook: [{{name: hub, url: "{webhook}"}}]
"""


class ProbeWitness(SondeCase):
    """nginx is the shop."""

    def start(self, probed, real):
        """The daemon probing one path while real requests go to another, about ten a second until the test ends."""
        self.nginx = self.start_nginx()
        (self.nginx.www / "health").write_text("fine\n")
        self.receiver = self.start_receiver()
        daemon = self.start_daemon(self.nginx, config=_CONFIG.format(
            port=self.nginx.port, probed=self.nginx.url(probed), webhook=self.receiver.url("/hub")))
        stopping = threading.Event()

        def send():
            while not stopping.wait(1):
                curl(*[self.nginx.url(real)] * 10)

        sender = threading.Thread(target=send)
        sender.start()
        self.addCleanup(sender.join)
        self.addCleanup(stopping.set)
        return daemon

    def shop(self, daemon):
        """What the API says of the probe."""
        (probe,) = json.loads(daemon.get("/api/sonde/v1/probes")[1])["probes"]
        return probe

    def wait_for_contradiction(self, daemon, wanted):
        """Waits until the API and the metric say what real requests say."""
        wait_until(lambda: self.shop(daemon)["contradicted_by"] == wanted, 40, lambda: f"{wanted}\n{self.shop(daemon)}")
        daemon.wait_for_metric(lambda page: page.total("sonde_probe_contradicted", probe="shop") == 1, 10,
                               "the metric says so, too")

    def test_a_probe_that_fails_while_requests_succeed_is_marked_and_wakes_nobody(self):
        daemon = self.start("/health", "/ok")
        # More than one a second over a minute: the rule believes in them then.
        daemon.wait_for_metric(lambda page: page.total(f"{SERVER}_count", service_name="shop") > 150, 40, "requests")
        self.assertIs(self.shop(daemon)["up"], True)
        (self.nginx.www / "health").unlink()
        self.wait_for_contradiction(daemon, "real requests succeed")
        probe = self.shop(daemon)
        self.assertIs(probe["up"], False)
        self.assertEqual(probe["last"]["reason"], "status 404, not 200-299")
        status, text = daemon.get("/api/sonde/v1/rules/explain?alert=ProbeDown")
        self.assertEqual(status, 200, text)
        self.assertIn("contradict", text)
        firing = [delivery.body["alerts"][0]["labels"]["alertname"] for delivery in self.receiver.deliveries("/hub")]
        self.assertNotIn("ProbeDown", firing)

    def test_a_probe_that_succeeds_while_requests_fail_is_marked(self):
        daemon = self.start("/ok", "/broken")
        self.wait_for_contradiction(daemon, "real requests fail")
        self.assertIs(self.shop(daemon)["up"], True)

    def test_a_probe_that_fails_like_requests_is_not_contradicted_and_pages(self):
        daemon = self.start("/broken", "/broken")
        wait_until(lambda: any(delivery.body["alerts"][0]["labels"]["alertname"] == "ProbeDown"
                               for delivery in self.receiver.deliveries("/hub")), 40, lambda: f"ProbeDown\n{daemon.log()}")
        self.assertIsNone(self.shop(daemon)["contradicted_by"])
        self.assertEqual(daemon.metrics().total("sonde_probe_contradicted", probe="shop"), 0)
