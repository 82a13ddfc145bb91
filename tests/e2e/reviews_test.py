"""What incidents were: reviews, whether a fix holds, and reports, over the API and by verbs."""

import csv
import datetime
import io
import json
import signal

from harness.alerting_case import AlertingCase
from harness.daemon import Daemon
from harness.waiting import wait_until

REQUIRES = ("sonde",)

_API = "/api/sonde/v1"


class Reviews(AlertingCase):
    """Alerts come and go; people say afterwards what it was."""

    def setUp(self):
        super().setUp()
        self.start("incidents: {verify_after: 2s, reopen_window: 0s}")

    def begin(self):
        """The daemon again, on files that stay."""
        self.daemon = Daemon([f"port:{self.receiver.port}"], self.directory / "sonde.yaml",
                             state=self.directory / "state")
        self.addCleanup(self.daemon.stop)

    def end(self, name, **labels):
        """Sends that an alert is over."""
        ended = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=1)
        alert = {"labels": {"alertname": name, **labels}, "endsAt": ended.strftime("%Y-%m-%dT%H:%M:%SZ")}
        status, _, text = self.ask("POST", "/api/v2/alerts", [alert])
        self.assertEqual(status, 200, text)

    def newest(self, name, status):
        """The newest incident of an alert, once it is so."""
        def found():
            for incident in self.get(f"{_API}/incidents")["incidents"]:
                if incident["alerts"][0]["alert"] == name:
                    return incident if incident["status"] == status else None
            return None
        return wait_until(found, 30, lambda: f"{name} is {status}\n{self.daemon.log()}")

    def live_through(self, name, **labels):
        """The number of an incident that was opened and resolved."""
        self.fire(name, **labels)
        self.newest(name, "triggered")
        self.end(name, **labels)
        return self.newest(name, "resolved")["id"]

    def review(self, incident, code=200, **said):
        """What a review is answered."""
        status, _, text = self.ask("POST", f"{_API}/incidents/{incident}/review", {"author": "ann", **said})
        self.assertEqual(status, code, text)
        return json.loads(text)

    def wait_for_state(self, incident, state):
        """Until the review of an incident is in that state."""
        def review():
            known = self.get(f"{_API}/incidents/{incident}")["review"]
            return known if known["state"] == state else None
        return wait_until(review, 30, lambda: f"the review of {incident} is {state}\n{self.daemon.log()}")

    def changes(self, incident):
        """What happened to an incident, in order."""
        return [entry["change"] for entry in self.get(f"{_API}/incidents/{incident}/timeline")["entries"]]

    def test_what_does_not_fire_again_is_verified(self):
        incident = self.live_through("DiskFull", severity="critical", team="db")
        known = self.review(incident, cause="the log grew", action="rotated it", verdict="actionable",
                            follow_up="https://tracker.example/7", fixed=True)["review"]
        self.assertEqual((known["state"], known["verdict"], known["cause"]), ("watching", "actionable", "the log grew"))
        self.assertEqual(self.wait_for_state(incident, "verified")["came_back_as"], None)
        changes = self.changes(incident)
        self.assertLess(changes.index("resolved"), changes.index("reviewed"))
        self.assertLess(changes.index("reviewed"), changes.index("verified"))

    def test_what_fires_again_has_come_back_and_says_as_what(self):
        incident = self.live_through("DiskFull", severity="critical", team="db")
        self.fire("Other", team="db")
        self.newest("Other", "triggered")
        self.review(incident, fixed=True)
        self.fire("DiskFull", severity="warning", team="db")
        again = self.newest("DiskFull", "triggered")
        self.assertNotEqual(again["id"], incident)
        self.assertEqual(self.wait_for_state(incident, "came_back")["came_back_as"], again["id"])
        self.assertIn("came back", self.changes(incident))
        self.assertIn("came back", self.changes(again["id"]))
        self.assertNotIn("verified", self.changes(incident))
        refused = self.review(incident, code=409, fixed=True)
        self.assertIn(f"#{again['id']}", refused["error"])

    def test_a_restart_goes_on_watching(self):
        self.daemon.stop()
        self.begin()
        incident = self.live_through("DiskFull")
        self.review(incident, fixed=True, verdict="noise")
        self.daemon.stop(signal.SIGKILL)
        self.begin()
        self.assertEqual(self.wait_for_state(incident, "verified")["verdict"], "noise")

    def test_a_report_says_how_it_went(self):
        self.review(self.live_through("Noisy", service_name="shop"), verdict="noise")
        self.review(self.live_through("Useful", service_name="shop"), verdict="actionable")
        report = self.get(f"{_API}/reports/incidents?by=rule")
        self.assertEqual([(group["key"], group["noise"]) for group in report["groups"]], [("Noisy", 1), ("Useful", 0)])
        total = report["total"]
        self.assertEqual((total["incidents"], total["reviewed"], total["noise_ratio"]), (2, 2, 0.5))
        self.assertEqual((total["brief"], total["never_acknowledged"], total["open"]), (2, 2, 0))
        self.assertGreaterEqual(total["mttr_mean_seconds"], 0)
        (hint,) = report["hints"]
        self.assertEqual((hint["rule"], hint["smallest_for"]), ("Noisy", "1m"))
        (service,) = self.get(f"{_API}/reports/incidents?by=service")["groups"]
        self.assertEqual((service["key"], service["incidents"]), ("shop", 2))
        self.assertEqual(self.get(f"{_API}/reports/incidents?to=2020-01-01T00:00:00Z")["total"]["incidents"], 0)

    def test_the_verbs_do_all_of_it(self):
        incident = str(self.live_through("Noisy", team="db"))
        said = self.sonde("incidents", "review", incident, "--verdict", "noise", "--cause", "a short peak",
                          "--follow-up", "https://tracker.example/7", "--fixed", "--author", "ann")
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertIn(f"incident {incident} is reviewed: noise", said.stdout)
        self.assertIn("a short peak", self.sonde("incidents", "show", incident).stdout)
        self.assertIn("Noisy", self.sonde("incidents", "list", "--all").stdout)
        table = self.sonde("incidents", "report")
        self.assertEqual(table.returncode, 0, table.stderr)
        self.assertIn("Noisy: of 1 incidents 1 was noise; `for: 1m` would have dropped it", table.stdout)
        rows = list(csv.DictReader(io.StringIO(self.sonde("incidents", "report", "--by", "team", "-o", "csv").stdout)))
        self.assertEqual([(row["team"], row["noise"]) for row in rows], [("db", "1")])
        daily = self.sonde("incidents", "report", "--by", "day", "--zone", "Asia/Tokyo", "-o", "json")
        self.assertEqual(json.loads(daily.stdout)["zone"], "Asia/Tokyo")
        self.assertEqual(self.sonde("incidents", "review", incident).returncode, 2)
        self.assertEqual(self.sonde("incidents", "review", "999999", "--fixed", "--author", "ann").returncode, 1)
        self.assertEqual(self.sonde("incidents", "report", "--zone", "Mars/Olympus").returncode, 1)
