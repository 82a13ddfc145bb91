"""The server behind nginx: can be stopped and brought back on the same port."""

import pathlib
import signal
import sys

from .child import Child

_PROGRAM = pathlib.Path(__file__).with_name("upstream_server.py")


class Upstream:
    """upstream_server.py as a process."""

    def __init__(self):
        self.port = 0
        self._child = None
        self.start()

    def start(self):
        """Starts it, on the port it had before if it had one."""
        self._child = Child([sys.executable, _PROGRAM, "--port", self.port], read="stdout")
        self.port = self._child.wait_for_line(int, 10, "the upstream prints its port")

    def stop(self):
        """Ends it; its port refuses connections from then on."""
        self._child.stop(signal.SIGKILL)

    @property
    def pid(self):
        """Of the process that runs now."""
        return self._child.pid

    def url(self, path):
        """The address of a path on this server."""
        return f"http://127.0.0.1:{self.port}{path}"
