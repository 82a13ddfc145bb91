"""Small programs with a name of their own that use a host's resources: a copy of perl or sh in the test's directory."""

import itertools
import os
import pathlib
import shutil
import signal

from .child import Child
from .requirements import find_program

_numbers = itertools.count(1)
NAME_BYTES = 15


def unique_name(stem):
    """A process name that nothing else on the host has, short enough for the kernel's comm."""
    name = f"{stem}{os.getpid() % 100000}x{next(_numbers)}"
    if len(name) > NAME_BYTES:
        raise ValueError(f"{name} is longer than {NAME_BYTES} bytes")
    return name


class Workload:
    """A program under a name of its own, so that it is a service of its own and can be targeted by name."""

    def __init__(self, directory, stem):
        self.name = unique_name(stem)
        self.path = pathlib.Path(directory) / self.name
        self.install("perl")
        self._children = []

    @property
    def target(self):
        """What the daemon's --only takes."""
        return f"process:{self.name}"

    def install(self, program):
        """Makes the file another program's copy; running processes keep the old one."""
        fresh = self.path.with_suffix(".new")
        shutil.copy(os.path.realpath(find_program(program)), fresh)
        fresh.rename(self.path)

    def start(self, script, *arguments, before=()):
        """Runs it with `-e SCRIPT` (perl) until it ends or is stopped. `before` is a command that execs the rest."""
        child = Child([*before, self.path, "-e", script, *arguments], read="stdout")
        self._children.append(child)
        return child

    def start_plain(self, *arguments):
        """Runs it with these arguments alone."""
        child = Child([self.path, *arguments], read="stdout")
        self._children.append(child)
        return child

    def run(self, script, seconds=20):
        """Runs it to its end; returns the exit code, -N for signal N."""
        return self.start(script).wait(seconds)

    def stop(self):
        """Ends whatever still runs."""
        for child in self._children:
            child.stop(signal.SIGKILL)


def ready(child, seconds=20):
    """Waits until the script has printed "ready"."""
    child.wait_for_line(lambda line: line if line == "ready" else None, seconds, "the workload says it is ready")
