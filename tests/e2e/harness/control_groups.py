"""A cgroup of the test's own, in whichever hierarchy of the host has the controller."""

import os
import pathlib


def _hierarchies():
    """(mount point, is version 2, controllers) of every mounted hierarchy."""
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        _, point, kind, options = line.split()[:4]
        if kind == "cgroup":
            yield pathlib.Path(point), False, set(options.split(","))
        if kind == "cgroup2":
            controllers = (pathlib.Path(point) / "cgroup.controllers").read_text().split()
            yield pathlib.Path(point), True, set(controllers)


class ControlGroup:
    """One directory below the hierarchy with a controller; removed when it is closed."""

    def __init__(self, controller, name):
        found = [each for each in _hierarchies() if controller in each[2]]
        if not found:
            raise LookupError(f"no mounted cgroup hierarchy has the controller {controller}")
        point, self.version2, _ = found[0]
        if self.version2:
            (point / "cgroup.subtree_control").write_text(f"+{controller}")
        self.path = point / name
        self.path.mkdir()

    def write(self, file, value):
        """Sets one of its files."""
        (self.path / file).write_text(str(value))

    def read(self, file):
        """The text of one of its files."""
        return (self.path / file).read_text()

    def limit_memory(self, size_bytes):
        """No more than this, and no swap."""
        if self.version2:
            self.write("memory.max", size_bytes)
            if (self.path / "memory.swap.max").exists():
                self.write("memory.swap.max", 0)
        else:
            self.write("memory.limit_in_bytes", size_bytes)

    def entering(self):
        """A command that moves itself in and then execs the words after it."""
        return ("/bin/sh", "-c", f'echo $$ > "{self.path}/cgroup.procs" && exec "$@"', "sh")

    def close(self):
        """Its processes must have ended."""
        os.rmdir(self.path)
