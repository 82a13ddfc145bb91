"""Messages about incidents of several alerts, by the real senders: beside those of a real Alertmanager about the same
alerts, and within the limits of their receivers.
"""

import datetime
import re

from harness.alertmanager import Alertmanager
from harness.case import SondeCase
from harness.incidents import INCIDENT_URL, Incident, send_message
from harness.mail_server import MailServer
from harness.waiting import wait_until

REQUIRES = ("send_message", "prometheus-alertmanager", "aiosmtpd")

_WAIT_S = 30
#: What Alertmanager's body has not, and what it writes in another form.
_OUR_KEY = "sonde"
_BY_ROUTE = ("groupKey",)
_BOT_FIRST = ["1800000000.000100", "C0OPS"]


class Case(SondeCase):
    """A receiver that records, and one program that sends."""

    def setUp(self):
        super().setUp()
        self.receiver = self.start_receiver()
        self.receiver.answer_usually("/pagerduty", 202, "{}")

    def tell(self, notification, kind, path, **more):
        """Sends it to a path of the receiver. Returns the body that arrived there last."""
        channel = {"kind": kind, "url": self.receiver.url(path)} | more.pop("channel", {})
        attempt = send_message(channel=channel, notification=notification, **more)
        self.assertEqual(attempt["outcome"], "delivered", attempt)
        told = self.receiver.deliveries(path)
        return told[-1].body if told else None


class BesideAlertmanager(Case):
    """The same alerts at the same time: two fire, one of them ends, then the other."""

    def setUp(self):
        super().setUp()
        self.alertmanager = Alertmanager(self.directory / "alertmanager", self.receiver.url(""),
                                         group_by="service_name", group_wait="1s")
        self.addCleanup(self.alertmanager.stop)
        # Alertmanager's text for the severity names none where alerts have several; ours is the worst of them.
        self.incident = Incident(2, base=Alertmanager.EXTERNAL_URL, severity="critical")

    def stages(self):
        """Each state of the incident: what Alertmanager said of it on a path, in the order of time."""
        self.alertmanager.send(self.incident.for_alertmanager())
        self.receiver.wait_for("/am/webhook", 1, _WAIT_S)
        yield "firing", 0
        self.incident.end(1)
        self.alertmanager.send(self.incident.for_alertmanager())
        self.receiver.wait_for("/am/webhook", 2, _WAIT_S)
        yield "update", 1
        self.incident.end(0)
        self.alertmanager.send(self.incident.for_alertmanager())
        self.receiver.wait_for("/am/webhook", 3, _WAIT_S)
        yield "resolved", 2

    def test_webhook_pagerduty_and_slack_say_the_same_of_them(self):
        for kind, index in self.stages():
            for path in ("/am/pagerduty", "/am/slack"):
                self.receiver.wait_for(path, index + 1, _WAIT_S)
            theirs = {path: self.receiver.deliveries(f"/am/{path}")[index].body
                      for path in ("webhook", "pagerduty", "slack")}
            message = self.incident.notification(kind)
            with self.subTest(kind):
                self.assert_same_webhook(self.tell(message, "webhook", "/ours/webhook"), theirs["webhook"])
                self.assert_same_pagerduty(self.tell(message, "pagerduty", "/pagerduty"), theirs["pagerduty"])
                self.assert_same_slack(self.tell(message, "slack", "/ours/slack"), theirs["slack"])
        for path in ("/pagerduty", "/am/pagerduty"):
            keys = {each.body["dedup_key"] for each in self.receiver.deliveries(path)}
            self.assertEqual(len(keys), 1, f"{path}: one key from the start to the end")

    def test_max_alerts_leaves_out_as_many(self):
        limited = Alertmanager(self.directory / "limited", self.receiver.url(""), group_by="service_name",
                               group_wait="1s", max_alerts=1)
        self.addCleanup(limited.stop)
        limited.send(Incident(3).for_alertmanager())
        theirs = self.receiver.wait_for("/am/webhook", 1, _WAIT_S)[0].body
        ours = self.tell(Incident(3).notification(), "webhook", "/ours/webhook", channel={"max_alerts": 1})
        self.assertEqual((theirs["truncatedAlerts"], len(theirs["alerts"])), (2, 1))
        self.assertEqual((ours["truncatedAlerts"], len(ours["alerts"])), (2, 1))
        for key in ("commonLabels", "groupLabels"):
            self.assertEqual(set(ours[key]) - set(theirs[key]), set(), key)

    def assert_same_webhook(self, ours, theirs):
        """Every key that Alertmanager has; the key of a group names another route in each of them."""
        self.assertEqual(set(ours), set(theirs) | {_OUR_KEY})
        for key in set(theirs) - set(_BY_ROUTE) - {"alerts"}:
            self.assertEqual(ours[key], theirs[key], key)
        self.assertEqual(re.sub("^{.*?}", "{}", ours["groupKey"]), theirs["groupKey"])
        ours, theirs = ({each["fingerprint"]: _with_moments(each) for each in body["alerts"]}
                        for body in (ours, theirs))
        self.assertEqual(ours, theirs)

    def assert_same_pagerduty(self, ours, theirs):
        """Action, severity and counts. Ours has text of its own, names the host as the source, and says no more of an
        end than that there is one.
        """
        self.assertEqual(ours["event_action"], theirs["event_action"])
        if ours["event_action"] == "resolve":
            return
        self.assertEqual(set(theirs["payload"]) - set(ours["payload"]), set())
        self.assertEqual(ours["payload"]["severity"], theirs["payload"]["severity"])
        self.assertTrue(ours["client_url"].startswith(theirs["client_url"].split("/#")[0]), theirs["client_url"])
        for count in ("num_firing", "num_resolved"):
            self.assertEqual(str(ours["payload"]["custom_details"][count]),
                             theirs["payload"]["custom_details"][count], count)

    def assert_same_slack(self, ours, theirs):
        """State, colour and number of what fires; both lead to where one reads on."""
        (theirs,), text = theirs["attachments"], ours["text"]
        state = re.match(r"\[(FIRING|RESOLVED)(?::(\d+))?\]", theirs["title"])
        self.assertTrue(text.startswith(state[1]), (text, theirs["title"]))
        more = re.search(", and ([0-9]+) more", text)
        if state[2]:
            self.assertEqual(int(state[2]), 1 + int(more[1] if more else 0), (text, theirs["title"]))
        self.assertEqual(theirs["color"], "danger" if state[1] == "FIRING" else "good")
        self.assertEqual(ours["attachments"][0]["color"], "#e01e5a" if state[1] == "FIRING" else "#2eb67d")
        self.assertIn(self.incident.url, str(ours))


class ForwardToAlertmanager(Case):
    """A real one takes what we forward, and knows alerts by the same names."""

    def setUp(self):
        super().setUp()
        self.alertmanager = Alertmanager(self.directory / "alertmanager", self.receiver.url(""),
                                         group_by="service_name", group_wait="1h")
        self.addCleanup(self.alertmanager.stop)

    def forward(self, incident, kind="firing"):
        """Every alert of the incident. Returns what became of it."""
        return send_message(channel={"kind": "alertmanager", "url": self.alertmanager.url()},
                            notification=incident.notification(kind))

    def test_every_alert_of_an_incident_arrives_and_ends_by_itself(self):
        incident = Incident(1_500)
        self.assertEqual(self.forward(incident)["outcome"], "delivered")
        wait_until(lambda: len(self.alertmanager.alerts()) == 1_500, _WAIT_S, "all of them fire")
        first = {each["fingerprint"]: each for each in self.alertmanager.alerts()}
        incident.end(7)
        self.assertEqual(self.forward(incident, "update")["outcome"], "delivered")
        wait_until(lambda: len(self.alertmanager.alerts()) == 1_499, _WAIT_S, "one is over")
        for alert in self.alertmanager.alerts():
            self.assertEqual(alert["startsAt"], first[alert["fingerprint"]]["startsAt"])
        self.assertEqual(self.forward(incident, "acknowledged")["receipt"][2],
                         "not sent: Alertmanager knows no acknowledged")


class Limits(Case):
    """A thousand alerts are one message; hostile texts are texts."""

    def test_g06_slack_holds_a_thousand_alerts(self):
        body = self.tell(Incident(1_000).notification(), "slack", "/slack")
        blocks = body["attachments"][0]["blocks"]
        self.assertLessEqual(len(blocks), 50)
        texts = [block["text"]["text"] for block in blocks if "text" in block]
        fields = [field["text"] for block in blocks for field in block.get("fields", [])]
        self.assertTrue(all(len(text) <= 3000 for text in texts))
        self.assertTrue(all(len(text) <= 2000 for text in fields))
        self.assertLessEqual(len(body["text"]) + sum(map(len, texts + fields)), 13_000)
        self.assertRegex(str(texts), rf"\+\d+ more: <{re.escape(INCIDENT_URL)}\|all of them>")

    def test_g06_pagerduty_and_webhook_hold_a_thousand_alerts(self):
        message = Incident(1_000).notification()
        event = self.tell(message, "pagerduty", "/pagerduty")
        self.assertLessEqual(len(self.receiver.deliveries("/pagerduty")[-1].raw), 512 * 1024)
        details = event["payload"]["custom_details"]
        self.assertEqual(details["num_firing"], 1_000)
        self.assertEqual(len(details["alerts"]) + details.get("alerts_left_out", 0), 1_000)
        body = self.tell(message, "webhook", "/webhook", channel={"max_alerts": 100})
        self.assertEqual((len(body["alerts"]), body["truncatedAlerts"]), (100, 900))

    def test_p16_odd_and_long_texts_stay_texts(self):
        incident = Incident(1, summary="\N{FIRE}" * 5_000 + "\x01 end")
        incident.key = "k" * 900
        event = self.tell(incident.notification(), "pagerduty", "/pagerduty")
        self.assertLessEqual(len(event["payload"]["summary"]), 1_024)
        self.assertLessEqual(len(event["dedup_key"]), 255)
        self.assertNotIn("�", event["payload"]["summary"].replace("\N{FIRE}", ""))

    def test_p17_nothing_becomes_a_mention_a_header_or_html(self):
        hostile = "<!channel> *</script>\r\nBcc: all@shop.example \" \x00"
        incident = Incident(2, summary=hostile, service=hostile)
        body = self.tell(incident.notification(), "slack", "/slack")
        self.assertNotIn("<!channel>", str(body))
        self.assertIn("&lt;!channel&gt;", body["text"])
        body = self.tell(incident.notification(), "webhook", "/webhook")
        self.assertIn("<!channel> *</script>", body["alerts"][0]["labels"]["service_name"])
        server = MailServer()
        self.addCleanup(server.stop)
        self.mail(server, incident.notification())
        (mail,) = server.wait_for(1, _WAIT_S)
        self.assertIsNone(mail.message["Bcc"])
        self.assertFalse(mail.message.defects)
        self.assertNotIn("</script>", mail.part("html"))

    def mail(self, server, notification, **more):
        """Sends it by mail."""
        attempt = send_message(channel={"kind": "email", "port": server.port}, notification=notification, **more)
        self.assertEqual(attempt["outcome"], "delivered", attempt)

    def test_mails_of_an_incident_hang_together_and_each_has_an_id_of_its_own(self):
        server = MailServer()
        self.addCleanup(server.stop)
        incident = Incident(60)
        self.mail(server, incident.notification())
        self.mail(server, incident.notification("acknowledged", actor="anna", assignee="anna"))
        for index in range(60):
            incident.end(index)
        self.mail(server, incident.notification("resolved", reason="resolved by anna"), instead_of="on-call")
        firing, acknowledged, resolved = server.wait_for(3, _WAIT_S)
        subject = "critical: Alert0 on till, and 59 more"
        self.assertEqual([each.message["Subject"] for each in (firing, acknowledged, resolved)],
                         [f"[FIRING:60] {subject}", f"[ACKNOWLEDGED:60] {subject} (by anna)",
                          f"[RESOLVED] {subject} (in place of on-call)"])
        self.assertEqual(len({each.message["References"] for each in (firing, acknowledged, resolved)}), 1)
        self.assertEqual(len({each.message["Message-ID"] for each in (firing, acknowledged, resolved)}), 3)
        self.assertIn(f"+10 more: {INCIDENT_URL}", firing.part("plain"))
        self.assertIn("Taken on by  anna", acknowledged.part("plain"))
        self.assertIn("resolved by anna", resolved.part("html"))


class SlackBot(Case):
    """One message for each incident, and a thread below it."""

    def setUp(self):
        super().setUp()
        posted = '{"ok": true, "channel": "C0OPS", "ts": "1800000000.000100"}'
        for method in ("chat.postMessage", "chat.update"):
            self.receiver.answer_usually(f"/api/{method}", 200, posted)
        self.incident = Incident(2)

    def bot(self, kind, receipt=None, **more):
        """Sends one message by the bot. Returns what Slack calls it."""
        extra = {"receipt": receipt} if receipt else {}
        attempt = send_message(channel={"kind": "bot", "url": self.receiver.url("/api")},
                               notification=self.incident.notification(kind, **more), **extra)
        self.assertEqual(attempt["outcome"], "delivered", attempt)
        return attempt["receipt"][:2]

    def bodies(self, method):
        """What was sent to a method of the API so far."""
        return [each.body for each in self.receiver.deliveries(f"/api/{method}")]

    def test_an_incident_is_one_message_that_says_how_it_stands(self):
        first = self.bot("firing")
        self.assertEqual(first, _BOT_FIRST)
        self.assertEqual(self.bot("acknowledged", first, actor="anna", assignee="anna"), first)
        self.bot("noticed", first, actor="anna", reason="it is the new release")
        self.bot("resolved", first, reason="over")
        self.bot("firing", first, reason="reopened")
        self.assertEqual([each["text"].split()[0] for each in self.bodies("chat.update")],
                         ["ACKNOWLEDGED", "RESOLVED", "FIRING"])
        fields = self.bodies("chat.update")[0]["attachments"][0]["blocks"][1]["fields"]
        self.assertIn("*Taken on by*\nanna", [each["text"] for each in fields])
        _, *answers = self.bodies("chat.postMessage")
        self.assertEqual({each["thread_ts"] for each in answers}, {first[0]})
        self.assertEqual([each.get("reply_broadcast", False) for each in answers], [False, False, False, True])
        self.assertIn("it is the new release", str(answers[1]))

    def test_p15_a_message_that_is_gone_is_posted_anew(self):
        self.receiver.answer_usually("/api/chat.update", 200, '{"ok": false, "error": "message_not_found"}')
        posted = '{"ok": true, "channel": "C0OPS", "ts": "1900000000.000900"}'
        self.receiver.answer_usually("/api/chat.postMessage", 200, posted)
        self.assertEqual(self.bot("resolved", _BOT_FIRST), ["1900000000.000900", "C0OPS"])
        (again,) = self.bodies("chat.postMessage")
        self.assertNotIn("thread_ts", again)


def _with_moments(alert):
    """The alert with its times as times: Go writes no zeros at the end of a fraction."""
    return alert | {key: datetime.datetime.fromisoformat(alert[key]) for key in ("startsAt", "endsAt")}
