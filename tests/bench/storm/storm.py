#!/usr/bin/env python3
"""Ten thousand alerts at once, sent as a Prometheus sends them: how long until the receiver knows of every one, in how
many messages, and what it takes in memory and on disk. Then all of them end.

The baseline of the same run is a real Alertmanager with the same route and the same receiver. It keeps its state in
memory and may lose messages with it; Sonde has each state and each message on disk before it leaves.
"""

import argparse
import contextlib
import dataclasses
import datetime
import http.client
import json
import os
import pathlib
import platform
import signal
import sys
import tempfile
import time

_TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_TESTS / "e2e"), str(_TESTS / "bench" / "overhead")]

from harness.alertmanager import PROGRAM, Alertmanager  # noqa: E402
from harness.daemon import Daemon  # noqa: E402
from harness.receiver import Receiver  # noqa: E402
from harness.requirements import missing, repository_root  # noqa: E402
from harness.waiting import wait_until  # noqa: E402

from figures import Figure, render  # noqa: E402

SKIP_EXIT_CODE = 77
#: Alerts of one request, as Prometheus has it.
BATCH = 64
LIMIT_S = 240
MIB = 1 << 20

_CONFIG = """
alerts: {{start_delay: 1s}}
rules: {{built_in: false}}
notify:
  max_per_hour: 1000000
  webhook: [{{name: hub, url: "{url}"}}]
  route: {{receiver: hub, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}}
  receivers: [{{name: hub, channels: [hub]}}]
"""


@dataclasses.dataclass(frozen=True)
class Plan:
    """So many groups of so many alerts."""

    groups: int
    each: int

    @property
    def alerts(self):
        """All of them."""
        return self.groups * self.each


FULL = Plan(groups=1000, each=10)
QUICK = Plan(groups=20, each=10)


def alerts_of(plan, ends_at=None):
    """Every alert, in the form of the API."""
    more = {"endsAt": ends_at} if ends_at else {}
    return [{"labels": {"alertname": f"Storm{group}", "instance": f"host{each}", "severity": "critical"},
             "annotations": {"summary": "a storm"}, **more} for group in range(plan.groups) for each in range(plan.each)]


def post(address, alerts):
    """Sends all of them, a batch at a time on one connection."""
    connection = http.client.HTTPConnection(address, timeout=60)
    with contextlib.closing(connection):
        for start in range(0, len(alerts), BATCH):
            while True:
                connection.request("POST", "/api/v2/alerts", json.dumps(alerts[start:start + BATCH]),
                                   {"Content-Type": "application/json"})
                answer = connection.getresponse()
                text = answer.read()
                if answer.status != 429:
                    break
                time.sleep(float(answer.getheader("Retry-After", "1")))
            if answer.status != 200:
                raise SystemExit(f"a batch was answered {answer.status}: {text}")


def names_told(receiver, path, status):
    """(alert, instance) of every alert that a message has told to be so."""
    return {(alert["labels"]["alertname"], alert["labels"]["instance"])
            for each in receiver.deliveries(path) for alert in each.body["alerts"] if alert["status"] == status}


def rss(pid):
    """Resident memory.  units: bytes."""
    fields = pathlib.Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def cpu(pid):
    """Seconds of CPU so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def live_through(plan, address, pid, receiver, path):
    """Begin and end of the storm, as the receiver sees it."""
    before = cpu(pid)
    facts = {"rss_before": rss(pid)}
    for status, alerts in (("firing", alerts_of(plan)), ("resolved", None)):
        if alerts is None:
            now = datetime.datetime.now(datetime.timezone.utc).isoformat()
            alerts = alerts_of(plan, now)
        began = time.monotonic()
        post(address, alerts)
        facts[f"{status}_accepted_s"] = time.monotonic() - began
        wait_until(lambda state=status: len(names_told(receiver, path, state)) >= plan.alerts, LIMIT_S,
                   lambda state=status: f"{len(names_told(receiver, path, state))} of {plan.alerts} are {state}")
        facts[f"{status}_s"] = max(each.at for each in receiver.deliveries(path)) - began
        facts[f"{status}_rss"] = rss(pid)
    facts["messages"] = len(receiver.deliveries(path))
    facts["told"] = len(names_told(receiver, path, "firing"))
    facts["cpu_s"] = cpu(pid) - before
    return facts


def measure_sonde(directory, plan, receiver):
    """The daemon, which is shown the receiver's port only."""
    config = directory / "sonde.yaml"
    config.write_text(_CONFIG.format(url=receiver.url("/sonde")))
    state = directory / "state"
    state.mkdir()
    daemon = Daemon([f"port:{receiver.port}"], config, state=state)
    with contextlib.ExitStack() as stack:
        stack.callback(daemon.stop)
        facts = live_through(plan, daemon.address, daemon.pid, receiver, "/sonde")
        facts["incidents"] = plan.groups
        facts["database"] = sum(each.stat().st_size for each in state.glob("alerts.db*"))
    return facts


def measure_alertmanager(directory, plan, receiver):
    """A real one, whose other channels are not looked at."""
    server = Alertmanager(directory / "am", f"http://127.0.0.1:{receiver.port}", group_by="alertname", group_wait="1s")
    with contextlib.ExitStack() as stack:
        stack.callback(server.stop)
        return live_through(plan, f"127.0.0.1:{server.port}", server.pid, receiver, "/am/webhook")


def figures_of(plan, report):
    """The table."""
    ours = report["sonde"]
    figures = [Figure("alerts", plan.alerts, "", "", (), f"in {plan.groups} groups"),
               Figure("told of", ours["told"], "", f">= {plan.alerts}"),
               Figure("messages", ours["messages"], ""),
               Figure("until all are told to fire", ours["firing_s"], "s"),
               Figure("alerts a second, from the API to the receiver", plan.alerts / ours["firing_s"], "1/s"),
               Figure("until all are told to be over", ours["resolved_s"], "s"),
               Figure("CPU", ours["cpu_s"], "s"),
               Figure("memory above rest", (ours["firing_rss"] - ours["rss_before"]) / MIB, "MiB"),
               Figure("history of 1,000 incidents", ours["database"] / MIB * 1000 / ours["incidents"], "MiB")]
    if "alertmanager" in report:
        theirs = report["alertmanager"]
        figures += [Figure("the same in Alertmanager, to fire", theirs["firing_s"], "s"),
                    Figure("the same in Alertmanager, to be over", theirs["resolved_s"], "s"),
                    Figure("its messages", theirs["messages"], ""),
                    Figure("its CPU", theirs["cpu_s"], "s"),
                    Figure("time to fire against Alertmanager", ours["firing_s"] / theirs["firing_s"], "ratio"),
                    Figure("CPU against Alertmanager", ours["cpu_s"] / theirs["cpu_s"], "ratio", "", (),
                           "it also tells two channels more")]
    return figures


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few alerts: shows that it runs")
    parser.add_argument("--output", type=pathlib.Path, default=repository_root() / "build" / "bench" / "storm.json",
                        help="where the figures are written as JSON (default: %(default)s)")
    return parser.parse_args()


def main():
    """Measures, prints the table, writes the file. Fails only if an alert was not told."""
    arguments = parse_arguments()
    lacking = missing(("sonde",))
    if lacking:
        print(f"SKIPPED storm: {'; '.join(lacking)}", file=sys.stderr)
        return SKIP_EXIT_CODE
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # so that the daemons and files go
    plan = QUICK if arguments.quick else FULL
    with tempfile.TemporaryDirectory(prefix="sonde-bench-") as name, contextlib.ExitStack() as stack:
        receiver = Receiver()
        stack.callback(receiver.stop)
        print(f"measuring: sonde, {plan.alerts} alerts", flush=True)
        report = {"sonde": measure_sonde(pathlib.Path(name), plan, receiver)}
        if not missing((PROGRAM,)):
            print("measuring: Alertmanager", flush=True)
            report["alertmanager"] = measure_alertmanager(pathlib.Path(name), plan, receiver)
    table = figures_of(plan, report)
    report["machine"] = {"kernel": platform.release(), "cores": os.cpu_count()}
    report["figures"] = [{**dataclasses.asdict(each), "verdict": each.verdict} for each in table]
    print(f"\n{os.cpu_count()} cores, Linux {platform.release()}\n")
    print(render(table))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(report, indent=1) + "\n")
    print(f"\nwritten to {arguments.output}")
    return 0 if report["sonde"]["told"] == plan.alerts else 1


if __name__ == "__main__":
    sys.exit(main())
