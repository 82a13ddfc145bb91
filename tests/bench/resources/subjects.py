"""What the resources benchmark starts beside Sonde: many processes, the two exporters, a server of many connections."""

import http.client
import os
import pathlib
import shutil
import signal
import sys
import time

_TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_TESTS / "e2e"))

from harness.child import Child  # noqa: E402
from harness.ports import free_ports  # noqa: E402
from harness.requirements import find_program  # noqa: E402
from harness.waiting import wait_until  # noqa: E402
from harness.workload import ready, unique_name  # noqa: E402

START_LIMIT_S = 60
ATTEMPTS = 3


_HERD = """
import os, signal, sys
program, count = sys.argv[1], int(sys.argv[2])
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
pids = []
try:
    for _ in range(count):
        pids.append(os.posix_spawn(program, [program, "600"], os.environ, setsigmask=[]))
    print("ready", flush=True)
    signal.sigwait([signal.SIGTERM])
finally:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    for pid in pids:
        os.waitpid(pid, 0)
"""

# Accepts COUNT connections, waits for the end of each, and says how many it has seen.
_SERVER = """
import socket, sys
count = int(sys.argv[1])
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(4096)
print("port", listener.getsockname()[1], flush=True)
for _ in range(count):
    peer, _ = listener.accept()
    peer.recv(1)
    peer.close()
print("accepted", count, flush=True)
"""

# Makes COUNT connections, 50 every 10 ms at most, from several addresses so that ports do not run out.
_CLIENT = """
import socket, sys, time
port, count = int(sys.argv[1]), int(sys.argv[2])
bind_address_no_port = 24
start = time.monotonic()
for index in range(count):
    if index % 50 == 0:
        time.sleep(max(0.0, start + index / 5000 - time.monotonic()))
    with socket.socket() as peer:
        peer.setsockopt(socket.IPPROTO_IP, bind_address_no_port, 1)
        peer.bind((f"127.0.0.{2 + index % 8}", 0))
        peer.connect(("127.0.0.1", port))
print("connected", count, time.monotonic() - start, flush=True)
"""

# Two processes hand a byte to and fro, 50 times every 10 ms; each time both are switched to once.
PING_PONG = """
$| = 1; pipe(my $a, my $b) or die; pipe(my $c, my $d) or die;
my $child = fork();
if (!$child) { close $b; close $c; my $x; while (sysread $a, $x, 1) { syswrite $d, $x } exit }
close $a; close $d; print "child $child\\n";
while (getppid() != 1) {
  for (1 .. 50) { syswrite $b, "x"; sysread $c, my $x, 1 }
  select undef, undef, undef, 0.008;
}
"""


def scrape(address):
    """(seconds, text) of a GET of /metrics."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        text = response.read().decode("utf-8")
    finally:
        connection.close()
    if response.status != 200:
        raise AssertionError(f"{address} answers {response.status}")
    return time.perf_counter() - start, text


class Herd:
    """Many processes of the benchmark's own under one name, asleep."""

    def __init__(self, directory, count):
        self.name = unique_name("herd")
        self.count = count
        program = pathlib.Path(directory) / self.name
        shutil.copy(os.path.realpath(find_program("sleep")), program)
        self._child = Child([sys.executable, "-c", _HERD, program, count], read="stdout")
        try:
            ready(self._child, START_LIMIT_S)
        except BaseException:
            self.stop()
            raise

    def stop(self):
        """Ends them all."""
        self._child.stop(signal.SIGTERM, 60)


class Exporter:
    """A Prometheus exporter on a loopback port."""

    def __init__(self, program, *arguments):
        for attempt in range(1, ATTEMPTS + 1):
            (port,) = free_ports(1)
            self.address = f"127.0.0.1:{port}"
            self._child = Child([find_program(program), f"--web.listen-address={self.address}", *arguments])
            try:
                wait_until(self._answers, START_LIMIT_S, lambda: f"{program} answers\n{self._child.text()}")
                return
            except BaseException:
                self.stop()
                if attempt == ATTEMPTS or self._child.exit_code in (0, -signal.SIGTERM):
                    raise

    @property
    def pid(self):
        """Of its process."""
        return self._child.pid

    def stop(self):
        """Ends it."""
        self._child.stop()

    def _answers(self):
        if self._child.exit_code is not None:
            raise AssertionError(f"it ended with {self._child.exit_code}:\n{self._child.text()}")
        try:
            return scrape(self.address)[1]
        except OSError:
            return False


class ConnectionServer:
    """A server that accepts a number of connections, on a port of its own."""

    def __init__(self, count):
        self.count = count
        self._child = Child([sys.executable, "-c", _SERVER, count], read="stdout")
        self.port = self._child.wait_for_line(number_after("port"), START_LIMIT_S, "the server's port")

    def load(self):
        """Makes all the connections. Returns the seconds it took."""
        client = Child([sys.executable, "-c", _CLIENT, self.port, self.count], read="stdout")
        try:
            seconds = client.wait_for_line(last_of("connected"), START_LIMIT_S, "every connection is made")
            accepted = self._child.wait_for_line(number_after("accepted"), START_LIMIT_S, "and accepted")
        finally:
            client.stop()
        if accepted != self.count:
            raise AssertionError(f"{accepted} of {self.count} connections were accepted")
        return seconds

    def stop(self):
        """Ends it."""
        self._child.stop()


def number_after(word):
    return lambda line: int(line.split()[1]) if line.startswith(word + " ") else None


def last_of(word):
    return lambda line: float(line.split()[-1]) if line.startswith(word + " ") else None
