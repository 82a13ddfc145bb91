"""Acknowledge from anywhere: by the link of a message, by Slack's buttons, by PagerDuty's webhook."""

import base64
import hashlib
import hmac
import http.client
import json
import threading
import time
import urllib.parse

from harness.alerting_case import AlertingCase
from harness.exposition import Page
from harness.waiting import wait_until

REQUIRES = ("sonde",)

_API = "/api/sonde/v1"
_EXTERNAL = "https://sonde.example"
_SECRET = "a-secret-of-this-test"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _sign(text):
    return hmac.new(_SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()


class AcknowledgeCase(AlertingCase):
    """What the ways have in common."""

    def send(self, method, path, body="", headers=None):
        """(status, headers, text) of a request with this very body."""
        connection = http.client.HTTPConnection(self.daemon.address, timeout=20)
        try:
            connection.request(method, path, body or None, headers or {})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read().decode("utf-8")
        finally:
            connection.close()

    def wait_for_incident(self):
        """The one open incident."""
        wait_until(lambda: self.get(f"{_API}/incidents?open=true")["incidents"], 20,
                   lambda: f"an incident is opened\n{self.daemon.log()}")
        (incident,) = self.get(f"{_API}/incidents?open=true")["incidents"]
        return incident

    def incident(self, number):
        """An incident as it is now."""
        return self.get(f"{_API}/incidents/{number}")


class Links(AcknowledgeCase):
    """The link in a message is all it takes."""

    def setUp(self):
        super().setUp()
        token = self.directory / "token"
        token.write_text("token-of-root\n")
        self.start(notify=f"  external_url: {_EXTERNAL}\n",
                   more=f'server: {{auth: [{{name: root, role: admin, token_file: "{token}"}}]}}\n')

    def ask(self, method, path, body=None, headers=None):
        """As root."""
        return super().ask(method, path, body, {"Authorization": "Bearer token-of-root", **(headers or {})})

    def link(self):
        """The path in the message about an alert, and its incident's number."""
        self.fire("DiskFull", severity="critical", service_name="shop")
        (message,) = self.receiver.wait_for("/hub", 1, 20)
        url = message.body["sonde"]["acknowledge_url"]
        self.assertTrue(url.startswith(f"{_EXTERNAL}/ack/"), url)
        return url.removeprefix(_EXTERNAL), message.body["sonde"]["incident"]

    def test_a_link_is_looked_at_by_programs_and_used_by_one_person_once(self):
        path, number = self.link()
        for method in ("GET", "HEAD", "GET"):
            status, headers, text = self.send(method, path)
            self.assertEqual(status, 200, text)
            self.assertEqual((headers["Cache-Control"], headers["Referrer-Policy"]), ("no-store", "no-referrer"))
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertIn("DiskFull on shop", text)
        self.assertEqual(self.incident(number)["status"], "triggered")
        # As a browser does it from that page.
        status, _, text = self.send("POST", path, headers={"Origin": "null", **_FORM})
        self.assertEqual(status, 200, text)
        self.assertEqual(self.incident(number)["acknowledged_by"], ["link by hub"])
        version = self.incident(number)["version"]
        status, _, text = self.send("POST", path, headers=_FORM)
        self.assertEqual(status, 409)
        self.assertIn("link by hub", text)
        self.assertEqual(self.incident(number)["version"], version)
        wait_until(lambda: Page(self.ask("GET", "/metrics")[2]).total("sonde_answers_total", way="link",
                                                                     outcome="done") == 1, 5, "the answer is counted")

    def test_what_was_made_up_acknowledges_nothing(self):
        path, number = self.link()
        claim, signature = path.removeprefix("/ack/").split(".")
        text = base64.urlsafe_b64decode(claim + "=" * (-len(claim) % 4)).decode()
        forged = base64.urlsafe_b64encode(text.replace("link by hub", "somebody").encode()).decode().rstrip("=")
        for wrong, expected in ((f"/ack/{forged}.{signature}", 403), (path[:-8], 400), ("/ack/x", 400)):
            for method in ("GET", "POST"):
                self.assertEqual(self.send(method, wrong)[0], expected, wrong)
        self.assertEqual(self.incident(number)["status"], "triggered")

    def test_no_token_is_shown_where_others_can_read_it(self):
        path, number = self.link()
        self.send("GET", path)
        self.send("POST", path)
        secret = path.removeprefix("/ack/")
        shown = [self.daemon.log()]
        for page in ("deliveries", f"incidents/{number}", f"incidents/{number}/timeline", "timeline", "alerts"):
            shown.append(self.ask("GET", f"{_API}/{page}")[2])
        shown.append(self.ask("GET", "/api/v2/alerts")[2])
        for text in shown:
            self.assertNotIn(secret, text)
            self.assertNotIn("/ack/", text)


class Slack(AcknowledgeCase):
    """Buttons of a bot's messages."""

    def setUp(self):
        super().setUp()
        token = self.directory / "token"
        token.write_text("xoxb-1\n")
        for method in ("chat.postMessage", "chat.update"):
            self.receiver.answer_usually(f"/slack/{method}", 200, json.dumps({"ok": True, "channel": "C1", "ts": "1.1"}))
        self.start(channels="ops", notify=f'  slack: [{{name: ops, token_file: "{token}", channel: C1, '
                                          f'api_url: "{self.receiver.url("/slack")}", signing_secret: {_SECRET}}}]\n')
        self.fire("DiskFull", severity="critical")
        (self.message,) = self.receiver.wait_for("/slack/chat.postMessage", 1, 20)
        self.number = self.wait_for_incident()["id"]

    @staticmethod
    def buttons(message):
        """The buttons of a message by what they are called."""
        blocks = message.body["attachments"][0]["blocks"]
        return {each["action_id"]: each for block in blocks if block["type"] == "actions" for each in block["elements"]}

    def press(self, name, at="1.5", secret=_SECRET, age=0, answers=None):
        """Presses a button as ann; what that is answered."""
        button = self.buttons(self.message)[name]
        payload = {"type": "block_actions", "user": {"id": "U1", "username": "ann"},
                   "actions": [{"action_id": button["action_id"], "value": button["value"], "action_ts": at}]}
        body = urllib.parse.urlencode({"payload": json.dumps(payload)})
        timestamp = str(int(time.time()) - age)
        signature = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
        status, _, text = self.send("POST", f"{_API}/slack/interactions", body,
                                    {**_FORM, "X-Slack-Signature": f"v0={signature}",
                                     "X-Slack-Request-Timestamp": timestamp})
        if answers is not None:
            answers.append((status, text))
        return status, text

    def test_a09_a_repeated_button_acknowledges_once(self):
        answers = []
        threads = [threading.Thread(target=self.press, args=("sonde_acknowledge",), kwargs={"answers": answers})
                   for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual(answers, [(200, "")] * 3)
        incident = self.incident(self.number)
        self.assertEqual((incident["status"], incident["acknowledged_by"]), ("acknowledged", ["slack:ann"]))
        entries = self.get(f"{_API}/incidents/{self.number}/timeline")["entries"]
        self.assertEqual(sum(entry["change"] == "acknowledged" for entry in entries), 1)
        (update, *_) = self.receiver.wait_for("/slack/chat.update", 1, 20)
        self.assertEqual(self.buttons(update), {})
        self.daemon.wait_for_metric(lambda page: page.total("sonde_answers_total", way="slack", outcome="repeated") == 2,
                                    5, "repeats are counted")

    def test_the_other_button_resolves(self):
        self.assertEqual(self.press("sonde_resolve"), (200, ""))
        self.assertEqual(self.incident(self.number)["status"], "resolved")
        entries = self.get(f"{_API}/incidents/{self.number}/timeline")["entries"]
        self.assertIn(("resolved", "slack:ann"), [(entry["change"], entry["actor"]) for entry in entries])

    def test_what_slack_has_not_signed_just_now_is_refused(self):
        self.assertEqual(self.press("sonde_acknowledge", secret="another")[0], 401)
        self.assertEqual(self.press("sonde_acknowledge", age=400)[0], 401)
        self.assertEqual(self.press("sonde_acknowledge", age=-400)[0], 401)
        self.assertEqual(self.send("POST", f"{_API}/slack/interactions", "payload=%7B%7D", _FORM)[0], 401)
        self.assertEqual(self.incident(self.number)["status"], "triggered")
        self.assertNotIn(_SECRET, self.daemon.log())

    def test_nobody_listens_to_those_without_a_secret(self):
        self.assertEqual(self.send("POST", f"{_API}/pagerduty/webhook", "{}")[0], 404)


class PagerDuty(AcknowledgeCase):
    """What people do there is done here, and is not told back for ever."""

    def setUp(self):
        super().setUp()
        key = self.directory / "key"
        key.write_text("routing-key\n")
        self.receiver.answer_usually("/pd", 202, json.dumps({"status": "success", "dedup_key": "x"}))
        self.start(channels="pager", notify=f'  pagerduty: [{{name: pager, routing_key_file: "{key}", '
                                            f'url: "{self.receiver.url("/pd")}", webhook_secret: {_SECRET}}}]\n')
        self.fire("DiskFull", severity="critical")
        (trigger,) = self.receiver.wait_for("/pd", 1, 20)
        self.key = trigger.body["dedup_key"]
        self.number = self.wait_for_incident()["id"]

    def tell(self, kind, event="E1", agent=None, signature=None, key=None):
        """What a webhook is answered."""
        body = json.dumps({"event": {
            "id": event, "event_type": kind, "resource_type": "incident",
            "occurred_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "agent": agent or {"id": "P1", "type": "user_reference", "summary": "Ann Bell"},
            "data": {"id": "Q1", "type": "incident", "incident_key": key or self.key}}})
        return self.send("POST", f"{_API}/pagerduty/webhook", body,
                         {"Content-Type": "application/json",
                          "X-PagerDuty-Signature": signature or f"v1={'0' * 64},v1={_sign(body)}"})[0]

    def told(self, count):
        """What PagerDuty was told, once there is so much of it."""
        return [each.body["event_action"] for each in self.receiver.wait_for("/pd", count, 20)]

    def test_what_is_done_there_is_done_here_and_told_back_once(self):
        self.assertEqual(self.tell("incident.acknowledged", "E1"), 200)
        self.assertEqual(self.incident(self.number)["acknowledged_by"], ["pagerduty:Ann Bell"])
        self.assertEqual(self.told(2), ["trigger", "acknowledge"])
        version = self.incident(self.number)["version"]
        # PagerDuty tells of what it was told.
        ours = {"id": "R1", "type": "events_api_v2_inbound_integration_reference", "summary": "Sonde"}
        self.assertEqual(self.tell("incident.acknowledged", "E2", ours), 200)
        self.assertEqual(self.tell("incident.acknowledged", "E3"), 200)
        self.assertEqual(self.incident(self.number)["version"], version)
        self.assertEqual(self.tell("incident.resolved", "E4"), 200)
        self.assertEqual(self.incident(self.number)["status"], "resolved")
        self.assertEqual(self.told(3), ["trigger", "acknowledge", "resolve"])

    def test_what_pagerduty_has_not_signed_is_refused_and_what_is_not_ours_ignored(self):
        self.assertEqual(self.tell("incident.resolved", signature="v1=" + "0" * 64), 401)
        self.assertEqual(self.tell("incident.resolved", key="another/incident-1"), 200)
        self.assertEqual(self.tell("incident.priority_updated"), 200)
        self.assertEqual(self.incident(self.number)["status"], "triggered")
        self.daemon.wait_for_metric(
            lambda page: page.total("sonde_answers_total", way="pagerduty", outcome="ignored") == 2
            and page.total("sonde_answers_total", way="pagerduty", outcome="refused") == 1, 5, "both are counted")
