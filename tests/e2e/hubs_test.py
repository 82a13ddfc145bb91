"""Two hubs share a PostgreSQL: one decides and sends, the other takes alerts and passes on, and takes over."""

import collections
import http.client
import json
import os
import random
import signal
import subprocess
import threading

from harness.case import SondeCase
from harness.daemon import Daemon
from harness.exposition import Page
from harness.postgresql import Postgresql
from harness.requirements import history_test_program
from harness.waiting import wait_until

REQUIRES = ("sonde", "postgres_history_test")

_CONFIG = """
alerts: {{start_delay: 0s}}
rules: {{built_in: false}}
hub: {{store: "{store}", password_env: SONDE_STORE_PASSWORD}}
notify:
  webhook: [{{name: team, url: "{webhook}"}}]
  route: {{receiver: team, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
  receivers: [{{name: team, channels: [team]}}]
"""
#: The server ends a connection that says nothing for ten seconds, which another hub then sees within a second.
_TAKEOVER_S = 30
_ROUNDS = int(os.environ.get("SONDE_HUB_KILLS", "6"))


def send(hub, alerts):
    """The status of POST /api/v2/alerts; 0 if nobody answers."""
    connection = http.client.HTTPConnection(hub.address, timeout=20)
    try:
        connection.request("POST", "/api/v2/alerts", json.dumps(alerts), {"Content-Type": "application/json"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def firing(name):
    """An alert that fires for five minutes."""
    return {"labels": {"alertname": name, "severity": "critical"}}


def over(name):
    """The same, which is over."""
    return {**firing(name), "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2020-01-01T00:01:00Z"}


class Hubs(SondeCase):
    """Each with a state directory of its own."""

    def setUp(self):
        super().setUp()
        self.receiver = self.start_receiver()
        if Postgresql.find() is None:
            self.skipTest("PostgreSQL is not installed")
        self.server = Postgresql(self.directory)
        self.addCleanup(self.server.stop)
        self.store = f"postgresql://{self.server.USER}@127.0.0.1:{self.server.port}/{self.server.DATABASE}"
        self.config = self.directory / "hub.yaml"
        self.config.write_text(_CONFIG.format(store=self.store, webhook=self.receiver.url("/team")))
        os.environ["SONDE_STORE_PASSWORD"] = self.server.PASSWORD
        self.addCleanup(os.environ.pop, "SONDE_STORE_PASSWORD")
        self.started = 0

    def start_hub(self):
        """One more."""
        self.started += 1
        state = self.directory / f"state{self.started}"
        state.mkdir()
        hub = Daemon.hub(self.config, state)
        self.addCleanup(hub.stop)
        return hub

    def leads(self, hub, wanted=1):
        """Whether it decides; while it begins or ends to do so it may answer nothing."""
        status, text = hub.get("/metrics")
        return status == 200 and Page(text).total("sonde_hub_leading") == wanted

    def told(self):
        """How many different messages said so of each alert, but for acknowledgements: {(status, alertname): count}."""
        keys = {(each.body["status"], each.body["commonLabels"]["alertname"], each.headers["Idempotency-Key"])
                for each in self.receiver.deliveries("/team") if each.body["sonde"]["kind"] != "acknowledged"}
        return collections.Counter((status, name) for status, name, _ in keys)

    def wait_told(self, wanted, seconds=_TAKEOVER_S):
        """Until exactly these messages have come, each under one key."""
        wait_until(lambda: self.told() == wanted, seconds, lambda: f"{wanted} is told; so far {self.told()}")

    def test_the_store_keeps_what_a_file_keeps(self):
        done = subprocess.run([str(history_test_program())], capture_output=True, text=True, timeout=120,
                              check=False, env={**os.environ, "SONDE_POSTGRES": self.store})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("SKIPPED", done.stdout)

    def test_one_decides_and_the_other_takes_over(self):
        first = self.start_hub()
        second = self.start_hub()
        self.assertTrue(self.leads(first))
        self.assertFalse(self.leads(second))
        for body, kind in (("{", "application/json"), ("[]", "text/plain"), ('[{"labels": {}}]', "application/json")):
            self.assertEqual(second.post("/api/v2/alerts", body, kind), first.post("/api/v2/alerts", body, kind))
        # What the second takes, the first tells; what is asked of the second, the first answers.
        self.assertEqual(send(second, [firing("Taken")]), 200)
        self.wait_told({("firing", "Taken"): 1})
        incidents = json.loads(second.get("/api/sonde/v1/incidents")[1])["incidents"]
        self.assertEqual([each["status"] for each in incidents], ["triggered"])
        path = f"/api/sonde/v1/incidents/{incidents[0]['id']}/acknowledge"
        status, text = second.post(path, json.dumps({"author": "ann"}), "application/json")
        self.assertEqual(status, 200, text)
        self.assertEqual(json.loads(first.get("/api/sonde/v1/incidents")[1])["incidents"][0]["status"], "acknowledged")
        first.stop(signal.SIGKILL)
        wait_until(lambda: self.leads(second), _TAKEOVER_S, lambda: f"the second decides\n{second.log()}")
        self.assertEqual(json.loads(second.get("/api/sonde/v1/incidents")[1])["incidents"][0]["status"], "acknowledged")
        third = self.start_hub()
        self.assertFalse(self.leads(third))
        self.assertEqual(send(third, [over("Taken"), firing("New")]), 200)
        self.wait_told({("firing", "Taken"): 1, ("resolved", "Taken"): 1, ("firing", "New"): 1})
        # One that ends in order is followed as well.
        second.stop()
        wait_until(lambda: self.leads(third), _TAKEOVER_S, lambda: f"the third decides\n{third.log()}")
        self.assertEqual(send(third, [over("New")]), 200)
        self.wait_told({("firing", "Taken"): 1, ("resolved", "Taken"): 1, ("firing", "New"): 1, ("resolved", "New"): 1})

    def test_one_that_hangs_is_followed_and_sends_nothing_when_it_wakes(self):
        first = self.start_hub()
        second = self.start_hub()
        os.kill(first.pid, signal.SIGSTOP)
        try:
            wait_until(lambda: self.leads(second), 2 * _TAKEOVER_S, "the second decides")
            self.assertEqual(send(second, [firing("Hung")]), 200)
            self.wait_told({("firing", "Hung"): 1})
        finally:
            os.kill(first.pid, signal.SIGCONT)
        wait_until(lambda: self.leads(first, 0), _TAKEOVER_S, lambda: f"the first stands by\n{first.log()}")
        self.assertEqual(send(first, [over("Hung")]), 200)
        self.wait_told({("firing", "Hung"): 1, ("resolved", "Hung"): 1})

    def test_without_its_store_a_hub_waits(self):
        hub = self.start_hub()
        self.assertEqual(send(hub, [firing("Before")]), 200)
        self.wait_told({("firing", "Before"): 1})
        self.server.stop()
        self.assertGreaterEqual(send(hub, [firing("Meanwhile")]), 500, "whoever sends has to send it again")
        wait_until(lambda: "waits for the store" in hub.get("/metrics")[1] + hub.log(), _TAKEOVER_S,
                   lambda: f"the message waits\n{hub.log()}")
        self.assertEqual(self.told(), {("firing", "Before"): 1})
        self.server.start()
        self.wait_told({("firing", "Before"): 1, ("firing", "Meanwhile"): 1}, 2 * _TAKEOVER_S)
        self.assertTrue(self.leads(hub))

    def test_kill_at_random(self):
        """As two Prometheus would, everybody sends to both; either hub is killed at any moment."""
        chance = random.Random(os.urandom(8))
        hubs = [self.start_hub(), self.start_hub()]
        wanted = collections.Counter()
        for number in range(_ROUNDS):
            begun = [firing(f"A{number}_{each}") for each in range(5)]
            ended = [over(f"A{number - 1}_{each}") for each in range(5)] if number else []
            for hub in hubs:
                send(hub, begun + ended)
            wanted.update(("firing", alert["labels"]["alertname"]) for alert in begun)
            wanted.update(("resolved", alert["labels"]["alertname"]) for alert in ended)
            victim = chance.randrange(2)
            threading.Event().wait(chance.uniform(0, 0.6))
            hubs[victim].stop(signal.SIGKILL)
            other = hubs[1 - victim]
            wait_until(lambda hub=other: self.leads(hub), _TAKEOVER_S, lambda hub=other: f"it decides\n{hub.log()}")
            # A Prometheus sends again and again, and some of it while the other is not there yet.
            self.assertEqual(send(other, begun + ended), 200)
            self.wait_told(wanted)
            hubs[victim] = self.start_hub()
        print(f"{_ROUNDS} kills: {sum(wanted.values())} messages, "
              f"{len(self.receiver.deliveries('/team')) - sum(wanted.values())} repeated under the same key")
