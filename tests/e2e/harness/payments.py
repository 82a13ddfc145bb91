"""A payment service written in Node, which knows nothing of Sonde."""

import pathlib

from .child import Child
from .requirements import find_program

_PROGRAM = pathlib.Path(__file__).with_name("payments_server.mjs")


class Payments:
    """payments_server.mjs as a process."""

    def __init__(self):
        self._child = Child([find_program("node"), _PROGRAM], read="stdout")
        self.port = self._child.wait_for_line(int, 20, "the payment service prints its port")

    @property
    def pid(self):
        """Of the process."""
        return self._child.pid

    def stop(self):
        """Ends it."""
        self._child.stop()
