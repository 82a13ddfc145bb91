"""From a dead upstream to a message, and from its return to the all-clear: exactly one of each."""

import threading
import time

from harness.case import SondeCase
from harness.load import curl

REQUIRES = ("sonde", "nginx", "curl")

_TICKS_TO_WATCH = 12
_BURST = 10

# Both severities share a threshold: one message tells of both. Judged each second, so that a test need not take minutes.
_CONFIG = """
store: {{interval: 1s}}
rules:
  defaults:
    interval: 1s
    settle: 0s
    settle_boot: 0s
    window: 10s
    for: 1s
    keep_firing_for: 1s
    min_requests: 5
    response_time_p95: {{warning: 30s, critical: 60s}}
    error_ratio: {{warning: 50%, critical: 50%}}
alerts: {{start_delay: 3s}}
notify:
  first_retry: 100ms
  slack: [{{name: team, url: "{slack}"}}]
  webhook: [{{name: hub, url: "{webhook}"}}]
"""


class Traffic:
    """Keeps asking for a page until it is stopped."""

    def __init__(self, url):
        self._url = url
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stopping.is_set():
            curl(*[self._url] * _BURST)
            self._stopping.wait(0.05)

    def stop(self):
        """Ends it."""
        self._stopping.set()
        self._thread.join(30)


class Alerting(SondeCase):
    """nginx in front of an upstream that comes and goes."""

    def setUp(self):
        super().setUp()
        self.upstream = self.start_upstream()
        self.nginx = self.start_nginx(self.upstream)
        self.receiver = self.start_receiver()
        self.daemon = self.start_daemon(self.nginx, config=_CONFIG.format(
            slack=self.receiver.url("/slack/hush-hush"), webhook=self.receiver.url("/webhook/hush-hush")))
        self.paths = ("/slack/hush-hush", "/webhook/hush-hush")

    def watch_ticks(self, count):
        """Returns when the rules about services have been judged `count` times more."""
        def judged(page):
            return page.total("sonde_rule_group_iterations_total", rule_group="built-in/services.yml;services")
        wanted = judged(self.daemon.metrics()) + count
        self.daemon.wait_for_metric(lambda page: judged(page) >= wanted, 60, f"{count} more evaluations")

    def assert_messages(self, firing, resolved):
        """Both channels have accepted exactly that many messages."""
        slack, webhook = (self.receiver.deliveries(path) for path in self.paths)
        texts = [str(each.body) for each in slack]
        self.assertEqual((sum("FIRING" in each for each in texts), sum("RESOLVED" in each for each in texts)),
                         (firing, resolved), texts)
        statuses = [each.body["status"] for each in webhook]
        self.assertEqual((statuses.count("firing"), statuses.count("resolved")), (firing, resolved), statuses)
        self.assertEqual((len(slack), len(webhook)), (firing + resolved,) * 2)

    def test_one_message_when_it_breaks_and_one_when_it_is_well(self):
        self.receiver.answer_next(self.paths[0], 500)
        traffic = Traffic(self.nginx.url("/up/bytes?n=10"))
        self.addCleanup(traffic.stop)
        self.watch_ticks(5)
        self.upstream.stop()
        broken_at = time.monotonic()
        for path in self.paths:
            fired = self.receiver.wait_for(path, 1, 30)[0]
            print(f"\n  {path.split('/')[1]}: firing {fired.at - broken_at:.2f} s after the upstream was gone", end="")
        self.assertEqual(len(self.receiver.deliveries(self.paths[0], status=500)), 1, "the first attempt was refused")
        self.assert_messages(firing=1, resolved=0)
        self.watch_ticks(_TICKS_TO_WATCH)
        self.assert_messages(firing=1, resolved=0)

        self.upstream.start()
        well_at = time.monotonic()
        for path in self.paths:
            resolved = self.receiver.wait_for(path, 2, 30)[1]
            print(f"\n  {path.split('/')[1]}: resolved {resolved.at - well_at:.2f} s after it came back", end="")
        self.watch_ticks(_TICKS_TO_WATCH)
        self.assert_messages(firing=1, resolved=1)
        self.assert_the_messages_say_what_is_wrong()
        self.assertNotIn("hush-hush", self.daemon.log())
        self.assertNotIn("hush-hush", self.daemon.metrics().text)

    def assert_the_messages_say_what_is_wrong(self):
        """Rule, service and severity are named; both webhook messages are about the same occurrence."""
        service = self.service_of(self.daemon.metrics(), self.nginx)
        firing, resolved = (each.body["alerts"][0] for each in self.receiver.deliveries(self.paths[1]))
        for alert in (firing, resolved):
            self.assertEqual(alert["labels"]["alertname"], "HighErrorRate")
            self.assertEqual(alert["labels"]["service_name"], service)
            self.assertEqual(alert["labels"]["severity"], "critical")
        self.assertEqual(firing["fingerprint"], resolved["fingerprint"])
        self.assertEqual(firing["startsAt"], resolved["startsAt"])
        self.assertIn(service, str(self.receiver.deliveries(self.paths[0])[0].body))

    def test_nothing_is_sent_while_all_is_well(self):
        traffic = Traffic(self.nginx.url("/up/bytes?n=10"))
        self.addCleanup(traffic.stop)
        self.watch_ticks(_TICKS_TO_WATCH)
        self.assert_messages(firing=0, resolved=0)

    def test_too_few_requests_say_nothing(self):
        self.upstream.stop()
        curl(*[self.nginx.url("/up/bytes?n=10")] * 4)
        self.watch_ticks(_TICKS_TO_WATCH)
        self.assert_messages(firing=0, resolved=0)
