"""What the processes of each service use and what happens to them: burners, hogs, leaks, crashes, kills."""

import json
import os
import pathlib
import signal

from harness.case import SondeCase
from harness.control_groups import ControlGroup
from harness.daemon import Daemon, run_verb
from harness.waiting import wait_until
from harness.workload import Workload, ready

REQUIRES = ("sonde", "perl")

#: Between two passes of the daemon under test; what happens must be visible within one of them.
INTERVAL_S = 1
#: One interval, and what a loaded machine may take on top.
VISIBLE_S = INTERVAL_S + 5
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
SLEEP = "$| = 1; print qq(ready\\n); sleep 60"


def status_bytes(pid, field):
    """A size of /proc/PID/status."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"/proc/{pid}/status has no {field}")


def cpu_seconds(pid):
    """User and system time of /proc/PID/stat, in steps of the clock tick."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) * TICK_S, int(fields[12]) * TICK_S


class Services(SondeCase):
    """Each test starts its own workload and aims the daemon at nothing else."""

    def workload(self, stem):
        """A program with a name of its own."""
        workload = Workload(self.directory, stem)
        self.addCleanup(workload.stop)
        return workload

    def watch(self, *workloads, named=False, more=""):
        """The daemon for these workloads; with `named` they are services by configuration, as units would be."""
        config = f"resources: {{interval: {INTERVAL_S}s}}\n{more}"
        if named:
            config += "services:\n" + "".join(
                f"  - {{name: {each.name}, match: {{executable: '*/{each.name}'}}}}\n" for each in workloads)
        path = self.directory / "sonde.yaml"
        path.write_text(config)
        daemon = Daemon([each.target for each in workloads], path)
        self.addCleanup(daemon.stop)
        daemon.wait_for_metric(lambda page: page.total("sonde_resource_passes_total") > 0, VISIBLE_S, "a first pass")
        return daemon

    def page_after(self, daemon):
        """The metrics after two passes from now on: of those, the second began after this was called."""
        passes = daemon.metrics().total("sonde_resource_passes_total")
        return daemon.wait_for_metric(lambda found: found.total("sonde_resource_passes_total") >= passes + 2, VISIBLE_S,
                                      "two more passes")

    def events(self, daemon, workload, kind=None):
        """The logged events of a workload's service."""
        status, text = daemon.get(f"/api/sonde/v1/events?service={workload.name}")
        self.assertEqual(status, 200, text)
        return [each for each in json.loads(text)["events"] if kind in (None, each["event"])]

    def wait_for_event(self, daemon, workload, kind):
        """The first event of that kind."""
        return wait_until(lambda: [each for each in self.events(daemon, workload, kind) if each["service"]], VISIBLE_S,
                          lambda: f"{kind} of {workload.name}; there are {self.events(daemon, workload)}")[0]

    def test_a_cpu_burner_has_the_time_that_the_kernel_gives_it(self):
        burner = self.workload("burn")
        daemon = self.watch(burner)
        child = burner.start("1 while 1")
        daemon.wait_for_metric(
            lambda found: found.total("process_cpu_time_seconds_total", service_name=burner.name) > 0.5, 20,
            "half a second of CPU time")
        # Stopped, so that the kernel's figure and the next pass's speak of the same moment.
        child.send_signal(signal.SIGSTOP)
        page = self.page_after(daemon)
        user, system = cpu_seconds(child.pid)
        measured = page.total("process_cpu_time_seconds_total", service_name=burner.name)
        print(f"\nCPU time measured {measured:.3f} s, /proc/PID/stat {user + system:.3f} s")
        self.assertAlmostEqual(measured, user + system, delta=2 * TICK_S + 0.01)
        self.assertAlmostEqual(page.total("process_cpu_time_seconds_total", service_name=burner.name, cpu_mode="user"),
                               user, delta=2 * TICK_S + 0.01)

    def test_a_memory_hog_has_its_resident_memory(self):
        hog = self.workload("hog")
        daemon = self.watch(hog)
        child = hog.start("$| = 1; my $x = 'a' x 150_000_000; print qq(ready\\n); sleep 60")
        ready(child)
        page = self.page_after(daemon)
        resident = status_bytes(child.pid, "VmRSS")
        measured = page.total("process_memory_usage_bytes", service_name=hog.name)
        print(f"\nresident measured {measured:.0f}, VmRSS {resident}")
        self.assertAlmostEqual(measured / resident, 1, delta=0.02)
        self.assertEqual(page.total("sonde_process_count", service_name=hog.name), 1)

    def test_a_descriptor_leak_shows_how_near_the_limit_is(self):
        leak = self.workload("leak")
        daemon = self.watch(leak)
        child = leak.start("$| = 1; my @h; for (1..700) { open(my $f, '<', '/dev/null') or die; push @h, $f }"
                           " print qq(ready\\n); sleep 60", before=("/bin/sh", "-c", 'ulimit -n 1000 && exec "$@"', "sh"))
        ready(child)
        open_now = len(os.listdir(f"/proc/{child.pid}/fd"))
        page = daemon.wait_for_metric(
            lambda found: found.total("process_open_file_descriptor_count", service_name=leak.name) > 700, VISIBLE_S,
            "the leak")
        self.assertEqual(page.total("process_open_file_descriptor_count", service_name=leak.name), open_now)
        self.assertAlmostEqual(page.total("sonde_process_open_file_descriptor_ratio", service_name=leak.name),
                               open_now / 1000)

    def test_a_kill_for_want_of_memory_names_the_victim_and_its_cgroup(self):
        victim = self.workload("oom")
        try:
            group = ControlGroup("memory", victim.name)
        except (LookupError, OSError) as why:
            self.skipTest(f"no memory cgroup can be made here: {why}")
        self.addCleanup(group.close)
        group.limit_memory(48 << 20)
        daemon = self.watch(victim, named=True)
        sleeper = victim.start(SLEEP, before=group.entering())
        self.addCleanup(victim.stop)
        ready(sleeper)
        page = daemon.wait_for_metric(
            lambda found: found.samples("sonde_container_memory_limit_bytes", service_name=victim.name), VISIBLE_S,
            "the cgroup's limit")
        self.assertEqual(page.total("sonde_container_memory_limit_bytes", service_name=victim.name), 48 << 20)
        hog = victim.start("my $x = 'a' x 200_000_000; sleep 60", before=group.entering())
        self.assertEqual(hog.wait(30), -signal.SIGKILL)
        event = self.wait_for_event(daemon, victim, "oom_kill")
        self.assertEqual(event["pid"], hog.pid)
        self.assertIn(f"/{group.path.name}", event["what"])
        page = daemon.wait_for_metric(
            lambda found: found.total("sonde_process_exits_total", service_name=victim.name, signal="SIGKILL") == 1,
            VISIBLE_S, "the end of the victim")
        self.assertEqual(page.total("sonde_oom_kills_total", service_name=victim.name), 1)
        page = daemon.wait_for_metric(
            lambda found: found.total("sonde_container_oom_kills_total", service_name=victim.name) == 1, VISIBLE_S,
            "the cgroup's own count")
        victim.stop()

    def test_memory_of_a_cgroup_is_what_the_kernel_says(self):
        service = self.workload("group")
        try:
            group = ControlGroup("memory", service.name)
        except (LookupError, OSError) as why:
            self.skipTest(f"no memory cgroup can be made here: {why}")
        self.addCleanup(group.close)
        daemon = self.watch(service)
        child = service.start("$| = 1; my $x = 'a' x 60_000_000; print qq(ready\\n); sleep 60", before=group.entering())
        self.addCleanup(service.stop)
        ready(child)
        usage = "memory.current" if group.version2 else "memory.usage_in_bytes"
        page = self.page_after(daemon)
        measured = page.total("container_memory_usage_bytes", service_name=service.name)
        self.assertAlmostEqual(measured / int(group.read(usage)), 1, delta=0.02)
        service.stop()

    def test_a_crash_loop_is_told_once_and_attributed(self):
        crasher = self.workload("crash")
        daemon = self.watch(crasher, named=True, more="events: {crash_loop: {exits: 3, within: 10m}}\n")
        for _ in range(4):
            self.assertEqual(crasher.run("kill 'SEGV', $$; sleep 1"), -signal.SIGSEGV)
        self.assertEqual(crasher.run("exit 3"), 3)
        event = self.wait_for_event(daemon, crasher, "crash_loop")
        self.assertIn(crasher.name, event["what"])
        page = daemon.wait_for_metric(
            lambda found: found.total("sonde_process_exits_total", service_name=crasher.name) == 5, VISIBLE_S,
            "every end")
        self.assertEqual(page.total("sonde_process_exits_total", service_name=crasher.name, signal="SIGSEGV"), 4)
        self.assertEqual(page.total("sonde_process_exits_total", service_name=crasher.name, exit_code="3"), 1)
        self.assertEqual(page.total("sonde_process_starts_total", service_name=crasher.name), 5)
        self.assertEqual(page.total("sonde_crash_loops_total", service_name=crasher.name), 1)
        self.assertEqual(page.total("sonde_crash_looping", service_name=crasher.name), 1)
        self.assertEqual(len(self.events(daemon, crasher, "crash_loop")), 1)

    def test_an_orderly_end_is_no_crash(self):
        service = self.workload("calm")
        daemon = self.watch(service, named=True)
        for _ in range(4):
            child = service.start(SLEEP)
            ready(child)
            self.assertEqual(child.stop(signal.SIGTERM), -signal.SIGTERM)
        page = daemon.wait_for_metric(
            lambda found: found.total("sonde_process_exits_total", service_name=service.name, signal="SIGTERM") == 4,
            VISIBLE_S, "four ends")
        self.assertEqual(page.samples("sonde_crash_loops_total", service_name=service.name), [])

    def test_a_restart_with_another_binary_is_told(self):
        service = self.workload("deploy")
        daemon = self.watch(service, named=True)
        first = service.start(SLEEP)
        ready(first)
        daemon.wait_for_metric(lambda found: found.total("sonde_process_count", service_name=service.name) == 1,
                               VISIBLE_S, "the first binary")
        first.stop(signal.SIGTERM)
        second = service.start(SLEEP)
        ready(second)
        page = self.page_after(daemon)
        self.assertEqual(page.total("sonde_binary_changes_total", service_name=service.name), 0, "the same binary")
        second.stop(signal.SIGTERM)
        service.install("sleep")
        other = service.start_plain("60")
        event = self.wait_for_event(daemon, service, "binary_changed")
        self.assertEqual(event["pid"], other.pid)
        page = daemon.metrics()
        self.assertEqual(page.total("sonde_binary_changes_total", service_name=service.name), 1)

    def test_a_listening_socket_that_is_gone_is_told(self):
        server = self.workload("listen")
        script = ("use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0) or die; bind($s, sockaddr_in(0, INADDR_LOOPBACK));"
                  " listen($s, 7); my ($port) = sockaddr_in(getsockname($s)); $| = 1; print qq(port $port\\n);"
                  " sleep 60")
        daemon = self.watch(server)
        child = server.start(script)
        port = child.wait_for_line(lambda line: line.split()[1] if line.startswith("port ") else None, 20, "its port")
        page = daemon.wait_for_metric(
            lambda found: found.samples("sonde_tcp_listen_backlog_limit", service_name=server.name, server_port=port),
            VISIBLE_S, "the listener")
        self.assertEqual(page.total("sonde_tcp_listen_backlog_limit", server_port=port), 7)
        child.stop(signal.SIGKILL)
        event = self.wait_for_event(daemon, server, "listener_gone")
        self.assertIn(port, event["what"])
        page = daemon.metrics()
        self.assertEqual(page.total("sonde_listeners_gone_total", service_name=server.name, server_port=port), 1)

    def test_the_events_verb_shows_what_happened(self):
        crasher = self.workload("verb")
        daemon = self.watch(crasher, named=True)
        crasher.run("kill 'ABRT', $$; sleep 1")
        event = self.wait_for_event(daemon, crasher, "process_killed")
        shown = run_verb("events", "--address", daemon.address, "--service", crasher.name)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn(event["what"], shown.stdout)
        self.assertIn("SIGABRT", shown.stdout)

    def test_nothing_but_the_target_appears(self):
        chosen = self.workload("chosen")
        other = self.workload("other")
        daemon = self.watch(chosen)
        children = [each.start(SLEEP) for each in (other, chosen)]
        for child in children:
            ready(child)
        other.run("kill 'SEGV', $$; sleep 1")
        page = daemon.wait_for_metric(lambda found: found.total("sonde_process_count", service_name=chosen.name) == 1,
                                      VISIBLE_S, "the target")
        page = self.page_after(daemon)
        self.assertNotIn(other.name, page.text)
        services = {each.labels["service_name"] for each in page.samples("sonde_process_count")}
        self.assertEqual(services, {chosen.name})
        self.assertNotIn(other.name, daemon.get("/api/sonde/v1/events?since=1h")[1])
