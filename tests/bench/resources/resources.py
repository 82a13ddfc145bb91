#!/usr/bin/env python3
"""What it costs to look over the processes of a host: Sonde beside the exporters it replaces, idle, and in the kernel.

All daemons watch the same processes in the same run and are scraped in turns; what is printed are ratios between them.
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
import time

_TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_TESTS / "e2e"), str(_TESTS / "bench" / "overhead")]

from harness.child import Child  # noqa: E402
from harness.daemon import Daemon  # noqa: E402
from harness.exposition import Page, losses  # noqa: E402
from harness.requirements import missing, repository_root, sonde_binary  # noqa: E402
from harness.waiting import WaitExpired, wait_until  # noqa: E402
from harness.workload import Workload  # noqa: E402

from costs import HookCost, bpf_stats, cpu_ns, hook_costs, memory_bytes, program_costs  # noqa: E402
from figures import Figure, render  # noqa: E402
from subjects import PING_PONG, START_LIMIT_S, ConnectionServer, Exporter, Herd, number_after, scrape  # noqa: E402

SKIP_EXIT_CODE = 77
NODE, PROCESS = "prometheus-node-exporter", "prometheus-process-exporter"
PERIOD_S = 1
COUNT_LIMIT_S = 15
#: What the kernel's accounting adds to a run where the empty hooks are not there to tell.
USUAL_ACCOUNTING_NS = 50


@dataclasses.dataclass(frozen=True)
class Plan:
    """How much to measure."""

    processes: int
    rounds: int
    idle_processes: int
    idle_seconds: int
    connections: int
    switch_seconds: int


FULL = Plan(processes=2000, rounds=60, idle_processes=200, idle_seconds=30, connections=25_000, switch_seconds=5)
QUICK = Plan(processes=50, rounds=2, idle_processes=20, idle_seconds=1, connections=1000, switch_seconds=1)

# Starts COUNT processes of PROGRAM, and ends all of them by pid when it is told to end or loses its parent.
def wait_for_pass(daemon, name, count):
    """Waits until a pass has seen all processes of a herd."""
    daemon.wait_for_metric(lambda page: page.total("sonde_process_count", service_name=name) == count, START_LIMIT_S,
                           f"{count} processes")


def sonde(directory, only, config):
    """The daemon for these targets."""
    path = pathlib.Path(directory) / "sonde.yaml"
    path.write_text(config)
    return Daemon([only], path)


def threads_ns(page):
    """CPU nanoseconds of the daemon's threads by name."""
    return {each.labels["thread"]: each.value * 1e9 for each in page.samples("sonde_thread_cpu_seconds_total")}


def start_all(stack, directory, herd):
    """Every daemon of the comparison, ready."""
    config = pathlib.Path(directory) / "process-exporter.yaml"
    config.write_text(f'process_names:\n  - name: "{{{{.Comm}}}}"\n    comm: [{herd.name}]\n')
    daemon = sonde(directory, f"process:{herd.name}", f"resources: {{interval: {PERIOD_S}s}}\n")
    stack.callback(daemon.stop)
    wait_for_pass(daemon, herd.name, herd.count)
    daemons = {"sonde": daemon}
    for name, arguments in ((NODE, ("--log.level=error",)), (PROCESS, (f"--config.path={config}",))):
        daemons[name] = Exporter(name, *arguments)
        stack.callback(daemons[name].stop)
        scrape(daemons[name].address)  # the first one fills caches
    return daemons


def compare(directory, plan):
    """Scrapes all daemons once a period, each first in turn.  units: CPU nanoseconds are of one period."""
    with contextlib.ExitStack() as stack:
        herd = Herd(directory, plan.processes)
        stack.callback(herd.stop)
        daemons = start_all(stack, directory, herd)
        names = list(daemons)
        walls, passes, texts = {name: [] for name in names}, [], {}
        page = daemons["sonde"].metrics()
        first_pass, threads = page.total("sonde_resource_passes_total"), threads_ns(page)
        before, start = {name: cpu_ns(daemons[name].pid) for name in names}, time.monotonic()
        for index in range(plan.rounds):
            for name in names[index % len(names):] + names[:index % len(names)]:
                seconds, texts[name] = scrape(daemons[name].address)
                walls[name].append(seconds)
            passes.append(Page(texts["sonde"]).total("sonde_resource_pass_seconds"))
            time.sleep(max(0.0, start + (index + 1) * PERIOD_S - time.monotonic()))
        spent = {name: cpu_ns(daemons[name].pid) - before[name] for name in names}
        took = time.monotonic() - start
        page = daemons["sonde"].metrics()
        seen = {"sonde": page.total("sonde_process_count", service_name=herd.name),
                PROCESS: Page(texts[PROCESS]).total("namedprocess_namegroup_num_procs", groupname=herd.name)}
        return {
            "processes": plan.processes, "rounds": plan.rounds, "seconds": took, "seen": seen,
            "passes": page.total("sonde_resource_passes_total") - first_pass,
            "cpu_ns_per_round": {name: spent[name] / plan.rounds for name in names},
            "thread_ns_per_round": {thread: (value - threads.get(thread, 0)) / plan.rounds
                                    for thread, value in threads_ns(page).items()},
            "scrape_seconds": {name: statistics.median(walls[name]) for name in names},
            "pass_seconds": statistics.median(passes),
            "page_bytes": {name: len(texts[name]) for name in names},
            "resident_bytes": {name: memory_bytes(daemons[name].pid)[0] for name in names},
            "lost": losses(page),
        }


def idle(directory, plan):
    """The share of one core of a daemon nobody asks anything, with the default interval."""
    with contextlib.ExitStack() as stack:
        herd = Herd(directory, plan.idle_processes)
        stack.callback(herd.stop)
        daemon = sonde(directory, f"process:{herd.name}", "")
        stack.callback(daemon.stop)
        wait_for_pass(daemon, herd.name, herd.count)
        passes = daemon.metrics().total("sonde_resource_passes_total")
        before, start = cpu_ns(daemon.pid), time.monotonic()
        time.sleep(plan.idle_seconds)
        spent, took = cpu_ns(daemon.pid) - before, time.monotonic() - start
        return {"processes": plan.idle_processes, "seconds": took, "share": spent / took / 1e9,
                "passes": daemon.metrics().total("sonde_resource_passes_total") - passes}


def connections_counted(page, port):
    """(connects, accepts) of a port as Sonde counts them."""
    return tuple(int(page.total(f"sonde_tcp_{what}_total", server_port=str(port))) for what in ("connects", "accepts"))


def added(before, after):
    """What each hook has cost between two pages."""
    earlier = hook_costs(before)
    return {hook: cost.since(earlier.get(hook, HookCost())) for hook, cost in hook_costs(after).items()}


def connection_report(directory, plan):
    """Kernel time by hook under many short connections, both ends of which are watched; accounting must be on.

    Hooks see every socket of the host: what else happens meanwhile adds runs.
    """
    with contextlib.ExitStack() as stack:
        server = ConnectionServer(plan.connections)
        stack.callback(server.stop)
        daemon = sonde(directory, f"port:{server.port}", "resources: {interval: 5s}\n")
        stack.callback(daemon.stop)
        before = daemon.metrics()
        seconds = server.load()
        with contextlib.suppress(WaitExpired):
            wait_until(lambda: connections_counted(daemon.metrics(), server.port) == (server.count, server.count),
                       COUNT_LIMIT_S, "")
        after = daemon.metrics()
        connects, accepts = connections_counted(after, server.port)
        return {"connections": server.count, "per_second": server.count / seconds, "connects": connects,
                "accepts": accepts, "lost": losses(after), "hooks": _runs(added(before, after))}


def _runs(costs):
    return {hook: dataclasses.asdict(cost) for hook, cost in costs.items()}


def accounting_ns(plan):
    """(what the kernel's accounting reports for a run of a program that does nothing, whether it was measured)."""
    program = sonde_binary().with_name("empty_hooks")
    if not os.access(program, os.X_OK):
        return USUAL_ACCOUNTING_NS, False
    with contextlib.ExitStack() as stack:
        server = ConnectionServer(plan.connections)
        stack.callback(server.stop)
        child = Child([program], read="stdout")
        stack.callback(child.stop)
        child.wait_for_line(lambda line: True if line.strip() == "attached" else None, START_LIMIT_S, "it is attached")
        before = program_costs(child.pid)
        server.load()
        costs = [cost.since(before.get(key, HookCost())) for key, cost in program_costs(child.pid).items()]
    runs = sum(each.runs for each in costs)
    return (sum(each.time_ns for each in costs) / runs, True) if runs else (USUAL_ACCOUNTING_NS, False)


def switches(pids):
    """Context switches of processes so far."""
    lines = [line for pid in pids for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)


def switch_report(directory, plan):
    """Runs of the process sensor's hooks under many context switches, and without; accounting must be on.

    They see every start and end of a program on the host, so as many seconds without the switches are the baseline.
    """
    with contextlib.ExitStack() as stack:
        workload = Workload(directory, "pong")
        stack.callback(workload.stop)
        daemon = sonde(directory, workload.target, "resources: {interval: 1h}\n")
        stack.callback(daemon.stop)
        before = daemon.metrics()
        time.sleep(plan.switch_seconds)
        baseline = added(before, daemon.metrics())
        child = workload.start(PING_PONG)
        other = child.wait_for_line(number_after("child"), START_LIMIT_S, "the other end")
        pids = (child.pid, other)
        counted, before, start = switches(pids), daemon.metrics(), time.monotonic()
        time.sleep(plan.switch_seconds)
        counted, after, took = switches(pids) - counted, daemon.metrics(), time.monotonic() - start
        child.stop()
        hooks = {hook: cost for hook, cost in added(before, after).items() if hook.startswith("process_")}
        return {"switches": counted, "per_second": counted / took, "hooks": _runs(hooks),
                "baseline": _runs({hook: cost for hook, cost in baseline.items() if hook in hooks})}


def kernel(directory, plan):
    """Both reports, with the kernel's accounting on and put back afterwards."""
    with bpf_stats():
        empty, measured = accounting_ns(plan)
        return {"accounting_ns": empty, "accounting_measured": measured,
                "tcp": connection_report(directory, plan), "switches": switch_report(directory, plan)}


def compare_figures(report):
    """Sonde beside the exporters."""
    cpu, walls, pages = (report[key] for key in ("cpu_ns_per_round", "scrape_seconds", "page_bytes"))
    together = cpu[NODE] + cpu[PROCESS]
    note = f"{report['processes']:,} processes, {report['rounds']} rounds, {report['passes']:.0f} passes"
    figures = [Figure("CPU, sonde against both exporters", cpu["sonde"] / together, "ratio", "<= 0.2", (), note)]
    figures += [Figure(f"CPU, {name}", cpu[name] / 1e6, "ms/round", "", (), f"page of {pages[name] / 1024:,.0f} KiB")
                for name in cpu]
    figures += [Figure(f"CPU of sonde's thread {thread}", value / 1e6, "ms/round")
                for thread, value in sorted(report["thread_ns_per_round"].items(), key=lambda item: -item[1])]
    figures += [Figure("wall time of a pass, sonde", report["pass_seconds"] * 1e3, "ms")]
    figures += [Figure(f"wall time of a scrape, {name}", walls[name] * 1e3, "ms") for name in walls]
    figures += [Figure(f"resident memory, {name}", value / (1 << 20), "MiB")
                for name, value in report["resident_bytes"].items()]
    wrong = sum(abs(seen - report["processes"]) for seen in report["seen"].values())
    return figures + [Figure("processes not seen, sonde and process-exporter", wrong, "processes", "<= 0")]


def kernel_figures(report):
    """What the hooks cost."""
    tcp, switched, empty = report["tcp"], report["switches"], report["accounting_ns"]
    figures = []
    total_ns = 0.0
    for hook, cost in sorted(tcp["hooks"].items()):
        if cost["runs"]:
            net_ns = cost["time_ns"] - cost["runs"] * empty
            total_ns += net_ns if hook.startswith(("tcp_", "traffic_")) and not hook.endswith("_sweep") else 0
            figures.append(Figure(f"kernel time, {hook}", net_ns / cost["runs"], "ns/run", "", (),
                                  f"{cost['runs']:,} runs, {cost['runs'] / tcp['connections']:.2f} a connection"))
    how = "measured" if report["accounting_measured"] else "assumed"
    figures.append(Figure("kernel time, both ends", total_ns / tcp["connections"], "ns/connection", "", (),
                          f"{tcp['per_second']:,.0f} connections/s; {empty:.0f} ns a run subtracted, {how}"))
    for what in ("connects", "accepts"):
        figures.append(Figure(f"{what} not counted exactly", abs(tcp[what] - tcp["connections"]), "connections", "<= 0",
                              (), f"of {tcp['connections']:,}; lost: {tcp['lost'] or 0}"))
    runs, baseline = (sum(each["runs"] for each in switched[key].values()) for key in ("hooks", "baseline"))
    ratio = max(0, runs - baseline) / switched["switches"]
    figures.append(Figure("runs of the process hooks more than without", ratio, "runs/switch", "<= 0.01", (),
                          f"{runs} during {switched['switches']:,} switches ({switched['per_second']:,.0f}/s), "
                          f"{baseline} without them"))
    return figures


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="little of everything: shows that it runs")
    parser.add_argument("--processes", type=int, help="how many processes the daemons are compared with")
    parser.add_argument("--rounds", type=int, help="how often they are scraped")
    parser.add_argument("--output", type=pathlib.Path, default=repository_root() / "build" / "bench" / "resources.json",
                        help="where the figures are written as JSON (default: %(default)s)")
    return parser.parse_args()


def plan_from(arguments):
    """The plan the command line asks for."""
    plan = QUICK if arguments.quick else FULL
    given = {key: getattr(arguments, key) for key in ("processes", "rounds") if getattr(arguments, key)}
    return dataclasses.replace(plan, **given)


def machine():
    """Where the figures are from."""
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text()
    model = next((line.split(":", 1)[1].strip() for line in cpuinfo.splitlines() if line.startswith("model name")), "")
    return {"kernel": platform.release(), "processor": model, "cores": os.cpu_count(), "load": os.getloadavg()[0]}


def counted_right(report):
    """Whether every process and all but one connection in a hundred were counted, and none twice.

    On a loaded machine a few ends in ten thousand are missed: the kernel skips a hook that would interrupt itself.
    """
    tcp, compared = report["kernel"]["tcp"], report["compare"]
    if compared["seen"]["sonde"] != compared["processes"]:
        return False
    uncounted = [tcp["connections"] - tcp[what] for what in ("connects", "accepts")]
    return min(uncounted) >= 0 and max(uncounted) <= tcp["connections"] / 100


def main():
    """Measures, prints the table, writes the file. Fails only if Sonde miscounted."""
    arguments = parse_arguments()
    lacking = missing(("sonde", "perl", NODE, PROCESS))
    if lacking:
        print(f"SKIPPED resources: {'; '.join(lacking)}", file=sys.stderr)
        return SKIP_EXIT_CODE
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # so that daemons and settings are put back
    plan, where = plan_from(arguments), machine()
    report = {}
    with tempfile.TemporaryDirectory(prefix="sonde-bench-") as directory:
        for name, measure in (("compare", compare), ("idle", idle), ("kernel", kernel)):
            print(f"measuring: {name}", flush=True)
            report[name] = measure(directory, plan)
    share = report["idle"]
    table = [*compare_figures(report["compare"]),
             Figure("idle", share["share"] * 1e3, "ms/s", "<= 2", (),
                    f"{share['share']:.3%} of one core; {share['processes']} processes, {share['seconds']:.0f} s, "
                    f"{share['passes']:.0f} passes"),
             *kernel_figures(report["kernel"])]
    print(f"\n{where['processor']}, {where['cores']} cores, Linux {where['kernel']}, load {where['load']:.1f} before\n")
    print(render(table))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps({
        "machine": where, "figures": [{**dataclasses.asdict(each), "verdict": each.verdict} for each in table],
        **report}, indent=1) + "\n")
    print(f"\nwritten to {arguments.output}")
    return 0 if counted_right(report) else 1


if __name__ == "__main__":
    sys.exit(main())
