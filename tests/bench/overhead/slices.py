"""One slice of the benchmark: a short load with one observer attached, and what everyone spent meanwhile."""

import dataclasses
import os
import time

from harness.child import Child
from harness.daemon import SERVER, Daemon
from harness.exposition import losses
from harness.load import wrk
from harness.requirements import sonde_binary
from harness.waiting import WaitExpired, wait_until

from bench_server import SERVICES
from costs import cpu_ns, memory_bytes

#: Who watches: nobody; Sonde, both ends of the connections or the server's only; programs that do nothing.
NOBODY, BOTH_ENDS, SERVER_ONLY, EMPTY = "nobody", "both ends", "server only", "empty hooks"
_COUNT_LIMIT_S = 10


@dataclasses.dataclass
class Slice:
    """What one slice measured.  units: requests are nginx's own count."""

    service: str
    observer: str
    requests_per_sec: float = 0.0
    requests: int = 0
    nginx_ns_per_request: float = 0.0
    daemon_ns_per_request: float | None = None
    daemon_resident_bytes: int | None = None
    daemon_start_ms: float | None = None
    counted: int | None = None
    lost: dict = dataclasses.field(default_factory=dict)
    hook_ns: dict = dataclasses.field(default_factory=dict)

    @property
    def counted_right(self):
        """Whether Sonde, if it watched, counted every request or said how many it lost."""
        return self.counted is None or self.counted == self.requests


def empty_hooks_binary():
    """The program that attaches programs which do nothing to the daemon's hooks; it is built beside the daemon."""
    return sonde_binary().with_name("empty_hooks")


class Observer:
    """Nobody, or a process that is attached to the kernel while this object lives."""

    def __init__(self, kind, port):
        self.kind = kind
        self.daemon = None
        self._child = None
        start = time.monotonic()
        if kind in (BOTH_ENDS, SERVER_ONLY):
            self.daemon = Daemon([f"port:{port}" if kind == BOTH_ENDS else "process:nginx"])
        elif kind == EMPTY:
            self._child = Child([empty_hooks_binary()], read="stdout")
            self._child.wait_for_line(lambda line: True if line.strip() == "attached" else None, 10,
                                      "empty_hooks says it is attached")
        self.start_ms = (time.monotonic() - start) * 1000

    @property
    def pid(self):
        """Of the process; None if nobody watches."""
        child = self.daemon or self._child
        return child.pid if child else None

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        for child in filter(None, (self.daemon, self._child)):
            child.stop()


def load(server, service, seconds):
    """Runs wrk against a service. Returns (its result, nginx's requests, nginx's CPU nanoseconds)."""
    path, headers, connections = SERVICES[service]
    requests, cpu = server.requests(), cpu_ns(server.pid)
    result = wrk(server.nginx.url(path), seconds, connections, headers)
    cpu = cpu_ns(server.pid) - cpu
    return result, server.requests() - requests, cpu


def wait_for_count(daemon, server, expected):
    """How many requests the daemon has counted, once that is `expected` or nothing more can be hoped for."""
    def counted():
        return int(daemon.metrics().total(f"{SERVER}_count", server_port=str(server.port)))

    try:
        wait_until(lambda: counted() == expected, _COUNT_LIMIT_S, "")
    except WaitExpired:
        pass
    return counted()


def run_slice(server, service, kind, seconds):
    """Attaches an observer, loads the service, and detaches it again."""
    outcome = Slice(service, kind)
    with Observer(kind, server.port) as observer:
        daemon_cpu = cpu_ns(observer.pid) if observer.daemon else 0
        result, outcome.requests, nginx_cpu = load(server, service, seconds)
        outcome.requests_per_sec = result.per_second
        outcome.nginx_ns_per_request = nginx_cpu / outcome.requests
        if observer.daemon:
            outcome.counted = wait_for_count(observer.daemon, server, outcome.requests)
            outcome.daemon_ns_per_request = (cpu_ns(observer.pid) - daemon_cpu) / outcome.requests
            outcome.daemon_resident_bytes = memory_bytes(observer.pid)[1]
            outcome.daemon_start_ms = observer.start_ms
            outcome.lost = losses(observer.daemon.metrics())
    return outcome


def can_attach_nothing():
    """Whether slices with empty hooks can be run."""
    return os.access(empty_hooks_binary(), os.X_OK)
