#!/usr/bin/env python3
"""What the whole daemon keeps in memory with an hour of 10,000 series in its store, and where.

The baseline of the same run is a daemon whose store is empty: what is above it is the store's. A real Prometheus with
the same samples stands beside both.
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
import subprocess
import sys
import tempfile
import urllib.parse

_TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_TESTS / "e2e"), str(_TESTS / "bench" / "overhead"), str(_TESTS / "bench" / "queries")]

from harness.daemon import Daemon  # noqa: E402
from harness.ports import free_ports  # noqa: E402
from harness.requirements import missing, repository_root  # noqa: E402

from figures import Figure, render  # noqa: E402
from mappings import KINDS, breakdown, totals  # noqa: E402
from queries import FILL_LIMIT_S, QUERIES, QUERY_LIMIT_S, Backfilled, backfill, query_bench  # noqa: E402

SKIP_EXIT_CODE = 77
MIB = 1 << 20
#: Of the daemon with all series.
LIMIT_MIB = 64
SAMPLES = "sonde_store_samples_total"
SETTLE_LIMIT_S = 90
EVALUATIONS = 3


@dataclasses.dataclass(frozen=True)
class Plan:
    """How much to measure. `config` is the daemons'."""

    services: int
    config: str


FULL = Plan(services=50, config="")
QUICK = Plan(services=2, config="store: {interval: 1s}\n")


def fill(directory, store, services, with_samples):
    """Leaves an hour that ends now in `store`, and in directory/samples.txt if asked to. Returns facts about it."""
    command = [query_bench(), "--services", str(services), "--store", store]
    command += ["--dump", directory / "samples.txt"] if with_samples else []
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=FILL_LIMIT_S, check=True)
    return json.loads(done.stdout)


def ask(address, facts):
    """Asks each query once, an instant and a range. Returns how many series there were in all answers."""
    connection = http.client.HTTPConnection(address, timeout=QUERY_LIMIT_S)
    count = 0
    with contextlib.closing(connection):
        for kind, expression in QUERIES:
            words = {"query": expression}
            if kind == "instant":
                words["time"] = facts["end_ms"] / 1000
            else:
                words |= {"start": facts["start_ms"] / 1000, "end": facts["end_ms"] / 1000, "step": 15}
            path = "query" if kind == "instant" else "query_range"
            connection.request("GET", f"/api/v1/{path}?{urllib.parse.urlencode(words)}")
            response = connection.getresponse()
            text = response.read()
            if response.status != 200:
                raise AssertionError(f"{response.status} to {expression}: {text.decode()}")
            count += len(json.loads(text)["data"]["result"])
    return count


def held_series(address, facts):
    """How many series of the benchmark's the daemon still has."""
    words = urllib.parse.urlencode({"query": 'count({__name__=~"bench_.*"})', "time": facts["end_ms"] / 1000})
    connection = http.client.HTTPConnection(address, timeout=QUERY_LIMIT_S)
    with contextlib.closing(connection):
        connection.request("GET", f"/api/v1/query?{words}")
        result = json.loads(connection.getresponse().read())["data"]["result"]
    return int(result[0]["value"][1]) if result else 0


def settle(daemon, series):
    """Waits until rules have been evaluated a few times and until the store has ended all series that did not come
    back: by then it has gone on with each of them.
    """
    def has_settled(page):
        return (page.total("sonde_rule_evaluations_total") >= EVALUATIONS and
                page.total(SAMPLES) >= series)

    daemon.wait_for_metric(has_settled, SETTLE_LIMIT_S, f"{series} series have been gone on with")


def wait_for_samplings(daemon):
    """Waits until the store has sampled twice, for in between the daemon gives back what it needs no more. Returns the
    last page.
    """
    page = daemon.metrics()
    for _ in range(2):
        before = page.total(SAMPLES)
        page = daemon.wait_for_metric(lambda now, before=before: now.total(SAMPLES) > before, SETTLE_LIMIT_S,
                                      "a sampling")
    return page


def measure_sonde(config, store, series, facts):
    """The memory of a daemon on a store that has `series` of the benchmark's; `facts` say what may be asked."""
    with contextlib.ExitStack() as stack:
        (port,) = free_ports(1)  # nobody is there: no service is measured, only the host
        daemon = Daemon([f"port:{port}"], config, state=store)
        stack.callback(daemon.stop)
        ready = totals(daemon.pid)
        settle(daemon, series)
        answered = ask(daemon.address, facts)
        queried = totals(daemon.pid)
        page = wait_for_samplings(daemon)
        return {**totals(daemon.pid), **breakdown(daemon.pid), "ready": ready, "queried": queried,
                "answered_series": answered,
                "store_series": page.total("sonde_store_series"), "store_bytes": page.total("sonde_store_bytes"),
                "held_series": held_series(daemon.address, facts)}


def measure_prometheus(directory, facts):
    """The memory of a Prometheus with the same samples, in blocks that it maps."""
    backfill(directory)
    with contextlib.ExitStack() as stack:
        server = Backfilled(directory)
        stack.callback(server.stop)
        answered = ask(server.address, facts)
        return {"resident": server.resident_mib * MIB, "answered_series": answered}


def measure(directory, plan, with_prometheus):
    """Everything, one after the other."""
    config, empty, full = (directory / name for name in ("sonde.yaml", "empty", "full"))
    config.write_text(plan.config)
    empty.mkdir()
    full.mkdir()
    facts = fill(directory, full, plan.services, with_prometheus)
    print("measuring: sonde, empty store", flush=True)
    report = {"data": facts, "empty": measure_sonde(config, empty, 0, facts)}
    print(f"measuring: sonde, {facts['series']:,} series", flush=True)
    report["sonde"] = measure_sonde(config, full, facts["series"], facts)
    if with_prometheus:
        print("measuring: prometheus", flush=True)
        report["prometheus"] = measure_prometheus(directory, facts)
    return report


def figures_of(report, plan):
    """The table."""
    full, empty = report["sonde"], report["empty"]
    goal = f"<= {LIMIT_MIB}" if plan == FULL else ""
    note = f"{full['store_series']:,.0f} series in the store, which counts {full['store_bytes'] / MIB:.1f} MiB"
    figures = [Figure("resident memory", full["resident"] / MIB, "MiB", goal, (), note),
               Figure("of an empty store", empty["resident"] / MIB, "MiB"),
               Figure("against an empty store", full["resident"] / empty["resident"], "ratio")]
    for key, when in (("ready", "when it is ready"), ("queried", "directly after the queries")):
        figures.append(Figure(when, full[key]["resident"] / MIB, "MiB", "", (),
                              f"empty: {empty[key]['resident'] / MIB:.1f}"))
    if "prometheus" in report:
        theirs = report["prometheus"]["resident"]
        figures += [Figure("of Prometheus", theirs / MIB, "MiB"),
                    Figure("against Prometheus", full["resident"] / theirs, "ratio")]
    for key in ("anonymous", "file", "shared", "peak"):
        figures.append(Figure(f"{key}", full[key] / MIB, "MiB", "", (), f"empty: {empty[key] / MIB:.1f}"))
    for kind in KINDS:
        ours, base = full["kinds"][kind], empty["kinds"][kind]
        figures.append(Figure(f"in {kind}", ours["resident"] / MIB, "MiB", "", (),
                              f"{ours['anonymous'] / MIB:.1f} of it private; empty: {base['resident'] / MIB:.1f}"))
    return figures


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few series: shows that it runs")
    parser.add_argument("--output", type=pathlib.Path, default=repository_root() / "build" / "bench" / "resident.json",
                        help="where the figures are written as JSON (default: %(default)s)")
    return parser.parse_args()


def lacking():
    """A sentence for each thing this machine has not."""
    sentences = missing(("sonde",))
    if not os.access(query_bench(), os.X_OK):
        sentences.append(f"there is no {query_bench()}: build it, or name one with SONDE_QUERY_BENCH")
    return sentences


def main():
    """Measures, prints the table, writes the file. Fails only if series were lost."""
    arguments = parse_arguments()
    if lacking():
        print(f"SKIPPED resident: {'; '.join(lacking())}", file=sys.stderr)
        return SKIP_EXIT_CODE
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # so that the daemons and files go
    plan = QUICK if arguments.quick else FULL
    with tempfile.TemporaryDirectory(prefix="sonde-bench-") as directory:
        report = measure(pathlib.Path(directory), plan, not missing(("prometheus", "promtool")))
    table = figures_of(report, plan)
    report["machine"] = {"kernel": platform.release(), "cores": os.cpu_count()}
    report["figures"] = [{**dataclasses.asdict(each), "verdict": each.verdict} for each in table]
    print(f"\n{os.cpu_count()} cores, Linux {platform.release()}; {report['data']['samples']:,} samples\n")
    print(render(table))
    largest = list(report["sonde"]["files"].items())[:8]
    print("\nlargest files: " + ", ".join(f"{name} {size / MIB:.1f}" for name, size in largest))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(report, indent=1) + "\n")
    print(f"\nwritten to {arguments.output}")
    return 0 if report["sonde"]["held_series"] == report["data"]["series"] else 1


if __name__ == "__main__":
    sys.exit(main())
