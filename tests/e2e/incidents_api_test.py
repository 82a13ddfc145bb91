"""Incidents over Sonde's own API and by its verbs: who may change them, and what becomes of them."""

import json
import os
import signal
import threading
import uuid

from harness.alerting_case import AlertingCase
from harness.daemon import run_verb
from harness.ports import free_ports
from harness.waiting import wait_until

REQUIRES = ("sonde",)

_API = "/api/sonde/v1"


class Incidents(AlertingCase):
    """Without users, from this host."""

    def setUp(self):
        super().setUp()
        self.start()
        self.fire("DiskFull", severity="critical", team="db")
        self.incident = self.wait_for_incident()

    def wait_for_incident(self):
        """The number of the one open incident."""
        wait_until(lambda: self.get(f"{_API}/incidents?open=true")["incidents"], 20,
                   lambda: f"an incident is opened\n{self.daemon.log()}")
        (incident,) = self.get(f"{_API}/incidents?open=true")["incidents"]
        return incident["id"]

    def order(self, order, body=None, headers=None, code=200):
        """What an order is answered."""
        status, got, text = self.ask("POST", f"{_API}/incidents/{self.incident}/{order}",
                                     {"author": "ann", **(body or {})}, headers)
        self.assertEqual(status, code, text)
        return json.loads(text), got

    def test_an_incident_lives_from_alert_to_resolve(self):
        (message,) = self.receiver.wait_for("/hub", 1, 20)
        self.assertEqual(message.body["alerts"][0]["labels"]["alertname"], "DiskFull")
        acknowledged, headers = self.order("acknowledge", {"for": "1h", "note": "on it"})
        self.assertEqual((acknowledged["status"], acknowledged["acknowledged_by"]), ("acknowledged", ["ann"]))
        self.assertEqual(headers["ETag"], f'"{acknowledged["version"]}"')
        self.order("note", {"note": "the log grew"})
        self.order("assign", {"to": "ben"})
        resolved, _ = self.order("resolve")
        self.assertEqual(resolved["status"], "resolved")
        changes = [entry["change"] for entry in self.get(f"{_API}/incidents/{self.incident}/timeline")["entries"]]
        for change in ("opened", "told", "acknowledged", "noted", "assigned", "resolved"):
            self.assertIn(change, changes)

    def test_of_two_who_saw_the_same_version_one_is_refused(self):
        version = self.get(f"{_API}/incidents/{self.incident}")["version"]
        seen = {"If-Match": f'"{version}"'}
        self.order("acknowledge", headers=seen)
        stale, headers = self.order("resolve", headers=seen, code=412)
        self.assertEqual(stale["incident"]["status"], "acknowledged")
        self.assertEqual(headers["ETag"], f'"{stale["incident"]["version"]}"')
        self.order("resolve")
        conflict, _ = self.order("acknowledge", code=409)
        self.assertEqual(conflict["incident"]["status"], "resolved")

    def test_an_order_that_is_sent_twice_is_followed_once(self):
        key = {"Idempotency-Key": str(uuid.uuid4())}
        first, _ = self.order("note", {"note": "once"}, key)
        second, _ = self.order("note", {"note": "once"}, key)
        self.assertEqual(first, second)
        self.order("note", {"note": "twice"}, key, code=422)
        notes = [entry for entry in self.get(f"{_API}/incidents/{self.incident}/timeline")["entries"]
                 if entry["change"] == "noted"]
        self.assertEqual(len(notes), 1)

    def test_an_order_that_is_sent_again_after_a_kill_is_followed_once(self):
        self.daemon.stop()
        state = f"store: {{directory: '{self.directory / 'state'}'}}"
        self.start(state)
        self.fire("DiskFull", severity="critical", team="db")
        self.incident = self.wait_for_incident()
        key = {"Idempotency-Key": str(uuid.uuid4())}
        first, headers = self.order("note", {"note": "once"}, key)
        self.daemon.stop(signal.SIGKILL)
        self.start(state)
        second, again = self.order("note", {"note": "once"}, key)
        self.assertEqual((first, headers["ETag"]), (second, again["ETag"]))
        self.order("note", {"note": "twice"}, key, code=422)
        notes = [entry for entry in self.get(f"{_API}/incidents/{self.incident}/timeline")["entries"]
                 if entry["change"] == "noted"]
        self.assertEqual(len(notes), 1)

    def test_who_waits_hears_of_news(self):
        def told():
            lines = self.get(f"{_API}/incidents/{self.incident}/timeline")
            return lines["after"] if any(each["change"] == "told" for each in lines["entries"]) else None
        after = wait_until(told, 20, "the receiver is told")
        heard = []
        waiting = threading.Thread(target=lambda: heard.append(
            self.get(f"{_API}/timeline?after={after}&incident={self.incident}&wait=15s")))
        waiting.start()
        self.order("note", {"note": "news"})
        waiting.join(30)
        self.assertEqual(heard[0]["entries"][0]["change"], "noted")

    def test_the_verbs_do_all_of_it(self):
        listed = self.sonde("alerts", "list")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertIn("DiskFull", listed.stdout)
        number = str(self.incident)
        for words in (("ack", number, "--for", "1h"), ("unack", number), ("snooze", number, "--for", "1h"),
                      ("note", number, "seen"), ("assign", number, "ben")):
            done = self.sonde("alerts", *words, "--author", "ann")
            self.assertEqual(done.returncode, 0, done.stderr)
        stale = self.sonde("alerts", "resolve", number, "--version-seen", "1", "--author", "ann")
        self.assertEqual(stale.returncode, 1)
        self.assertEqual(self.sonde("alerts", "resolve", number, "--author", "ann").returncode, 0)
        shown = self.sonde("alerts", "show", number, "-o", "json")
        self.assertEqual(json.loads(shown.stdout)["assignee"], "ben")
        self.assertEqual(self.sonde("alerts", "show", "999999").returncode, 1)
        self.assertEqual(self.sonde("alerts", "show", "first").returncode, 2)
        sent = json.loads(self.sonde("deliveries", "list", "--state", "sent", "-o", "json").stdout)["deliveries"]
        self.assertGreaterEqual(len(sent), 1)
        self.assertEqual(self.sonde("deliveries", "retry", sent[0]["id"]).returncode, 1, "it is not dead")

    def test_silences_by_verbs(self):
        added = self.sonde("silence", "add", "DiskFull", "team=db", "--comment", "why", "--author", "ann")
        self.assertEqual(added.returncode, 0, added.stderr)
        self.assertIn("DiskFull", self.sonde("silence", "list").stdout)
        self.assertIn("DiskFull", self.sonde("silence", "preview", "team=db").stdout)
        self.assertEqual(self.sonde("silence", "expire", added.stdout.strip()).returncode, 0)
        self.assertEqual(self.sonde("silence", "list").stdout, "no silences\n")
        self.assertEqual(self.sonde("silence", "add", "team=~(", "--comment", "c", "--author", "a").returncode, 2)

    def test_a_daemon_that_is_not_there_is_an_exit_code_of_its_own(self):
        (port,) = free_ports(1)
        for words in (("alerts", "list"), ("silence", "list"), ("deliveries", "list")):
            self.assertEqual(run_verb(*words, "--address", f"127.0.0.1:{port}").returncode, 3)

    def test_a_page_of_another_site_changes_nothing(self):
        for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}):
            self.order("resolve", headers=headers, code=403)
        status, _, _ = self.ask("POST", f"{_API}/incidents/{self.incident}/resolve",
                                headers={"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(status, 415)


class Users(AlertingCase):
    """With users and their roles."""

    def setUp(self):
        super().setUp()
        lines = []
        for name, role in (("reader", "read"), ("ann", "operate"), ("root", "admin")):
            path = self.directory / name
            path.write_text(f"token-of-{name}\n")
            os.chmod(path, 0o600)
            lines.append(f'    - {{name: {name}, role: {role}, token_file: "{path}"}}')
        self.start_with_users("\n".join(lines))

    def start_with_users(self, users):
        """The daemon; whoever asks whether it is ready needs no token."""
        self.start("server:\n  auth:\n" + users)

    def status(self, method, path, name=None, body=None):
        """Of a request by somebody."""
        headers = {"Authorization": f"Bearer token-of-{name}"} if name else {}
        return self.ask(method, path, body, headers)[0]

    def test_everybody_may_do_what_their_role_says(self):
        alert = [{"labels": {"alertname": "A"}}]
        for name, expected in ((None, 401), ("nobody", 401), ("reader", 200)):
            self.assertEqual(self.status("GET", "/metrics", name), expected)
        for name, expected in ((None, 401), ("reader", 403), ("ann", 200), ("root", 200)):
            self.assertEqual(self.status("POST", "/api/v2/alerts", name, alert), expected)
        for name, expected in (("ann", 403), ("root", 200)):
            self.assertEqual(self.status("POST", "/-/reload", name), expected)
        self.assertEqual(self.status("GET", "/-/healthy"), 200)

    def test_the_verbs_show_their_token(self):
        self.assertEqual(self.sonde("alerts", "list").returncode, 1)
        allowed = self.sonde("alerts", "list", "--token-file", self.directory / "reader")
        self.assertEqual((allowed.returncode, allowed.stdout), (0, "no incidents\n"))
        self.assertNotIn("token-of-", self.daemon.log())
