"""Heartbeats: who does not call is an alert, and the daemon calls for as long as it works."""

from harness.alerting_case import AlertingCase
from harness.waiting import wait_until

REQUIRES = ("sonde",)


class Heartbeats(AlertingCase):
    """Both ways."""

    def told(self):
        """(status, heartbeat) of every message."""
        return [(each.body["status"], each.body["alerts"][0]["labels"]["heartbeat"])
                for each in self.receiver.deliveries("/hub")]

    def beat(self, name):
        """The status of a call."""
        return self.ask("POST", f"/api/sonde/v1/heartbeats/{name}")[0]

    def test_who_does_not_call_is_told_until_it_does(self):
        self.start("heartbeats: {expect: [{name: backup, every: 4s, grace: 1s}, {name: monthly, every: 30d}]}")
        wait_until(lambda: self.told() == [("firing", "backup")], 30, lambda: f"{self.told()}\n{self.daemon.log()}")
        self.assertEqual(self.beat("bakcup"), 404)
        self.assertEqual(self.beat("backup"), 200)
        listed = {each["name"]: each for each in self.get("/api/sonde/v1/heartbeats")["heartbeats"]}
        self.assertFalse(listed["monthly"]["overdue"])
        self.assertIsNone(listed["monthly"]["heard_at"])
        self.assertIsNotNone(listed["backup"]["heard_at"])
        wait_until(lambda: self.told()[:2] == [("firing", "backup"), ("resolved", "backup")], 30, lambda: f"{self.told()}\n{self.get('/api/sonde/v1/timeline')}")

    def test_the_daemon_calls_for_as_long_as_it_runs(self):
        (self.directory / "url").write_text(self.receiver.url("/alive"))
        self.start(f"heartbeats: {{send: {{url_file: {self.directory}/url, every: 1s}}}}")
        self.receiver.wait_for("/alive", 3, 30)
        self.assertNotIn(self.receiver.url("/alive"), self.daemon.log())
        self.daemon.stop()
        before = len(self.receiver.deliveries("/alive"))
        self.start()
        self.assertEqual(len(self.receiver.deliveries("/alive")), before)
