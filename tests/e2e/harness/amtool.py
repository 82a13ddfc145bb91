"""amtool, which says what a file of Alertmanager means."""

import subprocess

from .requirements import find_program


def amtool(*words):
    """Runs amtool to its end. Returns a CompletedProcess with texts."""
    return subprocess.run([find_program("amtool"), *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60, check=False)
