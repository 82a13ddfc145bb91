#!/usr/bin/env python3
"""Exports the built-in rules and runs their unit tests over the export, with promtool or with `sonde rules test`."""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

PACK = pathlib.Path(__file__).resolve().parent / "pack"
SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def run(*command, cwd):
    print("$", *command, flush=True)
    return subprocess.run([str(word) for word in command], cwd=cwd).returncode


def check(sonde, judge, folder):
    """How many of the commands failed."""
    tests = sorted(path.name for path in folder.glob("*_test.yml"))
    if judge == "sonde":
        failed = run(sonde, "rules", "check", "pack.yml", cwd=folder) != 0
        return failed + (run(sonde, "rules", "test", *tests, cwd=folder) != 0)
    failed = run("promtool", "check", "rules", "pack.yml", cwd=folder) != 0
    return failed + (run("promtool", "test", "rules", *tests, cwd=folder) != 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sonde", required=True, type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--judge", required=True, choices=["promtool", "sonde"])
    arguments = parser.parse_args()
    if arguments.judge == "promtool" and not shutil.which("promtool"):
        print("SKIPPED: promtool is not installed (Debian: apt-get install prometheus): NOBODY HAS CHECKED the rules")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="sonde-pack-") as name:
        folder = pathlib.Path(name)
        for path in PACK.glob("*_test.yml"):
            shutil.copy(path, folder)
        exported = subprocess.run([arguments.sonde, "rules", "export"], capture_output=True, text=True)
        (folder / "pack.yml").write_text(exported.stdout)
        if exported.returncode != 0:
            sys.exit(f"sonde rules export: {exported.stderr}")
        sys.exit(1 if check(arguments.sonde, arguments.judge, folder) else 0)


if __name__ == "__main__":
    main()
