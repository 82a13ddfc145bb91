#!/usr/bin/env python3
"""How long from the first request that fails to the message in the channel. A shop goes bad, one department after the
other, each at a known moment; Sonde, which sees its requests in the kernel, and a real Prometheus, which scrapes it, have
the same rules without `for`, and tell a webhook each, the latter through a real Alertmanager. Both keep their defaults:
Sonde samples each 10 s; Prometheus scrapes and evaluates each minute; Alertmanager waits 30 s for others of the group.
"""

import argparse
import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import platform
import signal
import statistics
import sys
import tempfile
import threading
import time

_BENCH = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(_BENCH.parent / "e2e"), str(_BENCH / "overhead")]

from harness.alertmanager import PROGRAM, Alertmanager  # noqa: E402
from harness.child import Child  # noqa: E402
from harness.daemon import Daemon  # noqa: E402
from harness.prometheus import Prometheus  # noqa: E402
from harness.receiver import Receiver  # noqa: E402
from harness.requirements import missing, repository_root  # noqa: E402
from harness.waiting import wait_until  # noqa: E402

from figures import Figure, render  # noqa: E402

SKIP_EXIT_CODE = 77
DEPARTMENTS = ("books", "films", "games", "music")
#: Requests of each department.
_PAUSE_S = 0.1

_SONDE = """
{more}
rules: {{files: ["{rules}"]}}
notify: {{webhook: [{{name: hub, url: "{url}"}}]}}
"""
#: {address} is for the harness.
_PROMETHEUS = """
%(more)s
rule_files: ["%(rules)s"]
scrape_configs: [{{job_name: shop, static_configs: [{{targets: ["{address}"]}}]}}]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:%(port)s"]}}]}}]}}
"""
_GROUP = "groups:\n  - name: shop\n    rules:\n"
_RULE = """
      - alert: {name}
        expr: sum(rate({errors}[{window}])) / sum(rate({all}[{window}])) > {bad}
        for: 0s
        labels: {{severity: critical}}
"""


@dataclasses.dataclass(frozen=True)
class Plan:
    """How long everything is well, within which time all departments break, and what is no default."""

    warm_s: float
    span_s: float
    limit_s: float
    window: str
    bad: float = 0.05  # so much of the requests
    sonde: str = ""
    prometheus: str = ""
    group_wait: str = "30s"
    interval: str = ""


#: The moments are spread over Prometheus' interval.
FULL = Plan(warm_s=130, span_s=60, limit_s=240, window="4m")
QUICK = Plan(warm_s=12, span_s=5, limit_s=60, window="20s", sonde="store: {interval: 5s}\nalerts: {start_delay: 1s}",
             prometheus="global: {{scrape_interval: 5s, scrape_timeout: 5s, evaluation_interval: 5s}}", group_wait="5s", interval="5s",
             bad=0.2)  # a loaded machine sends few requests in so short a window


def rules_of(plan, selector):
    """A rule for each department; `selector` gives the series of its errors and of all its requests."""
    text = f"groups:\n  - name: shop\n    interval: {plan.interval}\n    rules:\n" if plan.interval else _GROUP
    for name in DEPARTMENTS:
        errors, whole = selector(name)
        text += _RULE.format(name=name.capitalize(), errors=errors, all=whole, window=plan.window, bad=plan.bad)
    return text


class Load:
    """Asks for every department all the time."""

    def __init__(self, port):
        self._port = port
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(name,), daemon=True) for name in DEPARTMENTS]
        for thread in self._threads:
            thread.start()

    def _ask(self, name):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        with contextlib.closing(connection):
            while not self._stop.wait(_PAUSE_S):
                connection.request("GET", f"/{name}")
                connection.getresponse().read()

    def stop(self):
        """Lets it end."""
        self._stop.set()
        for thread in self._threads:
            thread.join(20)


def break_department(port, name):
    """The moment from which on its requests fail."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        connection.request("POST", f"/{name}")
        connection.getresponse().read()
    return time.monotonic()


def told_at(receiver, path):
    """When each department was first told to fail."""
    moments = {}
    for each in receiver.deliveries(path):
        for alert in each.body["alerts"]:
            name = alert["labels"]["alertname"].lower()
            if alert["status"] == "firing" and name in DEPARTMENTS:
                moments.setdefault(name, each.at)
    return moments


def start_sonde(directory, plan, port, receiver, stack):
    """The daemon, which is shown the shop's port only."""
    def selector(name):
        labels = f'server_port="{port}",http_route="/{name}"'
        family = "http_server_request_duration_seconds_count"
        return f'{family}{{{labels},http_response_status_code=~"5.."}}', f"{family}{{{labels}}}"

    rules, config = directory / "sonde_rules.yml", directory / "sonde.yaml"
    rules.write_text(rules_of(plan, selector))
    config.write_text(_SONDE.format(more=plan.sonde, rules=rules, url=receiver.url("/sonde")))
    daemon = Daemon([f"port:{port}"], config)
    stack.callback(daemon.stop)
    return daemon


def start_prometheus(directory, plan, port, receiver, stack):
    """With its Alertmanager."""
    def selector(name):
        return f'shop_requests_total{{department="{name}",code=~"5.."}}', f'shop_requests_total{{department="{name}"}}'

    alertmanager = Alertmanager(directory / "am", f"http://127.0.0.1:{receiver.port}", group_by="alertname",
                                group_wait=plan.group_wait)
    stack.callback(alertmanager.stop)
    rules = directory / "prometheus_rules.yml"
    rules.write_text(rules_of(plan, selector))
    config = _PROMETHEUS % {"more": plan.prometheus, "rules": rules, "port": alertmanager.port}
    prometheus = Prometheus(directory, f"127.0.0.1:{port}", config)
    stack.callback(prometheus.stop)


def measure(directory, plan, stack):
    """Seconds from the moment to the message, by department, of both."""
    receiver = Receiver()
    stack.callback(receiver.stop)
    shop = Child([sys.executable, pathlib.Path(__file__).with_name("shop.py")], read="stdout")
    stack.callback(shop.stop)
    port = shop.wait_for_line(int, 20, "the shop says its port")
    load = Load(port)
    stack.callback(load.stop)
    start_sonde(directory, plan, port, receiver, stack)
    start_prometheus(directory, plan, port, receiver, stack)
    print(f"all is well for {plan.warm_s} s", flush=True)
    time.sleep(plan.warm_s)
    early = {**told_at(receiver, "/sonde"), **told_at(receiver, "/am/webhook")}
    if early:
        raise SystemExit(f"told before anything was bad: {early}")
    broken = {}
    for name in DEPARTMENTS:
        broken[name] = break_department(port, name)
        print(f"{name} fails", flush=True)
        time.sleep(plan.span_s / len(DEPARTMENTS))
    paths = {"sonde": "/sonde", "prometheus": "/am/webhook"}
    wait_until(lambda: all(len(told_at(receiver, path)) == len(DEPARTMENTS) for path in paths.values()), plan.limit_s,
               lambda: f"all is told: {[told_at(receiver, path) for path in paths.values()]}")
    return {who: {name: at - broken[name] for name, at in told_at(receiver, path).items()}
            for who, path in paths.items()}


def figures_of(report):
    """The table."""
    figures = []
    for who, name in (("sonde", "Sonde"), ("prometheus", "Prometheus and Alertmanager")):
        seconds = sorted(report[who].values())
        figures.append(Figure(f"from the failure to the channel, {name}", statistics.median(seconds), "s", "",
                              (seconds[0], seconds[-1]), f"of {len(seconds)}; first and last beside it"))
    ratio = figures[1].value / figures[0].value
    figures.append(Figure("sooner by", ratio, "ratio", "", (), "of the medians"))
    return figures


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true",
                        help="5 s where the defaults are 10 s, 30 s and a minute: shows that it runs")
    parser.add_argument("--output", type=pathlib.Path,
                        default=repository_root() / "build" / "bench" / "channel_latency.json",
                        help="where the figures are written as JSON (default: %(default)s)")
    return parser.parse_args()


def main():
    """Measures, prints the table, writes the file. Fails only if something was not told, or too early."""
    arguments = parse_arguments()
    lacking = missing(("sonde", "prometheus", PROGRAM))
    if lacking:
        print(f"SKIPPED channel_latency: {'; '.join(lacking)}", file=sys.stderr)
        return SKIP_EXIT_CODE
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # so that the daemons and files go
    with tempfile.TemporaryDirectory(prefix="sonde-bench-") as name, contextlib.ExitStack() as stack:
        report = measure(pathlib.Path(name), QUICK if arguments.quick else FULL, stack)
    table = figures_of(report)
    report["machine"] = {"kernel": platform.release(), "cores": os.cpu_count()}
    report["figures"] = [dataclasses.asdict(each) for each in table]
    print(f"\n{os.cpu_count()} cores, Linux {platform.release()}\n")
    print(render(table))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(report, indent=1) + "\n")
    print(f"\nwritten to {arguments.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
