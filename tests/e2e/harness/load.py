"""Load from real clients: curl for exact scripts, wrk for volume."""

import dataclasses
import json
import os
import pathlib
import subprocess

from .child import die_with_parent
from .requirements import find_program

_COUNTING_SCRIPT = pathlib.Path(__file__).with_name("wrk_count.lua")
_MARK = "WRK-SUMMARY "


@dataclasses.dataclass(frozen=True)
class Transfer:
    """What curl says of one request."""

    status: int
    connects: int
    seconds: float


@dataclasses.dataclass(frozen=True)
class WrkResult:
    """What wrk says of one run: requests whose response it read whole, and what went wrong."""

    requests: int
    seconds: float
    errors: dict

    @property
    def per_second(self):
        """Throughput."""
        return self.requests / self.seconds


def curl(*words, seconds=60, check=True):
    """Runs curl for every URL in `words` over as few connections as it can. Returns a Transfer for each."""
    command = [find_program("curl"), "--silent", "--show-error", "--max-time", str(seconds),
               "--write-out", "%{stderr}%{http_code} %{num_connects} %{time_total}\\n", *map(str, words)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, timeout=seconds + 10, check=False, preexec_fn=die_with_parent)
    if check and done.returncode != 0:
        raise AssertionError(f"curl ended with {done.returncode}: {done.stderr}")
    fields = (line.split() for line in done.stderr.splitlines())
    return [Transfer(int(each[0]), int(each[1]), float(each[2]))
            for each in fields if len(each) == 3 and each[0].isdigit()]


def wrk(url, seconds=1, connections=16, headers=(), script=_COUNTING_SCRIPT, in_a_row=1):
    """Runs wrk with one thread, `in_a_row` requests on a connection at once. `script` must print a summary as
    wrk_count.lua does.
    """
    command = [find_program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script)]
    command += [word for header in headers for word in ("-H", header)]
    done = subprocess.run([*command, url], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=seconds + 30, check=False, preexec_fn=die_with_parent,
                          env={**os.environ, "PIPELINE": str(in_a_row)})
    for line in done.stdout.splitlines():
        if line.startswith(_MARK):
            summary = json.loads(line[len(_MARK):])
            return WrkResult(summary["requests"], summary["microseconds"] / 1e6, summary["errors"])
    raise AssertionError(f"wrk ended with {done.returncode} and no summary:\n{done.stdout}{done.stderr}")
