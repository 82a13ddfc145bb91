"""One alert through every kind of channel, firing and resolved; and what Alertmanager makes of the same one."""

import datetime
import hashlib
import hmac
import re

from harness.case import SondeCase
from harness.channels import ROUTING_KEY, SIGNING_SECRET, TOKEN, Channels
from harness.daemon import Daemon
from harness.ports import free_ports
from harness.waiting import wait_until

REQUIRES = ("sonde", "prometheus-alertmanager", "openssl", "aiosmtpd")

_WAIT_S = 40
_SECOND_MEMBER = "/second/api/v2/alerts"

_RULES = """
groups:
  - name: test
    interval: 1s
    rules:
      - alert: TillClosed
        expr: vector({value}) > 1
        labels: {{severity: critical, service_name: till, floor: "2"}}
        annotations:
          summary: "{{{{ $value }}}} tills are closed, more than 1"
          description: "Worst: <b>till 7</b> & till 9"
          runbook_url: docs/runbooks/TillClosed.md
"""

_CONFIG = """
store: {{interval: 1s}}
rules: {{files: ["{rules}"], built_in: false}}
alerts: {{start_delay: 1s}}
"""


class EveryChannel(SondeCase):
    """A rule that fires and resolves as its file says."""

    def setUp(self):
        super().setUp()
        self.receiver = self.start_receiver()
        self.channels = Channels(self.directory, self.receiver, mail_answers=["451 4.3.0 try later"])
        self.addCleanup(self.channels.stop)
        self.rules = self.directory / "rules.yml"
        self.rules.write_text(_RULES.format(value=3))
        (self.directory / "sonde.yaml").write_text(_CONFIG.format(rules=self.rules) + self.channels.config)
        (self.directory / "state").mkdir()
        (self.port,) = free_ports(1)
        self.daemon = self.start()

    def start(self):
        """The daemon, which measures nothing, and keeps its state for the next one."""
        daemon = Daemon([f"port:{self.port}"], self.directory / "sonde.yaml", state=self.directory / "state")
        self.addCleanup(daemon.stop)
        return daemon

    def resolve(self):
        """The till opens again."""
        self.rules.write_text(_RULES.format(value=0))

    def wait_for_all(self, count):
        """Each kind of channel has had `count` messages."""
        for path in ("/slack/hush-hush", "/pagerduty", "/webhook/hush-hush", "/api/chat.postMessage"):
            self.receiver.wait_for(path, count, _WAIT_S)
        self.channels.mail.wait_for(1 + count, _WAIT_S)
        wait_until(lambda: len(self.channels.heard_by_program()) >= count, _WAIT_S, "the program is told")

    def test_firing_and_resolved_reach_them_all_and_name_the_same_incident(self):
        self.wait_for_all(1)
        alerts = wait_until(self.channels.alertmanager.alerts, _WAIT_S, "Alertmanager knows the alert")
        self.resolve()
        self.wait_for_all(2)
        wait_until(lambda: not self.channels.alertmanager.alerts(), _WAIT_S, lambda: (
            f"Alertmanager knows that it is over: {self.channels.alertmanager.alerts()}\n"
            f"told: {[each.body for each in self.receiver.deliveries(_SECOND_MEMBER)]}\n{self.daemon.log()}"))
        self.assert_slack()
        self.assert_mail()
        self.assert_pagerduty()
        self.assert_webhook()
        self.assert_alertmanager(alerts)
        self.assert_program()
        self.assert_same_as_alertmanager()
        self.assert_no_secret_is_told()

    def test_after_a_kill_those_that_forget_are_told_again_and_nobody_else(self):
        self.wait_for_all(1)
        self.receiver.wait_for(_SECOND_MEMBER, 1, _WAIT_S)
        self.daemon.kill_told()
        before = len(self.receiver.deliveries(_SECOND_MEMBER))
        self.daemon = self.start()
        again = self.receiver.wait_for(_SECOND_MEMBER, before + 1, _WAIT_S)
        first, last = again[0].body[0], again[-1].body[0]
        self.assertEqual((first["labels"], first["startsAt"]), (last["labels"], last["startsAt"]))
        self.assertLess(first["endsAt"], last["endsAt"])
        self.resolve()
        self.wait_for_all(2)
        for path in ("/slack/hush-hush", "/pagerduty", "/webhook/hush-hush"):
            self.assertEqual(len(self.receiver.deliveries(path)), 2, "one firing, one resolved")
        keys = {each.body["dedup_key"] for each in self.receiver.deliveries("/pagerduty")}
        self.assertEqual(len(keys), 1)

    def assert_slack(self):
        """The bot keeps its first message up to date, and answers below it."""
        firing, resolved = (each.body for each in self.receiver.deliveries("/slack/hush-hush"))
        self.assertEqual(firing["text"], "FIRING critical: TillClosed on till")
        self.assertEqual(resolved["text"], "RESOLVED critical: TillClosed on till")
        self.assertIn("<https://wiki.example/sonde/docs/runbooks/TillClosed.md|what to do>", str(firing))
        self.assertIn("&lt;b&gt;till 7&lt;/b&gt; &amp; till 9", str(firing))
        first, reply = self.receiver.deliveries("/api/chat.postMessage")
        (update,) = self.receiver.deliveries("/api/chat.update")
        self.assertEqual(first.headers["Authorization"], f"Bearer {TOKEN}")
        self.assertEqual((first.body["channel"], "thread_ts" in first.body), ("#ops", False))
        self.assertEqual((update.body["channel"], update.body["ts"]), ("C0OPS", "1800000000.000100"))
        self.assertEqual(update.body["text"], "RESOLVED critical: TillClosed on till")
        self.assertEqual((reply.body["channel"], reply.body["thread_ts"]), ("C0OPS", "1800000000.000100"))
        self.assertLess(update.at, reply.at)

    def assert_mail(self):
        """Python's own package reads them; both name the same incident."""
        put_off, *mails = self.channels.mail.mails()
        firing, resolved = (each.message for each in mails)
        self.assertEqual(put_off.answer[:3], "451")
        for name in ("Message-ID", "Date", "Subject", "References"):
            self.assertEqual(put_off.message[name], firing[name], "it is the same message in every attempt")
        for each in mails:
            self.assertEqual((each.over_tls, each.user, each.answer[:3]), (True, "sonde", "250"))
            self.assertEqual(each.recipients, ["ops@shop.example", "manager@shop.example"])
            self.assertEqual(each.sender, "sonde@shop.example")
            self.assertFalse(each.message.defects)
            self.assertEqual(each.message.get_content_type(), "multipart/alternative")
        self.assertEqual(firing["Subject"], "[FIRING:1] critical: TillClosed on till")
        self.assertEqual(resolved["Subject"], "[RESOLVED] critical: TillClosed on till")
        self.assertEqual([each.display_name for each in firing["To"].addresses], ["Operations", ""])
        self.assertNotEqual(firing["Message-ID"], resolved["Message-ID"])
        self.assertEqual(firing["References"], resolved["References"])
        self.assertEqual(resolved["In-Reply-To"], resolved["References"])
        self.assertIn("3 tills are closed, more than 1", mails[0].part("plain"))
        self.assertIn("Worst: <b>till 7</b> & till 9", mails[0].part("plain"))
        self.assertIn("Worst: &lt;b&gt;till 7&lt;/b&gt; &amp; till 9", mails[0].part("html"))
        self.assertIn('href="https://wiki.example/sonde/docs/runbooks/TillClosed.md"', mails[0].part("html"))

    def assert_pagerduty(self):
        """One incident, opened and closed."""
        firing, resolved = (each.body for each in self.receiver.deliveries("/pagerduty"))
        self.assertEqual((firing["event_action"], resolved["event_action"]), ("trigger", "resolve"))
        self.assertEqual(firing["dedup_key"], resolved["dedup_key"])
        self.assertEqual(firing["payload"]["component"], "till")
        self.assertEqual([each["href"] for each in firing["links"]],
                         ["https://wiki.example/sonde/docs/runbooks/TillClosed.md"])

    def assert_webhook(self):
        """Signed over time and body, with an id of its own for each message."""
        firing, resolved = self.receiver.deliveries("/webhook/hush-hush")
        self.assertNotEqual(firing.headers["Idempotency-Key"], resolved.headers["Idempotency-Key"])
        for each in (firing, resolved):
            signed = each.headers["X-Sonde-Timestamp"].encode() + b":" + each.raw
            wanted = hmac.new(SIGNING_SECRET.encode(), signed, hashlib.sha256).hexdigest()
            self.assertEqual(each.headers["X-Sonde-Signature"], f"v1={wanted}")
            self.assertEqual(each.headers["Authorization"], f"Bearer {TOKEN}")
            self.assertEqual(each.headers["X-Sonde-Attempt"], "1")

    def assert_alertmanager(self, alerts):
        """It knows the alert by its labels."""
        (alert,) = alerts
        self.assertEqual(alert["labels"]["alertname"], "TillClosed")
        self.assertEqual(alert["labels"]["floor"], "2")
        self.assertEqual(alert["annotations"]["summary"], "3 tills are closed, more than 1")

    def assert_program(self):
        """It reads on its standard input what webhooks get."""
        firing, resolved = self.channels.heard_by_program()
        self.assertEqual((firing["status"], resolved["status"]), ("firing", "resolved"))
        self.assertEqual(firing["headline"], "FIRING critical: TillClosed on till")
        self.assertEqual((firing["receiver"], firing["attempt"]), ("default", 1))

    def assert_same_as_alertmanager(self):
        """What both say of one alert agrees, where it has to."""
        for path in ("/am/webhook", "/am/pagerduty", "/am/slack"):
            self.receiver.wait_for(path, 2, _WAIT_S)
        for ours, theirs in self.pairs("/webhook/hush-hush", "/am/webhook"):
            self.assert_same_webhook(ours, theirs)
        for ours, theirs in self.pairs("/pagerduty", "/am/pagerduty"):
            self.assertEqual(ours["event_action"], theirs["event_action"])
        ours, theirs = (self.receiver.deliveries(path)[0].body for path in ("/pagerduty", "/am/pagerduty"))
        self.assertEqual(ours["payload"]["severity"], theirs["payload"]["severity"])
        self.assertLessEqual({"summary", "source", "severity", "custom_details"}, set(ours["payload"]))
        keys = [{each.body["dedup_key"] for each in self.receiver.deliveries(path)}
                for path in ("/pagerduty", "/am/pagerduty")]
        self.assertEqual([len(each) for each in keys], [1, 1], "firing and resolved have one key, here as there")
        for ours, theirs in self.pairs("/slack/hush-hush", "/am/slack"):
            state = re.match(r"\[(FIRING|RESOLVED)", theirs["attachments"][0]["title"])[1]
            self.assertTrue(ours["text"].startswith(state), (ours["text"], state))

    def pairs(self, ours, theirs):
        """The bodies on two paths, side by side."""
        return [(one.body, other.body)
                for one, other in zip(self.receiver.deliveries(ours), self.receiver.deliveries(theirs), strict=True)]

    def assert_same_webhook(self, ours, theirs):
        """Body and alert have the same keys, and the same values where Alertmanager takes them from us."""
        self.assertEqual(set(ours) - {"sonde"}, set(theirs))
        for key in ("version", "status", "commonLabels", "truncatedAlerts"):
            self.assertEqual(ours[key], theirs[key], key)
        (ours,), (theirs,) = ours["alerts"], theirs["alerts"]
        self.assertEqual(set(theirs) - set(ours), set())
        for key in ("status", "labels", "fingerprint"):
            self.assertEqual(ours[key], theirs[key], key)
        # Go writes no zeros at the end of a fraction.
        moments = [datetime.datetime.fromisoformat(each["startsAt"]) for each in (ours, theirs)]
        self.assertEqual(moments[0], moments[1])
        self.assertEqual(ours["annotations"].items() - theirs["annotations"].items(), set())

    def assert_no_secret_is_told(self):
        """Neither in the log nor anywhere in what is served."""
        texts = [self.daemon.log(), self.daemon.metrics().text]
        texts += [self.daemon.get(path)[1] for path in ("/api/v1/status/config", "/api/v1/alerts", "/api/v1/rules")]
        for secret in ("hush-hush", TOKEN, ROUTING_KEY, SIGNING_SECRET):
            for text in texts:
                self.assertNotIn(secret, text)
