#!/usr/bin/env python3
"""Fails on C and C++ files that clang-format 14 would write differently; with --fix, rewrites them."""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

import source_tree

PINNED = "14"
BATCH = 40
SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def formatter():
    for name in (f"clang-format-{PINNED}", "clang-format"):
        program = shutil.which(name)
        if not program:
            continue
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        if re.search(rf"version {PINNED}\.", version):
            return program
    return None


def faults_of(root, program, paths, fix):
    """The first difference in each of the files that has one."""
    mode = ["-i"] if fix else ["--dry-run", "--Werror"]
    done = subprocess.run([program, *mode, *map(str, paths)], capture_output=True, text=True)
    if done.returncode == 0:
        return []
    places = {}
    for path, line in re.findall(r"^(.+?):(\d+):\d+: ", done.stderr, re.MULTILINE):
        places.setdefault(path, line)
    faults = [f"{pathlib.Path(path).relative_to(root)}:{line}: not as clang-format writes it; run scripts/dev format"
              for path, line in places.items()]
    return faults or [f"{program} failed: {done.stderr.strip()}"]


def main():
    arguments = source_tree.parse_arguments(__doc__, "--fix")
    program = formatter()
    if not program:
        print(f"skipped: clang-format {PINNED} is not installed (other versions write differently)")
        sys.exit(1 if arguments.fix else SKIPPED)
    sources = source_tree.files(arguments.root, ["userspace", "bpf", "tests"], [".h", ".c", ".cpp"])
    # To start the program takes longer than a file does.
    batches = [sources[start : start + BATCH] for start in range(0, len(sources), BATCH)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda batch: faults_of(arguments.root, program, batch, arguments.fix), batches)
        source_tree.finish([fault for faults in found for fault in faults], "format")


if __name__ == "__main__":
    main()
