#!/usr/bin/env python3
"""What Sonde costs the services it watches, as ratios between short slices that alternate within one run.

Slices with nobody watching stand before and after each slice that is watched; a figure is the median over these pairs,
with its quartiles. Runs of one configuration differ by more than what is measured here, pairs hardly do.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import platform
import signal
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))

from harness.requirements import missing, repository_root  # noqa: E402

import figures  # noqa: E402
from bench_server import BenchServer  # noqa: E402
from costs import HookCost, bpf_stats, hook_costs, program_costs  # noqa: E402
from slices import BOTH_ENDS, EMPTY, NOBODY, SERVER_ONLY, Observer, can_attach_nothing, load, run_slice  # noqa: E402

SKIP_EXIT_CODE = 77


@dataclasses.dataclass(frozen=True)
class Plan:
    """How much to measure."""

    seconds: int
    cheap_cycles: int
    expensive_cycles: int


FULL = Plan(seconds=2, cheap_cycles=12, expensive_cycles=8)
QUICK = Plan(seconds=1, cheap_cycles=1, expensive_cycles=1)


def sequence(observers, cycles):
    """Nobody, the first observer, nobody, the second, ..., nobody."""
    return [NOBODY] + [kind for observer in list(observers) * cycles for kind in (observer, NOBODY)]


def run_slices(server, plan, observers):
    """Every slice of both services, in order."""
    wanted = [("cheap", kind) for kind in sequence(observers, plan.cheap_cycles)]
    wanted += [("expensive", kind) for kind in sequence([SERVER_ONLY, BOTH_ENDS], plan.expensive_cycles)]
    slices = []
    for index, (service, kind) in enumerate(wanted, 1):
        slices.append(run_slice(server, service, kind, plan.seconds))
        done = slices[-1]
        daemon = f", daemon {done.daemon_ns_per_request:.0f} ns" if done.daemon_ns_per_request else ""
        print(f"[{index}/{len(wanted)}] {service:9} {kind:11} {done.requests_per_sec:10,.0f} requests/s, "
              f"nginx {done.nginx_ns_per_request:.0f} ns{daemon}"
              f"{'' if done.counted_right else f', COUNTED {done.counted} OF {done.requests}'}"
              f"{f', LOST {done.lost}' if done.lost else ''}", flush=True)
    return slices


def empty_ns_per_run(server, seconds):
    """What the kernel's accounting reports for a run of a program that does nothing; None if none ran."""
    with Observer(EMPTY, server.port) as observer:
        before = program_costs(observer.pid)
        load(server, "cheap", seconds)
        after = program_costs(observer.pid)
    costs = [after[program].since(before.get(program, HookCost())) for program in after]
    runs = sum(each.runs for each in costs)
    return sum(each.time_ns for each in costs) / runs if runs else None


def kernel_report(server, seconds):
    """Kernel time by hook and by request, with the kernel's accounting on. Both ends are watched, so half of it is
    one side's."""
    with bpf_stats():
        with Observer(BOTH_ENDS, server.port) as observer:
            before = hook_costs(observer.daemon.metrics())
            _, requests, _ = load(server, "cheap", seconds)
            after = hook_costs(observer.daemon.metrics())
        empty = empty_ns_per_run(server, seconds) if can_attach_nothing() else None
    costs = {hook: cost.since(before.get(hook, HookCost())) for hook, cost in after.items()}
    time_ns, runs = (sum(getattr(each, key) for each in costs.values()) for key in ("time_ns", "runs"))
    return {
        "hooks": {hook: {"runs": cost.runs, "ns_per_run": cost.time_ns / cost.runs}
                  for hook, cost in costs.items() if cost.runs},
        "empty_ns_per_run": empty,
        "requests": requests,
        "ns_per_request_and_side": (time_ns - runs * (empty or 0)) / requests / 2 if runs else None,
    }


def machine():
    """Where the figures are from."""
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text()
    model = next((line.split(":", 1)[1].strip() for line in cpuinfo.splitlines() if line.startswith("model name")), "")
    return {"kernel": platform.release(), "processor": model, "cores": os.cpu_count()}


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one pair of everything: shows that it runs")
    parser.add_argument("--cycles", type=int, help="how often each observer gets its turn")
    parser.add_argument("--seconds", type=int, help="length of a slice")
    parser.add_argument("--output", type=pathlib.Path, default=repository_root() / "build" / "bench" / "overhead.json",
                        help="where the figures and slices are written as JSON (default: %(default)s)")
    return parser.parse_args()


def plan_from(arguments):
    """The plan the command line asks for."""
    plan = QUICK if arguments.quick else FULL
    if arguments.cycles:
        plan = dataclasses.replace(plan, cheap_cycles=arguments.cycles, expensive_cycles=arguments.cycles)
    return dataclasses.replace(plan, seconds=arguments.seconds) if arguments.seconds else plan


def measure(plan):
    """Runs the plan. Returns (slices, report on kernel time)."""
    observers = [SERVER_ONLY, BOTH_ENDS]
    if can_attach_nothing():
        observers.append(EMPTY)
    else:
        print("NOT MEASURED: empty hooks. The program empty_hooks is not built beside sonde.", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="sonde-bench-") as directory:
        server = BenchServer(directory)
        try:
            load(server, "cheap", 1)  # warms caches and the page's first answer; not a slice
            return run_slices(server, plan, observers), kernel_report(server, plan.seconds)
        finally:
            server.stop()


def main():
    """Measures, prints the table, writes the file. Fails only if Sonde miscounted."""
    arguments = parse_arguments()
    lacking = missing(("sonde", "nginx", "wrk"))
    if lacking:
        print(f"SKIPPED overhead: {'; '.join(lacking)}", file=sys.stderr)
        return SKIP_EXIT_CODE
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # so that servers and settings are put back
    slices, kernel = measure(plan_from(arguments))
    table = [*figures.throughput_figures(slices), *figures.cpu_figures(slices), *figures.hook_figures(kernel),
             *figures.other_figures(slices)]
    where = machine()
    print(f"\n{where['processor']}, {where['cores']} cores, Linux {where['kernel']}\n\n{figures.render(table)}")
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps({
        "machine": where, "figures": [{**dataclasses.asdict(each), "verdict": each.verdict} for each in table],
        "kernel": kernel, "slices": [dataclasses.asdict(each) for each in slices]}, indent=1) + "\n")
    print(f"\nwritten to {arguments.output}")
    return 0 if all(each.counted_right for each in slices) else 1


if __name__ == "__main__":
    sys.exit(main())
