#!/usr/bin/env python3
"""Hundreds of HTTP probes a second: whether the schedule is kept, and what it costs.

nginx's access log says when each target was asked. In the same run a real blackbox_exporter probes the same targets as
often, asked by a real Prometheus as one does.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import platform
import signal
import statistics
import sys
import tempfile
import time

_TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_TESTS / "e2e"), str(_TESTS / "bench" / "overhead")]

from harness.blackbox_exporter import PROGRAM as BLACKBOX  # noqa: E402
from harness.blackbox_exporter import BlackboxExporter  # noqa: E402
from harness.certificates import Certificates  # noqa: E402
from harness.daemon import Daemon  # noqa: E402
from harness.nginx import Nginx  # noqa: E402
from harness.prometheus import Prometheus  # noqa: E402
from harness.requirements import missing, repository_root  # noqa: E402
from harness.waiting import wait_until  # noqa: E402

from costs import cpu_ns  # noqa: E402
from figures import Figure, render  # noqa: E402

SKIP_EXIT_CODE = 77
INTERVAL_S = 1
#: The thread that probes, of the daemon's.
THREAD = "probe"

_PROMETHEUS = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: probes
    metrics_path: /probe
    params: {{module: [http]}}
    static_configs: [{{targets: [TARGETS]}}]
    relabel_configs:
      - {{source_labels: [__address__], target_label: __param_target}}
      - {{source_labels: [__param_target], target_label: instance}}
      - {{target_label: __address__, replacement: "{address}"}}
"""


@dataclasses.dataclass(frozen=True)
class Plan:
    """How much to measure."""

    targets: int
    seconds: float


FULL = Plan(targets=500, seconds=30)
QUICK = Plan(targets=50, seconds=4)


def thread_cpu_s(pid, name):
    """Seconds of CPU of the threads of a process that have that name."""
    ticks = 0
    for stat in pathlib.Path(f"/proc/{pid}/task").glob("*/stat"):
        text = stat.read_text()
        if f"({name})" in text:
            fields = text.rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def spread_of(log, targets):
    """How exactly the schedule was kept, from nginx's log: of each target, the distances between two requests, and how
    far each request is from the grid of its first one.
    """
    by_target = {}
    for line in log:
        by_target.setdefault(line.target, []).append(line.msec)
    distances, drifts, counts = [], [], []
    for times in by_target.values():
        counts.append(len(times))
        distances += [later - earlier for earlier, later in zip(times, times[1:])]
        drifts += [(at - times[0]) - round((at - times[0]) / INTERVAL_S) * INTERVAL_S for at in times]
    per_100ms = {}
    for line in log:
        slot = int(line.msec * 10)
        per_100ms[slot] = per_100ms.get(slot, 0) + 1
    inner = sorted(per_100ms.values())[1:-1] or [0]
    return {"targets": len(by_target), "expected_targets": targets, "requests": sum(counts),
            "least": min(counts, default=0), "most": max(counts, default=0),
            "distance_p50": statistics.median(distances), "distance_worst": max(distances),
            "drift_p99_ms": 1e3 * sorted(map(abs, drifts))[int(len(drifts) * 0.99)],
            "drift_worst_ms": 1e3 * max(map(abs, drifts)),
            "last_drift_ms": 1e3 * statistics.median(drifts[-len(by_target):]),
            "busiest_100ms": inner[-1], "mean_100ms": statistics.mean(inner)}


def observe(plan, nginx, read_cpu):
    """CPU of a core over the plan's time, and the schedule in it."""
    since = len(nginx.log())
    begin, cpu = time.monotonic(), read_cpu()
    time.sleep(plan.seconds)
    took, used = time.monotonic() - begin, [later - earlier for earlier, later in zip(cpu, read_cpu())]
    return {"core_shares": [each / took for each in used], **spread_of(nginx.log()[since:], plan.targets)}


def urls(plan, nginx):
    """Each target is a path of its own."""
    return [nginx.url(f"/users/{number}") for number in range(plan.targets)]


def measure_sonde(directory, plan, nginx):
    """The daemon with all targets. It measures a port where nobody is: what it sees of its own probes is not wanted."""
    lines = ["probes:"] + [f'  t{number}: {{http: "{url}", interval: {INTERVAL_S}s, timeout: 500ms}}'
                           for number, url in enumerate(urls(plan, nginx))]
    config = directory / "sonde.yaml"
    config.write_text("\n".join(lines) + "\n")
    with contextlib.ExitStack() as stack:
        daemon = Daemon(["port:1"], config)
        stack.callback(daemon.stop)
        daemon.wait_for_metric(lambda page: page.total("sonde_probe_runs_total") >= 3 * plan.targets, 60,
                               "each target has been probed")
        report = observe(plan, nginx, lambda: (thread_cpu_s(daemon.pid, THREAD), cpu_ns(daemon.pid) / 1e9))
        page = daemon.metrics()
        return {**report, "skipped": page.total("sonde_probe_runs_total", outcome="skipped"),
                "failed": page.total("sonde_probe_runs_total", outcome="failure")}


def measure_blackbox(directory, plan, nginx):
    """blackbox_exporter, asked by a Prometheus."""
    certificates = Certificates(directory / "tls")
    with contextlib.ExitStack() as stack:
        exporter = BlackboxExporter(directory, certificates.path("ca.pem"))
        stack.callback(exporter.stop)
        targets = ", ".join(f'"{url}"' for url in urls(plan, nginx))
        server = Prometheus(directory, exporter.address, _PROMETHEUS.replace("TARGETS", targets))
        stack.callback(server.stop)
        since = len(nginx.log())
        wait_until(lambda: len(nginx.log()) - since >= 3 * plan.targets, 60, "each target has been probed")
        return observe(plan, nginx, lambda: (cpu_ns(exporter.pid) / 1e9, cpu_ns(server.pid) / 1e9))


def figures_of(report):
    """The table."""
    ours = report["sonde"]
    figures = [Figure("targets", ours["targets"], "", "", (), f"each every {INTERVAL_S} s"),
               Figure("probes of a target", ours["least"], "", "", (), f"at most {ours['most']}"),
               Figure("skipped", ours["skipped"], "", "<= 0"),
               Figure("failed", ours["failed"], "", "<= 0"),
               Figure("distance, median", ours["distance_p50"], "s"),
               Figure("distance, worst", ours["distance_worst"], "s"),
               Figure("off the grid, p99", ours["drift_p99_ms"], "ms"),
               Figure("off the grid, worst", ours["drift_worst_ms"], "ms"),
               Figure("off the grid at the end", ours["last_drift_ms"], "ms", "", (), "median; no drift if it is near 0"),
               Figure("busiest 100 ms", ours["busiest_100ms"] / ours["mean_100ms"], "ratio", "", (), "to the mean"),
               Figure("CPU of the probe thread", 100 * ours["core_shares"][0], "% of a core"),
               Figure("CPU of the daemon", 100 * ours["core_shares"][1], "% of a core")]
    if "blackbox" in report:
        theirs = report["blackbox"]
        figures += [Figure("CPU of blackbox_exporter", 100 * theirs["core_shares"][0], "% of a core", "", (),
                           f"{theirs['requests']} probes, Sonde {ours['requests']}"),
                    Figure("CPU of its Prometheus", 100 * theirs["core_shares"][1], "% of a core"),
                    Figure("its distance, worst", theirs["distance_worst"], "s"),
                    Figure("its grid, p99", theirs["drift_p99_ms"], "ms"),
                    Figure("probe thread against blackbox_exporter",
                           (ours["core_shares"][0] / ours["requests"]) / (theirs["core_shares"][0] / theirs["requests"]),
                           "ratio", "", (), "CPU a probe")]
    return figures


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few targets: shows that it runs")
    parser.add_argument("--output", type=pathlib.Path, default=repository_root() / "build" / "bench" / "probes.json",
                        help="where the figures are written as JSON (default: %(default)s)")
    return parser.parse_args()


def main():
    """Measures, prints the table, writes the file. Fails only if a target was not probed."""
    arguments = parse_arguments()
    lacking = missing(("sonde", "nginx"))
    if lacking:
        print(f"SKIPPED probes: {'; '.join(lacking)}", file=sys.stderr)
        return SKIP_EXIT_CODE
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # so that the daemons and files go
    plan = QUICK if arguments.quick else FULL
    with tempfile.TemporaryDirectory(prefix="sonde-bench-") as name, contextlib.ExitStack() as stack:
        directory = pathlib.Path(name)
        nginx = Nginx(directory / "nginx")
        stack.callback(nginx.stop)
        print(f"measuring: sonde, {plan.targets} targets", flush=True)
        report = {"sonde": measure_sonde(directory, plan, nginx)}
        if not missing((BLACKBOX, "prometheus", "openssl")):
            print("measuring: blackbox_exporter", flush=True)
            report["blackbox"] = measure_blackbox(directory, plan, nginx)
    table = figures_of(report)
    report["machine"] = {"kernel": platform.release(), "cores": os.cpu_count()}
    report["figures"] = [{**dataclasses.asdict(each), "verdict": each.verdict} for each in table]
    print(f"\n{os.cpu_count()} cores, Linux {platform.release()}\n")
    print(render(table))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(report, indent=1) + "\n")
    print(f"\nwritten to {arguments.output}")
    return 0 if report["sonde"]["targets"] == plan.targets else 1


if __name__ == "__main__":
    sys.exit(main())
