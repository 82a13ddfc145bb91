"""Child processes whose lines can be waited for, and which never outlive the test."""

import ctypes
import os
import signal
import subprocess
import threading

from .waiting import Deadline, WaitExpired

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


def die_with_parent():
    """Runs in the child before exec: a test that is killed takes its servers with it."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A running program; its standard error, and its standard output if asked for, are kept line by line."""

    def __init__(self, command, read="stderr", environment=None):
        streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, read: subprocess.PIPE}
        self._process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})},
            preexec_fn=die_with_parent, **streams)
        self._command = [str(word) for word in command]
        self._lines = []
        self._changed = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read, args=(getattr(self._process, read),), daemon=True)
        self._reader.start()

    @property
    def pid(self):
        """Of the process, also after it has ended."""
        return self._process.pid

    @property
    def exit_code(self):
        """None while it runs; -N if signal N ended it."""
        return self._process.poll()

    def lines(self):
        """Every line so far."""
        with self._changed:
            return list(self._lines)

    def text(self):
        """Every line so far, as one text."""
        return "\n".join(self.lines())

    def wait_for_line(self, pick, seconds, what):
        """The first value that is not None which `pick` makes of a line, as soon as the line is there."""
        deadline = Deadline(seconds)
        seen = 0
        with self._changed:
            while True:
                for line in self._lines[seen:]:
                    value = pick(line)
                    if value is not None:
                        return value
                seen = len(self._lines)
                if self._ended or deadline.expired():
                    break
                self._changed.wait(deadline.left_s())
        ended = f"it ended with {self.wait(seconds)}" if self._ended else f"not within {seconds} s"
        raise WaitExpired(f"{what}: {ended}: {' '.join(self._command)}\n{self.text()}")

    def wait(self, seconds):
        """The exit code, once the process has ended and its last line was read."""
        code = self._process.wait(seconds)
        self._reader.join(seconds)
        return code

    def send_signal(self, number):
        """Sends a signal unless the process has ended."""
        if self.exit_code is None:
            self._process.send_signal(number)

    def stop(self, number=signal.SIGTERM, seconds=10):
        """Ends it: asked first, killed if it does not answer. Returns the exit code."""
        self.send_signal(number)
        try:
            return self.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self.wait(seconds)

    def _read(self, stream):
        with stream:
            for raw in stream:
                with self._changed:
                    self._lines.append(raw.decode("utf-8", "replace").rstrip("\n"))
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
