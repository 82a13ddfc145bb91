"""Faults of a network: each is counted once, under its reason and for the service it happened to; nothing else is."""

import collections
import re
import signal

from harness.case import SondeCase, describe_difference
from harness.daemon import Daemon
from harness.network import Network, netstat
from harness.waiting import wait_until
from harness.workload import Workload, ready

REQUIRES = ("sonde", "ip", "nft", "perl")

INTERVAL_S = 1
#: One interval, and what a loaded machine may take on top.
VISIBLE_S = INTERVAL_S + 5
PORT = 8080

#: For both ends; $host and $port are the server's.
_COMMON = """
use strict; use warnings; use Socket; use Fcntl; use Errno qw(EINPROGRESS);
$| = 1;
my $told = 0; $SIG{USR1} = sub { $told = 1 }; $SIG{PIPE} = 'IGNORE';
my ($host, $port) = splice(@ARGV, 0, 2);
my $where = sockaddr_in($port, inet_aton($host));
sub pause { select(undef, undef, undef, $_[0]) }
sub until_told { pause(0.02) until $told; $told = 0 }
sub bits { my $set = ''; vec($set, fileno($_[0]), 1) = 1; $set }
sub fresh { socket(my $socket, PF_INET, SOCK_STREAM, 0) or die $!; $socket }
sub take {
  my ($socket, $left) = @_; my $got = 0;
  while ($left > 0) { my $n = sysread($socket, my $data, $left); last unless $n; $got += $n; $left -= $n }
  $got
}
sub give {
  my ($socket, $left) = @_;
  while ($left > 0) { my $n = syswrite($socket, 'x' x $left); last unless $n; $left -= $n }
}
sub begin {
  my $socket = fresh(); fcntl($socket, F_SETFL, O_NONBLOCK);
  connect($socket, $where) or $! == EINPROGRESS or die $!; $socket
}
sub connected { my $socket = fresh(); connect($socket, $where) or die $!; $socket }
sub listening {
  my $socket = fresh(); setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
  bind($socket, $where) && listen($socket, $_[0]) or die $!; print qq(ready\\n); $socket
}
sub accepted { accept(my $socket, $_[0]) or die $!; $socket }
"""

_ANSWER = """
my ($count, $request, $response) = @ARGV; my $listener = listening(16);
for (1..$count) { my $peer = accepted($listener); take($peer, $request); give($peer, $response); close($peer) }
sleep 60
"""
_ASK = """
my ($count, $request, $response) = @ARGV;
for (1..$count) {
  my $peer = connected(); give($peer, $request); take($peer, $response) == $response or die;
  take($peer, 1); close($peer)
}
"""
_IDLE = "my $listener = listening(16); sleep 60"
#: Connects and waits for the answer, count times; prints how each ended, a failure as its errno.
_TRY = "for (1..$ARGV[0]) { print connect(fresh(), $where) ? qq(connected\\n) : ($! + 0) . qq(\\n) }"
_GIVE_UP = """
my $peer = begin(); my $set = bits($peer);
print scalar(select(undef, $set, undef, $ARGV[0])), qq(\\n); close($peer)
"""


class Faults(SondeCase):
    """A client and a server at the two ends of a cable, and filters that do what networks do."""

    def setUp(self):
        super().setUp()
        try:
            self.network = Network()
        except OSError as why:
            self.skipTest(f"no network namespaces can be made here: {why}")
        self.addCleanup(self.network.close)
        self.client, self.server = Workload(self.directory, "cli"), Workload(self.directory, "srv")
        self.addCleanup(self.client.stop)
        self.addCleanup(self.server.stop)
        self.daemon = self.watch(self.client.target, self.server.target)

    def watch(self, *targets):
        """The daemon for these targets."""
        path = self.directory / "sonde.yaml"
        path.write_text(f"resources: {{interval: {INTERVAL_S}s}}\n")
        daemon = Daemon(targets, path)
        self.addCleanup(daemon.stop)
        daemon.wait_for_metric(self.passed(1), VISIBLE_S, "a first pass")
        return daemon

    @staticmethod
    def passed(count):
        """Whether there were so many passes."""
        return lambda page: page.total("sonde_resource_passes_total") >= count

    def next_passes(self, count=2):
        """The page after that many more passes: the first of two has certainly begun after now."""
        passes = self.daemon.metrics().total("sonde_resource_passes_total")
        return self.daemon.wait_for_metric(self.passed(passes + count), VISIBLE_S, "more passes")

    def start(self, workload, script, *arguments):
        """A script at its end of the cable; a server's has begun to listen."""
        end = self.network.client if workload is self.client else self.network.server
        child = workload.start(_COMMON + script, self.network.server.address, PORT, *arguments, before=end.entering())
        if workload is self.server:
            ready(child)
        return child

    def ask(self, script, *arguments, seconds=20):
        """The client's lines, once it has ended well."""
        child = self.start(self.client, script, *arguments)
        self.assertEqual(child.wait(seconds), 0, child.text())
        return child.lines()

    def total(self, page, workload, name, **labels):
        """The sum of sonde_tcp_NAME of a service."""
        return page.total(f"sonde_tcp_{name}", service_name=workload.name, **labels)

    def counts(self, page):
        """Everything that happened to connections by "WHO WHAT[ WHY]", without what did not happen."""
        found = collections.Counter()
        for who, workload in (("client", self.client), ("server", self.server)):
            for what, name, reason in (("attempts", "connect_attempts_total", None),
                                       ("connects", "connects_total", None),
                                       ("accepts", "accepts_total", None),
                                       ("failures", "connect_failures_total", "error_type"),
                                       ("resets", "resets_total", "direction")):
                for each in page.samples(f"sonde_tcp_{name}", service_name=workload.name):
                    key = f"{who} {what}" + (f" {each.labels[reason]}" if reason else "")
                    found[key] += int(each.value)
        return dict(+found)

    def assert_counts_are(self, expected):
        """Waits until they are, and holds that they stay so. Returns the last page."""
        measured = {}

        def equal(page):
            nonlocal measured
            measured = self.counts(page)
            return measured == expected

        wait_until(lambda: equal(self.daemon.metrics()), VISIBLE_S, lambda: (
            f"the counts\n{describe_difference(measured, expected)}\n{self.daemon.log()}"))
        page = self.next_passes()
        self.assertEqual(self.counts(page), expected, "some passes later")
        return page

    def assert_failures(self, count, reason):
        """So many attempts, all failed for this reason; nothing of them at the server."""
        page = self.assert_counts_are({"client attempts": count, f"client failures {reason}": count})
        self.assertEqual(self.total(page, self.client, "connect_duration_seconds_count"), 0)
        for each in page.samples("sonde_tcp_connect_failures_total", service_name=self.client.name):
            if each.value:
                self.assertEqual((each.labels["server_address"], each.labels["server_port"]),
                                 (self.network.server.address, str(PORT)))

    def black_hole(self):
        """A listener nobody reaches."""
        self.start(self.server, _IDLE)
        self.network.server.filter_input(f"tcp dport {PORT} tcp flags syn drop")

    def test_short_successes(self):
        count, request, response = 50, 100, 3000
        self.start(self.server, _ANSWER, count, request, response)
        self.ask(_ASK, count, request, response)
        page = self.assert_counts_are({"client attempts": count, "client connects": count, "server accepts": count})
        self.assertEqual(self.total(page, self.client, "connect_duration_seconds_count"), count)
        self.assertEqual(self.total(page, self.server, "accept_wait_seconds_count"), count)
        for workload, sent, received in ((self.client, request, response), (self.server, response, request)):
            self.assertEqual(self.total(page, workload, "sent_bytes_total"), count * sent)
            self.assertEqual(self.total(page, workload, "received_bytes_total"), count * received)
            self.assertEqual(self.total(page, workload, "retransmits_total"), 0)

    def test_nobody_listens(self):
        self.assertEqual(len(self.ask(_TRY, 20)), 20)
        self.assert_failures(20, "refused")

    def test_a_filter_that_refuses(self):
        self.start(self.server, _IDLE)
        self.network.server.filter_input(f"tcp dport {PORT} reject with tcp reset")
        self.assertEqual(len(self.ask(_TRY, 20)), 20)
        self.assert_failures(20, "refused")

    def test_a_black_hole_that_the_client_gives_up_on(self):
        self.black_hole()
        self.assertEqual(self.ask(_GIVE_UP, 2), ["0"])
        self.assert_failures(1, "timed_out")

    def test_a_black_hole_that_the_kernel_gives_up_on(self):
        self.black_hole()
        self.network.client.set("ipv4/tcp_syn_retries", 1)
        self.assertEqual(self.ask(_TRY, 1), ["110"])
        self.assert_failures(1, "timed_out")

    def test_a_client_without_patience(self):
        self.black_hole()
        self.assertEqual(self.ask(_GIVE_UP, 0.2), ["0"])
        self.assert_failures(1, "cancelled")

    def test_an_unreachable_host(self):
        self.start(self.server, _IDLE)
        self.network.server.filter_input(f"ip protocol tcp tcp dport {PORT} reject with icmp type host-unreachable")
        self.assertEqual(self.ask(_TRY, 3), ["113"] * 3)
        self.assert_failures(3, "unreachable")

    def test_a_reset_in_mid_body(self):
        half = 50_000
        server = self.start(self.server, """
            my $peer = accepted(listening(16)); take($peer, 10); give($peer, $ARGV[0]); until_told();
            setsockopt($peer, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)); close($peer); sleep 60""", half)
        client = self.start(self.client, """
            my $peer = connected(); give($peer, 10); print take($peer, $ARGV[0]), qq(\\n);
            defined(sysread($peer, my $data, 1)) or print 'broken ', $! + 0, qq(\\n)""", half)
        client.wait_for_line(lambda line: line if line == str(half) else None, 20, "half of the body")
        server.send_signal(signal.SIGUSR1)
        self.assertEqual(client.wait(20), 0)
        self.assertEqual(client.lines()[1:], ["broken 104"])
        page = self.assert_counts_are({"client attempts": 1, "client connects": 1, "server accepts": 1,
                                       "client resets received": 1, "server resets sent": 1})
        self.assertEqual(self.total(page, self.client, "received_bytes_total"), half)

    def test_a_listener_that_has_no_place(self):
        clients, limit = 20, 1
        server = self.start(self.server, "my $listener = listening($ARGV[0]); sleep 60", limit)
        before = netstat(server.pid)
        client = self.start(self.client, """
            my @peers = map { begin() } 1..$ARGV[0]; pause(2.5);
            my $there = grep { my $set = bits($_); select(undef, $set, undef, 0) } @peers;
            print qq(there $there\\n); until_told(); close($_) for @peers; sleep 60""", clients)
        there = int(client.wait_for_line(lambda line: line.split()[1], 20, "how many were connected"))
        # The queue holds one more than its limit, as the kernel counts.
        self.assertEqual(there, limit + 1)
        page = self.next_passes()
        self.assertEqual(self.total(page, self.server, "listen_backlog", server_port=str(PORT)), limit + 1)
        self.assertEqual(self.total(page, self.server, "listen_backlog_limit", server_port=str(PORT)), limit)
        client.send_signal(signal.SIGUSR1)
        clients_see = {"client attempts": clients, "client connects": there,
                       "client failures timed_out": clients - there}
        page = self.assert_counts_are(clients_see)
        after = netstat(server.pid)
        drops, overflows = (after[name] - before[name] for name in ("ListenDrops", "ListenOverflows"))
        measured = self.total(page, self.server, "listen_drops_total", reason="overflow")
        print(f"\nwithout a place: measured {measured:.0f}, ListenOverflows {overflows}, ListenDrops {drops}")
        self.assertGreater(measured, 0)
        self.assertEqual((measured, measured), (overflows, drops))
        self.assertEqual(self.total(page, self.server, "listen_drops_total"), measured)
        owners = {each.labels["service_name"] for each in page.samples("sonde_tcp_listen_backlog_limit")}
        self.assertEqual(owners, {self.server.name})
        # No process holds the connections that nobody accepted: they are told of when they end, here with a reset.
        server.stop(signal.SIGKILL)
        self.assert_counts_are(clients_see | {"server accepts": there, "server resets sent": there})

    def test_segments_that_are_sent_again(self):
        size = 200_000
        self.start(self.server, """
            my $peer = accepted(listening(16)); take($peer, $ARGV[0]) == $ARGV[0] or die;
            give($peer, 2); take($peer, 1); close($peer); sleep 60""", size)
        self.network.server.filter_input(f"tcp dport {PORT} meta length > 200 numgen inc mod 3 == 0 drop")
        client = self.start(self.client, """
            my $peer = connected(); give($peer, $ARGV[0]); print take($peer, 2), qq(\\n); until_told(); close($peer);
            sleep 60""", size)
        client.wait_for_line(lambda line: line if line == "2" else None, 30, "the server has everything")
        (line,) = self.network.client.sockets("state", "established")
        repeats = int(re.search(r"\bretrans:\d+/(\d+)", line).group(1))
        client.send_signal(signal.SIGUSR1)
        page = self.assert_counts_are({"client attempts": 1, "client connects": 1, "server accepts": 1})
        print(f"\nsent again: measured {self.total(page, self.client, 'retransmits_total'):.0f}, kernel {repeats}")
        self.assertGreater(repeats, 0)
        self.assertEqual(self.total(page, self.client, "retransmits_total"), repeats)
        self.assertEqual(self.total(page, self.server, "retransmits_total"), 0)
        for sender, receiver, count in ((self.client, self.server, size), (self.server, self.client, 2)):
            self.assertEqual(self.total(page, sender, "sent_bytes_total"), count)
            self.assertEqual(self.total(page, receiver, "received_bytes_total"), count)

    def check_accept_wait(self):
        """A request that comes 0.4 s before its connection is accepted has waited so long."""
        self.start(self.server, """
            my $listener = listening(16); my $set = bits($listener); select($set, undef, undef, 20); pause(0.4);
            my $peer = accepted($listener); take($peer, 10); give($peer, 10); close($peer); sleep 60""")
        self.ask("my $peer = connected(); give($peer, 10); take($peer, 10) == 10 or die; take($peer, 1)")
        page = self.assert_counts_are({"client attempts": 1, "client connects": 1, "server accepts": 1})
        self.assertEqual(self.total(page, self.server, "accept_wait_seconds_count"), 1)
        waited = self.total(page, self.server, "accept_wait_seconds_sum")
        self.assertGreater(waited, 0.35)
        self.assertLess(waited, 1)

    def test_a_connection_that_waits_to_be_accepted(self):
        self.check_accept_wait()

    def test_a_connection_that_waits_to_be_accepted_where_the_port_is_the_target(self):
        self.daemon.stop()
        self.daemon = self.watch(f"port:{PORT}")
        self.check_accept_wait()

    def test_the_round_trip_of_a_living_connection(self):
        self.start(self.server, """
            my $peer = accepted(listening(16)); while (take($peer, 10)) { give($peer, 10) } close($peer); sleep 60""")
        client = self.start(self.client, """
            my $peer = connected(); for (1..50) { give($peer, 10); take($peer, 10) == 10 or die } print qq(ready\\n);
            until_told(); close($peer); sleep 60""")
        ready(client)
        page = self.next_passes()
        for workload, end in ((self.client, self.network.client), (self.server, self.network.server)):
            (line,) = end.sockets("state", "established")
            kernel = float(re.search(r"\brtt:([0-9.]+)/", line).group(1)) / 1000
            measured = self.total(page, workload, "rtt_seconds")
            print(f"\nround trip measured {measured * 1e6:.0f} us, kernel {kernel * 1e6:.0f} us")
            self.assertGreater(measured, 0)
            self.assertTrue(kernel / 2 <= measured <= kernel * 2 or abs(measured - kernel) <= 200e-6,
                            f"measured {measured}, kernel {kernel}")
            self.assertEqual(self.total(page, workload, "connections", state="established"), 1)
        client.send_signal(signal.SIGUSR1)
        self.assert_counts_are({"client attempts": 1, "client connects": 1, "server accepts": 1})
