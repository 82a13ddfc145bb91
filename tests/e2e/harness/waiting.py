"""Bounded waiting: nothing here ends later than its deadline, and what was waited for is named when it does."""

import time

POLL_INTERVAL_S = 0.02


class WaitExpired(AssertionError):
    """What a test waited for did not happen in time."""


class Deadline:
    """A point in time after which a wait gives up."""

    def __init__(self, seconds):
        self._end = time.monotonic() + seconds

    def left_s(self):
        """Seconds until the deadline, never negative."""
        return max(0.0, self._end - time.monotonic())

    def expired(self):
        """Whether the deadline has passed."""
        return self.left_s() == 0.0


def wait_until(condition, seconds, what):
    """Polls `condition` until it is true and returns its value.

    `what` is a text, or a callable that makes one, for the error when `seconds` have passed.
    """
    deadline = Deadline(seconds)
    while True:
        value = condition()
        if value:
            return value
        if deadline.expired():
            text = what() if callable(what) else what
            raise WaitExpired(f"not within {seconds} s: {text}")
        time.sleep(min(POLL_INTERVAL_S, deadline.left_s()))
