#!/usr/bin/env python3
"""Runs one theme of the end-to-end tests: run.py THEME [unittest options].

Exits with 77 if the machine cannot run it.
"""

import importlib
import os
import signal
import sys
import unittest

SKIP_EXIT_CODE = 77
DEFAULT_LIMIT_S = 150


def _give_up(number, _frame):
    """Lets cleanups run, which a SIGKILL from the test driver would not."""
    raise TimeoutError(f"the theme was ended by signal {number}")


def main():
    """Checks what the theme requires, then runs it under a limit of its own."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    theme = sys.argv.pop(1)
    module = importlib.import_module(f"{theme}_test")
    from harness.requirements import missing

    lacking = missing(module.REQUIRES)
    if lacking:
        print(f"SKIPPED {theme}: {'; '.join(lacking)}", file=sys.stderr)
        return SKIP_EXIT_CODE
    signal.signal(signal.SIGALRM, _give_up)
    signal.signal(signal.SIGTERM, _give_up)
    signal.alarm(int(os.environ.get("SONDE_E2E_LIMIT_S", DEFAULT_LIMIT_S)))
    program = unittest.main(module=module, exit=False, verbosity=2, argv=sys.argv)
    return 0 if program.result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
