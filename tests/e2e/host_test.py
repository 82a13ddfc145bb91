"""The host: node_exporter's names, types, labels and values, and sockets as ss and PostgreSQL count them."""

import collections
import math
import os
import pathlib
import pwd
import re
import signal
import subprocess

from harness.case import SondeCase
from harness.child import Child
from harness.daemon import Daemon
from harness.node_exporter import NodeExporter
from harness.ports import free_ports
from harness.requirements import find_program, repository_root
from harness.waiting import WaitExpired, wait_until
from harness.workload import Workload, ready, unique_name

REQUIRES = ("sonde", "prometheus-node-exporter", "ss", "perl")

VISIBLE_S = 8
CONFIG = "resources: {interval: 1s}\n"
HISTOGRAM_SUFFIX = re.compile(r"_(bucket|sum|count)$")

#: Families of node_exporter's page that Sonde does not have.
NOT_COVERED = (
    # node_exporter about itself, and files that are written for it.
    "node_exporter_", "node_scrape_", "node_textfile_",
    # Collectors that docs/metrics.md does not name.
    "node_bcache_", "node_bonding_", "node_btrfs_", "node_edac_", "node_fibrechannel_", "node_infiniband_",
    "node_ipvs_", "node_nfs_", "node_nfsd_", "node_nvme_", "node_power_supply_", "node_rapl_", "node_systemd_",
    "node_tape_", "node_xfs_", "node_zfs_")

#: "untyped" is what node_exporter calls the numbers of /proc/net/netstat and /proc/vmstat, which only grow but for:
UNTYPED_GAUGES = ("node_netstat_Tcp_CurrEstab",)

#: Gauges that only grow.
GROWING_GAUGES = ("node_time_seconds",)

#: Gauges that stay what they are for as long as this test runs, although the next pattern would let them move.
FIXED_GAUGES = re.compile(
    r"node_memory_(MemTotal|SwapTotal|VmallocTotal|Hugepagesize|HugePages_Total|CommitLimit)(_bytes)?")

#: Gauges that move while they are looked at, and how far a figure may lie outside of what Sonde said before and after
#: it: a share of the value, and an amount. As far as Sonde's own two figures are apart is allowed on top. Every other
#: gauge is fixed.
MOVING_GAUGES = (
    (re.compile(r"node_memory_\w+"), 0.1, 16 << 20),
    (re.compile(r"node_load\d+"), 0.05, 0.5),
    (re.compile(r"node_procs_\w+"), 0.5, 16),
    # node_exporter's own connection and files are among what it counts.
    (re.compile(r"node_sockstat_\w+_bytes"), 0.1, 4 << 20),
    (re.compile(r"node_sockstat_\w+|node_netstat_Tcp_CurrEstab"), 0.1, 8),
    (re.compile(r"node_filefd_allocated"), 0.1, 64),
    (re.compile(r"node_filesystem_(avail|free)_bytes"), 0.001, 256 << 20),
    (re.compile(r"node_filesystem_files_free"), 0.001, 4096),
    (re.compile(r"node_(arp|nf_conntrack)_entries|node_disk_io_now|node_entropy_available_bits"), 0.1, 8),
    (re.compile(r"node_udp_queues"), 0.1, 1 << 20),
    (re.compile(r"node_timex_(offset|maxerror|estimated_error|frequency_adjustment|pps_\w+)(_seconds|_ratio)?"),
     0.1, 0.001),
    (re.compile(r"node_(cpu|cpu_scaling)_frequency_hertz"), 0.5, 0),
    (re.compile(r"node_hwmon_\w+_(celsius|volts|watts?|amps|rpm|input)|node_thermal_zone_temp"), 0.2, 5),
    (re.compile(r"node_cooling_device_cur_state"), 0, 100),
    (re.compile(r"node_md_(blocks_synced|disks)"), 0.1, 0))

#: Seconds are sums of floating point numbers: the last digit depends on the order.
COUNTER_TOLERANCE = 1e-12
OUTSIDE_LIMIT = 0.02
#: Between what Sonde said before and after; near it, for what moves up and down; outside; fixed but not equal.
VERDICTS = ("equal", "between", "near", "outside", "not equal")

LISTENER = """
use strict; use Socket; $| = 1;
socket(my $s, PF_INET, SOCK_STREAM, 0) or die; bind($s, sockaddr_in(0, INADDR_LOOPBACK)) or die; listen($s, 5) or die;
my ($port) = sockaddr_in(getsockname($s)); print qq(port $port\\n);
my @held; for (1..20) { accept(my $c, $s) or die; syswrite($c, 'x'); push @held, $c }
print qq(ready\\n); sleep 60;
"""
# The first 20 wait to be accepted; the other 10 are for the accept queue, and who finds no place there keeps asking.
CLIENTS = """
use strict; use Socket qw(:DEFAULT SOCK_NONBLOCK); $| = 1; my @held;
for my $number (1..30) {
  socket(my $c, PF_INET, SOCK_STREAM | ($number > 20 ? SOCK_NONBLOCK : 0), 0) or die;
  my $done = connect($c, sockaddr_in($ARGV[0], INADDR_LOOPBACK));
  if ($number <= 20) { $done or die; sysread($c, my $byte, 1) == 1 or die }
  push @held, $c;
}
print qq(ready\\n); sleep 60;
"""


def types(page):
    """The types of a page's families."""
    return dict(line.split(" ")[2:4] for line in page.text.splitlines() if line.startswith("# TYPE "))


def is_compared(name):
    """Whether a family is one that both have."""
    return name.startswith("node_") and not name.startswith(NOT_COVERED)


def series(page):
    """The values of node_exporter's series by name and labels; a label without a value is the same as none."""
    found = {}
    for name in filter(is_compared, page.names()):
        for each in page.samples(name):
            key = name, tuple(sorted((label, value) for label, value in each.labels.items() if value))
            if key in found:
                raise AssertionError(f"twice on one page: {written(key)}")
            found[key] = each.value
    return found


def written(key):
    """A series as a page has it."""
    name, labels = key
    return f"{name}{{{', '.join(f'{label}={value!r}' for label, value in labels)}}}"


def same(left, right):
    """Equality under which NaN equals itself."""
    return left == right or (math.isnan(left) and math.isnan(right))


def slack(name):
    """The share and the amount by which a moving gauge may differ; None for a fixed one."""
    if FIXED_GAUGES.fullmatch(name):
        return None
    return next(((share, amount) for pattern, share, amount in MOVING_GAUGES if pattern.fullmatch(name)), None)


def grows(name, kind):
    """Whether a family of that type never falls."""
    return kind == "counter" or name in GROWING_GAUGES or (kind == "untyped" and name not in UNTYPED_GAUGES)


def verdict(name, kind, before, value, after):
    """How a value of node_exporter relates to Sonde's before and after it; one of VERDICTS."""
    if same(before, value) and same(value, after):
        return "equal"
    if grows(name, kind):
        room = COUNTER_TOLERANCE * abs(value)
        return "between" if before - room <= value <= after + room else "outside"
    allowed = slack(name)
    if allowed is None:
        return "equal" if same(before, value) or same(value, after) else "not equal"
    low, high = sorted((before, after))
    if low <= value <= high:
        return "between"
    room = allowed[0] * abs(value) + allowed[1] + (high - low)
    return "near" if low - room <= value <= high + room else "outside"


def ss_lines(*words):
    """What ss says of TCP sockets, each line as its words."""
    done = subprocess.run([find_program("ss"), "-Htn", *map(str, words)], check=True, capture_output=True, text=True,
                          timeout=20)
    return [line.split() for line in done.stdout.splitlines()]


def connections(page, **labels):
    """The established connections with those labels."""
    return page.total("sonde_tcp_connections", state="established", **labels)


class Postgres:
    """A PostgreSQL server of the test's own, run by a user that is not root."""

    LIMIT_S = 30
    _ATTEMPTS = 3

    def __init__(self, programs, directory):
        self._programs = programs
        self._directory = directory / "pg"
        self.user = next(name for name in ("postgres", "nobody") if name in {each.pw_name for each in pwd.getpwall()})
        self._directory.mkdir(mode=0o700)
        directory.chmod(0o711)
        facts = pwd.getpwnam(self.user)
        os.chown(self._directory, facts.pw_uid, facts.pw_gid)
        # setpriv becomes the program, so that the child's pid is the server's.
        self._as_user = [find_program("setpriv"), f"--reuid={facts.pw_uid}", f"--regid={facts.pw_gid}",
                         "--clear-groups", "--pdeathsig=INT", "--"]
        subprocess.run([*self._as_user, programs / "initdb", "--pgdata", self._directory / "data", "--auth=trust",
                        "--username=test", "--no-sync", "--locale=C", "--encoding=UTF8"], check=True,
                       capture_output=True, timeout=self.LIMIT_S, cwd=self._directory)
        self._child = self._start()

    @staticmethod
    def find():
        """The directory of the newest installed server that has all it takes; None if there is none."""
        found = [each for each in pathlib.Path("/usr/lib/postgresql").glob("*/bin")
                 if all((each / name).exists() for name in ("postgres", "initdb", "psql"))]
        return max(found, key=lambda each: [int(word) for word in re.findall(r"\d+", each.parent.name)], default=None)

    def command(self, host, statement):
        """psql, which connects to `host` and prints nothing but values."""
        return [self._programs / "psql", "-XAtq", "-h", host, "-p", self.port, "-U", "test", "-d", "postgres", "-c",
                statement]

    def query(self, statement):
        """The answer, asked over a unix socket, so that asking adds no TCP connection."""
        done = subprocess.run([str(word) for word in self.command(self._directory, statement)], check=True,
                              capture_output=True, text=True, timeout=self.LIMIT_S)
        return done.stdout.strip()

    def stop(self):
        """Ends it without waiting for its clients."""
        self._child.stop(signal.SIGINT)

    def _start(self):
        for attempt in range(1, self._ATTEMPTS + 1):
            (self.port,) = free_ports(1)
            child = Child([*self._as_user, self._programs / "postgres", "-D", self._directory / "data", "-p", self.port,
                           "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self._directory}",
                           "-c", "fsync=off"])
            try:
                child.wait_for_line(lambda line: "ready to accept connections" in line or None, self.LIMIT_S,
                                    "PostgreSQL is ready")
                return child
            except BaseException as why:
                child.stop(signal.SIGINT)
                if attempt == self._ATTEMPTS or not isinstance(why, WaitExpired):
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")


class Host(SondeCase):
    """The daemon is aimed at nothing, or at the test's own programs alone."""

    def watch(self, *targets):
        """The daemon for these targets; without any, for a name that nobody has."""
        path = self.directory / "sonde.yaml"
        path.write_text(CONFIG)
        daemon = Daemon(targets or [f"process:{unique_name('nobody')}"], path)
        self.addCleanup(daemon.stop)
        return daemon

    def after_a_pass(self, daemon):
        """A page whose every figure was read after this call."""
        passes = daemon.metrics().total("sonde_resource_passes_total")
        return daemon.wait_for_metric(lambda page: page.total("sonde_resource_passes_total") >= passes + 2, VISIBLE_S,
                                      "two more passes")

    def three_pages(self):
        """Sonde's page, node_exporter's after it, and Sonde's after that."""
        exporter = NodeExporter()
        self.addCleanup(exporter.stop)
        daemon = self.watch()
        before = self.after_a_pass(daemon)
        theirs = exporter.metrics()
        return before, theirs, self.after_a_pass(daemon)

    def assert_documented(self, page):
        """Every family that is not node_exporter's is in docs/metrics.md."""
        text = (repository_root() / "docs" / "metrics.md").read_text("utf-8")
        documented = set(re.findall(r"`([a-z_][a-z0-9_]*)`", text))
        kinds = types(page)
        families = set(kinds)
        for name in page.names():
            family = HISTOGRAM_SUFFIX.sub("", name)
            families.add(family if kinds.get(family) == "histogram" else name)
        ours = {name for name in families if not name.startswith("node_")}
        self.assertGreater(len(ours), 10)
        self.assertEqual(ours - documented, set(), "families that docs/metrics.md does not name")
        return ours

    def test_names_types_and_labels_are_those_of_node_exporter(self):
        before, theirs, after = self.three_pages()
        # As sets of pairs: what comes and goes meanwhile may be missing from one of Sonde's pages.
        first, second, wanted = ({item for item in types(page).items() if is_compared(item[0])}
                                 for page in (before, after, theirs))
        families = len(wanted)
        self.assertGreater(families, 100)
        self.assertEqual(wanted - (first | second), set(), "families and types that only node_exporter has")
        self.assertEqual((first & second) - wanted, set(), "families and types that only Sonde has")
        first, second, wanted = (series(page).keys() for page in (before, after, theirs))
        missing, more = wanted - (first | second), (first & second) - wanted
        print(f"\ncompared {families} families with {len(wanted)} series")
        self.assertEqual(sorted(map(written, missing)), [], "series that only node_exporter has")
        self.assertEqual(sorted(map(written, more)), [], "series that only Sonde has")

    def test_values_are_those_of_node_exporter(self):
        before, theirs, after = self.three_pages()
        kinds = types(theirs)
        first, second = series(before), series(after)
        results = collections.defaultdict(list)
        for key, value in series(theirs).items():
            if key in first and key in second:
                found = verdict(key[0], kinds[key[0]], first[key], value, second[key])
                results[found].append(f"  {written(key)}: Sonde {first[key]!r}, then node_exporter {value!r}, "
                                      f"then Sonde {second[key]!r}")
        compared = sum(map(len, results.values()))
        outside = results["outside"]
        counts = ", ".join(f"{len(results[each])} {each}" for each in VERDICTS)
        print(f"\ncompared {compared} values: {counts}", *outside, sep="\n")
        self.assertGreater(compared, 200)
        self.assertEqual(results["not equal"], [], "values that do not move")
        self.assertLessEqual(len(outside), OUTSIDE_LIMIT * compared, "\n".join(["values outside:", *outside]))

    def test_a_backlog_and_connections_are_those_that_ss_shows(self):
        server, client = Workload(self.directory, "lis"), Workload(self.directory, "cli")
        for each in (server, client):
            self.addCleanup(each.stop)
        daemon = self.watch(server.target, client.target)
        listening = server.start(LISTENER)
        port = listening.wait_for_line(lambda line: line.split()[1] if line.startswith("port ") else None, 20,
                                       "its port")
        connecting = client.start(CLIENTS, port)
        ready(listening)
        ready(connecting)

        def by_ss():
            ((_, backlog, limit, *_),) = ss_lines("-l", f"sport = :{port}")
            at_server = ss_lines("-e", "state", "established", f"sport = :{port}")
            # A socket in the accept queue belongs to no file yet.
            return {"backlog": int(backlog), "limit": int(limit),
                    "held by the server": sum("ino:0" not in line for line in at_server),
                    "held by the clients": len(ss_lines("state", "established", f"dport = :{port}")),
                    "asking": len(ss_lines("state", "syn-sent", f"dport = :{port}"))}

        # A queue takes one more than its limit; whoever is not in it by now stays outside.
        expected = wait_until(lambda: found if (found := by_ss())["backlog"] == 6 else None, VISIBLE_S,
                              lambda: f"a full accept queue; ss shows {by_ss()}")
        page = self.after_a_pass(daemon)
        ours = {"service_name": server.name, "role": "server", "server_port": port}
        theirs = {"service_name": client.name, "role": "client", "server_port": port}
        measured = {"backlog": page.total("sonde_tcp_listen_backlog", service_name=server.name, server_port=port),
                    "limit": page.total("sonde_tcp_listen_backlog_limit", service_name=server.name, server_port=port),
                    "held by the server": connections(page, **ours),
                    "held by the clients": connections(page, **theirs),
                    "asking": page.total("sonde_tcp_connections", state="syn_sent", **theirs)}
        print(f"\nss shows {expected}\nSonde    {({name: int(value) for name, value in measured.items()})}")
        self.assertEqual(by_ss(), expected, "nothing moves")
        self.assertEqual((expected["limit"], expected["held by the server"]), (5, 20))
        self.assertEqual(measured, expected)
        self.assertEqual(connections(page, role="server", server_port=port), 20, "no other service has one")
        self.assert_documented(page)

    def test_every_family_is_documented(self):
        ours = self.assert_documented(self.after_a_pass(self.watch()))
        print(f"\n{len(ours)} families of Sonde's own")

    def test_connections_of_postgresql_are_those_it_counts(self):
        programs = Postgres.find()
        if programs is None or not find_program("setpriv"):
            self.skipTest("PostgreSQL's server and psql, or setpriv, are not installed")
        server = Postgres(programs, self.directory)
        self.addCleanup(server.stop)
        daemon = self.watch(f"port:{server.port}")
        for _ in range(7):
            child = Child(server.command("127.0.0.1", "select pg_sleep(30)"))
            self.addCleanup(child.stop)

        def by_server():
            return int(server.query("select count(*) from pg_stat_activity where backend_type = 'client backend'"
                                    " and client_addr is not null"))

        wait_until(lambda: by_server() == 7, VISIBLE_S, "seven backends")
        page = self.after_a_pass(daemon)
        port = str(server.port)
        print(f"\nPostgreSQL counts {by_server()}, Sonde {connections(page, role='server', server_port=port):.0f}")
        self.assertEqual(connections(page, role="server", server_port=port), by_server())
        self.assertEqual(connections(page, role="client", server_port=port), by_server(), "the clients' ends")
