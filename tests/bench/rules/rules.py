#!/usr/bin/env python3
"""What evaluating 1,000 rules over 10,000 series costs Sonde, beside a real Prometheus with the same samples and rules.

Sonde's time is the CPU of the thread that evaluates; Prometheus' is what it reports for the group (evaluationTime), which
it evaluates one rule after the other, too. The ratio compares the medians: below 1 Sonde is faster.
"""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

_TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_TESTS / "e2e")]

from harness.child import Child  # noqa: E402
from harness.ports import free_ports  # noqa: E402
from harness.prometheus_api import ask  # noqa: E402
from harness.requirements import find_program, missing, repository_root  # noqa: E402
from harness.waiting import wait_until  # noqa: E402

SKIP_EXIT_CODE = 77
LIMIT_S = 600


def rules_bench():
    """The program that measures Sonde's side."""
    given = os.environ.get("SONDE_RULES_BENCH")
    return pathlib.Path(given) if given else repository_root() / "build" / "release" / "bin" / "rules_bench"


def measure_sonde(directory, services, repeats):
    """Figures of Sonde's side; leaves samples.txt and rules.yml in `directory`."""
    done = subprocess.run([rules_bench(), "--services", str(services), "--repeat", str(repeats),
                           "--dump", directory / "samples.txt", "--rules", directory / "rules.yml"],
                          stdout=subprocess.PIPE, text=True, timeout=LIMIT_S, check=True)
    return json.loads(done.stdout)


def measure_prometheus(directory, iterations):
    """Evaluation times of the group.  units: milliseconds."""
    samples = directory / "samples.txt"
    subprocess.run([find_program("promtool"), "tsdb", "create-blocks-from", "openmetrics", samples,
                    directory / "tsdb"], stdout=subprocess.DEVNULL, timeout=LIMIT_S, check=True)
    samples.unlink()
    config = directory / "prometheus.yml"
    config.write_text(f"rule_files: ['{directory}/rules.yml']\n")
    (port,) = free_ports(1)
    address = f"127.0.0.1:{port}"
    with contextlib.ExitStack() as stack:
        server = Child([find_program("prometheus"), f"--config.file={config}", f"--web.listen-address={address}",
                        f"--storage.tsdb.path={directory / 'tsdb'}", "--log.level=error"])
        stack.callback(server.stop)

        def group():
            with contextlib.suppress(OSError):
                groups = ask(address, "rules", [("exclude_alerts", "true")])
                if groups.status == 200 and groups.data["groups"]:
                    return groups.data["groups"][0]
            return None

        wait_until(group, 60, "Prometheus shows its rules")
        took, seen = [], set()
        limit = time.monotonic() + 60 + iterations
        while len(took) < iterations and time.monotonic() < limit:
            shown = group()
            if shown and shown["lastEvaluation"] not in seen and shown["evaluationTime"] > 0:
                seen.add(shown["lastEvaluation"])
                took.append(shown["evaluationTime"] * 1e3)
                bad = [rule for rule in shown["rules"] if rule["health"] == "err"]
                if bad:
                    raise AssertionError(f"Prometheus cannot evaluate {bad[0]}")
            time.sleep(0.2)
        return took


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="little of everything: shows that it runs")
    parser.add_argument("--output", type=pathlib.Path, default=repository_root() / "build" / "bench" / "rules.json",
                        help="where the figures are written as JSON (default: %(default)s)")
    return parser.parse_args()


def main():
    """Measures, prints, writes the file. Fails only if an evaluation failed."""
    arguments = parse_arguments()
    lacking = missing(("prometheus", "promtool"))
    if not os.access(rules_bench(), os.X_OK):
        lacking.append(f"there is no {rules_bench()}: build it, or name one with SONDE_RULES_BENCH")
    if lacking:
        print(f"SKIPPED rules: {'; '.join(lacking)}", file=sys.stderr)
        return SKIP_EXIT_CODE
    services, repeats, iterations = (2, 3, 2) if arguments.quick else (50, 50, 20)
    with tempfile.TemporaryDirectory(prefix="sonde-bench-") as directory:
        sonde = measure_sonde(pathlib.Path(directory), services, repeats)
        prometheus = measure_prometheus(pathlib.Path(directory), iterations)
    theirs = statistics.median(prometheus)
    report = {"sonde": sonde, "prometheus_ms": prometheus, "ratio": sonde["busy"]["median_ms"] / theirs,
              "machine": {"kernel": platform.release(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}}
    busy, idle = sonde["busy"], sonde["idle"]
    print(f"{busy['rules']:,} rules over {sonde['series']:,} series, milliseconds of one core:\n"
          f"  Sonde       median {busy['median_ms']:.1f}, worst {busy['worst_ms']:.1f}\n"
          f"  Prometheus  median {theirs:.1f}, worst {max(prometheus):.1f} ({len(prometheus)} evaluations)\n"
          f"  ratio       {report['ratio']:.2f}\n"
          f"  a rule without data: {idle['median_ms'] * 1e3 / idle['rules']:.1f} us")
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(report, indent=1) + "\n")
    print(f"written to {arguments.output}")
    return 1 if busy["failures"] or idle["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
