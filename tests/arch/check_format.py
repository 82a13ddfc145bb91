#!/usr/bin/env python3
"""Fails on C and C++ files that clang-format 14 would write differently; with --fix, rewrites them."""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

import source_tree

PINNED = "14"
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


def fault_of(root, program, path, fix):
    """The first difference in the file, or None."""
    mode = ["-i"] if fix else ["--dry-run", "--Werror"]
    done = subprocess.run([program, *mode, str(path)], capture_output=True, text=True)
    if done.returncode == 0:
        return None
    place = re.search(r":(\d+):", done.stderr)
    return f"{path.relative_to(root)}:{place.group(1) if place else 1}: not as clang-format writes it; run scripts/dev format"


def main():
    arguments = source_tree.parse_arguments(__doc__, "--fix")
    program = formatter()
    if not program:
        print(f"skipped: clang-format {PINNED} is not installed (other versions write differently)")
        sys.exit(1 if arguments.fix else SKIPPED)
    sources = source_tree.files(arguments.root, ["userspace", "bpf", "tests"], [".h", ".c", ".cpp"])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda path: fault_of(arguments.root, program, path, arguments.fix), sources)
        source_tree.finish([fault for fault in found if fault], "format")


if __name__ == "__main__":
    main()
