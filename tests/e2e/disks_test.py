"""Disks and file systems: how full, how fast, and when one turns read-only. On a loop device of the test's own."""

import json
import os
import subprocess

from harness.case import SondeCase
from harness.daemon import Daemon
from harness.loop_disk import LoopDisk
from harness.waiting import wait_until
from harness.workload import unique_name

REQUIRES = ("sonde", "losetup", "mkfs.ext4", "mount")

VISIBLE_S = 6
CONFIG = "resources: {interval: 1s, disks_exclude: 'ram\\d+'}\n"


class Disks(SondeCase):
    """One small ext4 file system; no process is targeted, since only the host is looked at."""

    def setUp(self):
        super().setUp()
        try:
            self.disk = LoopDisk(self.directory, 64 << 20)
        except (subprocess.CalledProcessError, OSError) as why:
            self.skipTest(f"no loop device can be mounted here: {why}")
        self.addCleanup(self.disk.close)
        self.labels = {"mountpoint": str(self.disk.mount_point), "device": self.disk.device, "fstype": "ext4"}

    def watch(self):
        """The daemon, without any service: the only target is a name that nobody has."""
        path = self.directory / "sonde.yaml"
        path.write_text(CONFIG)
        daemon = Daemon([f"process:{unique_name('nobody')}"], path)
        self.addCleanup(daemon.stop)
        return daemon

    def after_a_pass(self, daemon):
        """A page whose every figure was read after this call."""
        passes = daemon.metrics().total("sonde_resource_passes_total")
        return daemon.wait_for_metric(lambda page: page.total("sonde_resource_passes_total") >= passes + 2, VISIBLE_S,
                                      "two more passes")

    def test_a_filled_file_system_is_as_full_as_statvfs_says(self):
        daemon = self.watch()
        before = self.after_a_pass(daemon).total("node_filesystem_avail_bytes", **self.labels)
        self.disk.fill(40 << 20)
        page = self.after_a_pass(daemon)
        facts = os.statvfs(self.disk.mount_point)
        self.assertEqual(page.total("node_filesystem_avail_bytes", **self.labels), facts.f_bavail * facts.f_frsize)
        self.assertEqual(page.total("node_filesystem_size_bytes", **self.labels), facts.f_blocks * facts.f_frsize)
        self.assertEqual(page.total("node_filesystem_files_free", **self.labels), facts.f_ffree)
        self.assertLess(page.total("node_filesystem_avail_bytes", **self.labels), before - (39 << 20))

    def test_turning_read_only_is_an_event_once(self):
        daemon = self.watch()
        self.assertEqual(self.after_a_pass(daemon).total("node_filesystem_readonly", **self.labels), 0)
        self.disk.remount("ro")

        def event():
            found = json.loads(daemon.get("/api/sonde/v1/events")[1])["events"]
            return [each for each in found if each["event"] == "filesystem_read_only"
                    and str(self.disk.mount_point) in each["what"]]

        wait_until(event, VISIBLE_S, "the event")
        page = self.after_a_pass(daemon)
        self.assertEqual(len(event()), 1)
        self.assertEqual(page.total("node_filesystem_readonly", **self.labels), 1)
        self.assertEqual(page.total("sonde_filesystem_read_only_events_total",
                                    mountpoint=str(self.disk.mount_point)), 1)

    def test_requests_of_the_disk_are_counted_as_the_kernel_counts_them(self):
        daemon = self.watch()
        before_page, before = self.after_a_pass(daemon), self.disk.statistics()
        self.disk.fill(16 << 20)
        self.disk.sync()
        after, page = self.disk.statistics(), self.after_a_pass(daemon)
        name = "sonde_disk_io_duration_seconds"
        writes = (page.total(f"{name}_count", device=self.disk.name, operation="write")
                  - before_page.total(f"{name}_count", device=self.disk.name, operation="write"))
        seconds = (page.total(f"{name}_sum", device=self.disk.name, operation="write")
                   - before_page.total(f"{name}_sum", device=self.disk.name, operation="write"))
        print(f"\nwrites measured {writes:.0f}, kernel {after[4] - before[4]}; "
              f"time {seconds:.3f} s, kernel {(after[7] - before[7]) / 1000:.3f} s")
        self.assertGreater(writes, 0)
        self.assertEqual(writes, after[4] - before[4])
        # The kernel rounds each request to a nanosecond and the sum to a millisecond.
        self.assertAlmostEqual(seconds, (after[7] - before[7]) / 1000, delta=0.05 * seconds + 0.005)
        self.assertEqual(page.total("node_disk_writes_completed_total", device=self.disk.name), after[4])
        self.assertEqual(page.total("node_disk_written_bytes_total", device=self.disk.name), after[6] * 512)
