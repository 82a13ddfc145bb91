"""Incidents of several alerts, in the form that our program for tests sends and in that of Alertmanager's API."""

import datetime
import json
import subprocess
import time

from .requirements import send_message_program

#: Where the incident of a test can be read on about.
INCIDENT_URL = "https://sonde.example/incidents/12"


class Incident:
    """Alerts of one service, the first of which is critical. All have begun a minute ago."""

    def __init__(self, alerts, base="https://sonde.example", summary="too many tills are closed", service="till",
                 severity="warning"):
        self._now = time.time()
        self._service = service
        self._severity = severity
        self.url = f"{base}/incidents/12"
        self.key = "web-1/00c0ffee00c0ffee/incident-12"
        self._alerts = [self._alert(index, summary) for index in range(alerts)]

    def end(self, index):
        """One of the alerts is over, since a second."""
        self._alerts[index]["ended_at"] = round(self._now - 1, 3)

    def notification(self, kind="firing", **more):
        """A message about it, as our program takes one."""
        alerts = sorted(self._alerts, key=lambda alert: "ended_at" in alert)
        return {"kind": kind, "incident": 12, "receiver": "all", "group_key": "00c0ffee00c0ffee",
                "group_labels": {"service_name": self._service}, "alerts": alerts, "at": self._now, "host": "web-1",
                "incident_url": self.url, "acknowledge_url": self.url, "dedup_key": self.key} | more

    def for_alertmanager(self):
        """Its alerts, as Alertmanager's API takes them."""
        return [{"labels": each["labels"], "annotations": each["annotations"], "generatorURL": each["generator_url"],
                 "startsAt": _moment(each["started_at"]),
                 "endsAt": _moment(each.get("ended_at", self._now + 3600))} for each in self._alerts]

    def _alert(self, index, summary):
        return {"labels": {"alertname": f"Alert{index}", "service_name": self._service, "instance": "web-1",
                           "severity": self._severity if index else "critical"},
                "annotations": {"summary": summary, "description": f"number {index}"}, "value": index,
                "generator_url": f"http://prometheus.example/graph?g0.expr={index}",
                "started_at": round(self._now - 60, 3)}


def _moment(seconds):
    """As RFC 3339 writes it."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat()


def send_message(**message):
    """Sends one message by a channel, with the real sender. Returns what became of the attempt."""
    done = subprocess.run([send_message_program()], input=json.dumps(message), capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(f"send_message ends with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)
