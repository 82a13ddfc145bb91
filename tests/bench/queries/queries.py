#!/usr/bin/env python3
"""How long queries over an hour of 10,000 series take in Sonde, beside a real Prometheus with the same samples.

Both answer each query in the same run, and their answers must be equal. Sonde's time is that of its engine, without
HTTP; Prometheus' is taken at the client (HTTP and JSON included) and also as it reports it for the evaluation alone.
The ratios compare the evaluations: below 1 Sonde is faster.
"""

import argparse
import contextlib
import http.client
import json
import math
import os
import pathlib
import platform
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

_TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_TESTS / "e2e"), str(_TESTS / "bench" / "overhead")]

from harness.prometheus_api import AskedPrometheus  # noqa: E402
from harness.requirements import find_program, missing, repository_root  # noqa: E402

from costs import memory_bytes  # noqa: E402

SKIP_EXIT_CODE = 77
FULL_SERVICES, FULL_REPEATS = 50, 30
QUICK_SERVICES, QUICK_REPEATS = 2, 2
FILL_LIMIT_S, BACKFILL_LIMIT_S, QUERY_LIMIT_S = 300, 600, 120
#: Floats add up in an order of each engine's own.
TOLERANCE = 1e-9

REQUESTS = "rate(bench_requests_total[5m])"
BUCKETS = "rate(bench_duration_seconds_bucket[5m])"
QUERIES = [
    ("instant", 'bench_requests_total{service="service-1",route="/route/7",code="404"}'),
    ("instant", f"sum({REQUESTS})"),
    ("instant", f"sum by (service) ({REQUESTS})"),
    ("instant", f"topk(10, {REQUESTS})"),
    ("instant", f"histogram_quantile(0.95, sum by (le) ({BUCKETS}))"),
    ("range", f"sum({REQUESTS})"),
    ("range", f"sum by (service) ({REQUESTS})"),
    ("range", f"histogram_quantile(0.95, sum by (le) ({BUCKETS}))"),
    ("range", 'max_over_time(sum(bench_queue_ratio{service="service-1"})[10m:1m])'),
]


class Backfilled(AskedPrometheus):
    """One with blocks of its own. Nothing listens where it scrapes."""

    def __init__(self, directory):
        super().__init__(directory, "127.0.0.1:1")

    @property
    def resident_mib(self):
        """Its memory."""
        return memory_bytes(self._child.pid)[0] / (1 << 20)


def query_bench():
    """The program that measures Sonde's side."""
    given = os.environ.get("SONDE_QUERY_BENCH")
    return pathlib.Path(given) if given else repository_root() / "build" / "release" / "bin" / "query_bench"


def measure_sonde(directory, services, repeats):
    """(facts about the data, figures of each query); leaves the samples in directory/samples.txt."""
    queries = directory / "queries.txt"
    queries.write_text("".join(f"{kind}\t{expression}\n" for kind, expression in QUERIES))
    done = subprocess.run([query_bench(), "--services", str(services), "--repeat", str(repeats), "--queries", queries,
                           "--dump", directory / "samples.txt"],
                          stdout=subprocess.PIPE, text=True, timeout=FILL_LIMIT_S, check=True)
    facts, *figures = (json.loads(line) for line in done.stdout.splitlines())
    return facts, figures


def backfill(directory):
    """Makes blocks of the samples, where the server will look for them."""
    samples = directory / "samples.txt"
    subprocess.run([find_program("promtool"), "tsdb", "create-blocks-from", "openmetrics", samples, directory / "tsdb"],
                   stdout=subprocess.DEVNULL, timeout=BACKFILL_LIMIT_S, check=True)
    samples.unlink()


def parameters(facts, kind, expression):
    """What the API is asked."""
    words = {"query": expression, "stats": "true"}
    if kind == "instant":
        return f"/api/v1/query?{urllib.parse.urlencode({**words, 'time': facts['end_ms'] / 1000})}"
    words |= {"start": facts["start_ms"] / 1000, "end": facts["end_ms"] / 1000, "step": facts["step_ms"] / 1000}
    return f"/api/v1/query_range?{urllib.parse.urlencode(words)}"


def quantile(values, share):
    """The smallest value that `share` of them do not exceed."""
    return sorted(values)[max(1, math.ceil(share * len(values))) - 1]


def measure_prometheus(connection, path, repeats):
    """Figures of one query, asked over one connection."""
    walls, evaluations = [], []
    for _ in range(repeats):
        start = time.perf_counter()
        connection.request("GET", path)
        response = connection.getresponse()
        text = response.read()
        walls.append((time.perf_counter() - start) * 1e3)
        if response.status != 200:
            raise AssertionError(f"Prometheus answers {response.status} to {path}: {text.decode()}")
        data = json.loads(text)["data"]
        evaluations.append(data["stats"]["timings"]["evalTotalTime"] * 1e3)
    return {"median_ms": quantile(evaluations, 0.5), "p99_ms": quantile(evaluations, 0.99),
            "http_median_ms": quantile(walls, 0.5), "http_p99_ms": quantile(walls, 0.99),
            "answer": [_series(each) for each in data["result"]]}


def _series(each):
    samples = each["values"] if "values" in each else [each["value"]]
    return {"labels": each["metric"], "samples": [[round(at * 1000), value] for at, value in samples]}


def differences(ours, theirs):
    """Where two answers differ, as lines of text."""
    first, second = ({json.dumps(each["labels"], sort_keys=True): each["samples"] for each in answer}
                     for answer in (ours, theirs))
    if first.keys() != second.keys():
        return [f"only one side has {labels}" for labels in sorted(first.keys() ^ second.keys())[:5]]
    found = []
    for labels, samples in first.items():
        others = second[labels]
        if [at for at, _ in samples] != [at for at, _ in others]:
            found.append(f"{labels}: {len(samples)} samples at other times than {len(others)}")
            continue
        found += [f"{labels} at {at}: {value} instead of {other}"
                  for (at, value), (_, other) in zip(samples, others)
                  if not math.isclose(float(value), float(other), rel_tol=TOLERANCE)]
    return found


def compare(directory, services, repeats):
    """Both sides' figures of each query."""
    print("measuring: sonde", flush=True)
    facts, ours = measure_sonde(directory, services, repeats)
    print("measuring: prometheus", flush=True)
    backfill(directory)
    rows = []
    with contextlib.ExitStack() as stack:
        server = Backfilled(directory)
        stack.callback(server.stop)
        connection = http.client.HTTPConnection(server.address, timeout=QUERY_LIMIT_S)
        stack.callback(connection.close)
        for sonde in ours:
            prometheus = measure_prometheus(connection, parameters(facts, sonde["kind"], sonde["query"]), repeats)
            found = differences(sonde.pop("answer"), prometheus.pop("answer"))
            if sonde["series"] == 0:
                found.append("nothing was answered")
            rows.append({"query": sonde["query"], "kind": sonde["kind"], "sonde": sonde, "prometheus": prometheus,
                         "ratio_median": sonde["median_ms"] / prometheus["median_ms"],
                         "ratio_p99": sonde["p99_ms"] / prometheus["p99_ms"], "differences": found})
        facts["prometheus_resident_mib"] = server.resident_mib
    facts["sonde_resident_mib"] = ours[-1]["resident_mib"]
    return {"data": facts, "repeats": repeats, "queries": rows}


def render(rows):
    """The table as Markdown, which is also how it is read on a terminal.  units: milliseconds."""
    lines = [("kind", "query", "series", "Sonde median", "p99", "Prometheus median", "p99", "over HTTP median", "p99",
              "ratio median", "p99")]
    for row in rows:
        sonde, prometheus = row["sonde"], row["prometheus"]
        times = (sonde["median_ms"], sonde["p99_ms"], prometheus["median_ms"], prometheus["p99_ms"],
                 prometheus["http_median_ms"], prometheus["http_p99_ms"], row["ratio_median"], row["ratio_p99"])
        lines.append((row["kind"], row["query"], str(sonde["series"]), *(f"{each:.2f}" for each in times)))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="little of everything: shows that it runs")
    parser.add_argument("--repeats", type=int, help=f"how often each query is asked (default: {FULL_REPEATS})")
    parser.add_argument("--output", type=pathlib.Path, default=repository_root() / "build" / "bench" / "queries.json",
                        help="where the figures are written as JSON (default: %(default)s)")
    return parser.parse_args()


def lacking():
    """A sentence for each thing this machine has not."""
    sentences = missing(("prometheus", "promtool"))
    if not os.access(query_bench(), os.X_OK):
        sentences.append(f"there is no {query_bench()}: build it, or name one with SONDE_QUERY_BENCH")
    return sentences


def main():
    """Measures, prints the table, writes the file. Fails only if the answers differ."""
    arguments = parse_arguments()
    if lacking():
        print(f"SKIPPED queries: {'; '.join(lacking())}", file=sys.stderr)
        return SKIP_EXIT_CODE
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # so that the server and files go
    services = QUICK_SERVICES if arguments.quick else FULL_SERVICES
    repeats = arguments.repeats or (QUICK_REPEATS if arguments.quick else FULL_REPEATS)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="sonde-bench-") as directory:
        report = compare(pathlib.Path(directory), services, repeats)
    data = report["data"]
    report["machine"] = {"kernel": platform.release(), "cores": os.cpu_count(), "load": load}
    print(f"\n{os.cpu_count()} cores, load {load:.1f} before; {data['series']:,} series, {data['samples']:,} samples, "
          f"{repeats} times each; resident: Sonde {data['sonde_resident_mib']:.0f} MiB, "
          f"Prometheus {data['prometheus_resident_mib']:.0f} MiB; milliseconds\n")
    print(render(report["queries"]))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(report, indent=1) + "\n")
    print(f"\nwritten to {arguments.output}")
    wrong = [f"{row['kind']} {row['query']}: {each}" for row in report["queries"] for each in row["differences"][:5]]
    wrong += ["samples were dropped"] if data["dropped_samples"] else []
    print("\n".join(wrong) or "all answers are equal")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
