"""Reads what processes and kernel hooks have cost so far."""

import contextlib
import dataclasses
import pathlib
import re
import time

_STATS_SWITCH = pathlib.Path("/proc/sys/kernel/bpf_stats_enabled")
_CPUCLOCK_SCHED = 2


def cpu_ns(pid):
    """Nanoseconds of CPU all threads of a process have used, by its CPU clock."""
    return time.clock_gettime_ns((~pid << 3) | _CPUCLOCK_SCHED)


def memory_bytes(pid):
    """(resident now, resident at most) of a process."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    now, peak = (int(re.search(rf"^{key}:\s+(\d+) kB$", status, re.MULTILINE)[1]) << 10 for key in ("VmRSS", "VmHWM"))
    return now, peak


@dataclasses.dataclass(frozen=True)
class HookCost:
    """How often a kernel program has run and for how long; counted while bpf_stats() is on."""

    runs: int = 0
    time_ns: int = 0

    def since(self, earlier):
        """What was added since `earlier`."""
        return HookCost(self.runs - earlier.runs, self.time_ns - earlier.time_ns)


def hook_costs(page):
    """Costs by hook, as the daemon exports them."""
    return {each.labels["hook"]: HookCost(int(page.total("sonde_hook_runs_total", hook=each.labels["hook"])),
                                          round(each.value * 1e9))
            for each in page.samples("sonde_hook_run_seconds_total")}


def program_costs(pid):
    """Costs of the BPF programs a process holds, by program id, as the kernel itself tells."""
    costs = {}
    for path in pathlib.Path(f"/proc/{pid}/fdinfo").iterdir():
        fields = dict(line.split(":", 1) for line in path.read_text().splitlines() if ":" in line)
        if "run_time_ns" in fields:
            costs[int(fields["prog_id"])] = HookCost(int(fields["run_cnt"]), int(fields["run_time_ns"]))
    return costs


@contextlib.contextmanager
def bpf_stats():
    """Switches the kernel's own accounting of BPF programs on, and back to what it was."""
    before = _STATS_SWITCH.read_text()
    _STATS_SWITCH.write_text("1\n")
    try:
        yield
    finally:
        _STATS_SWITCH.write_text(before)
