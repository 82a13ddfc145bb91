"""The files of the repository as the checkers see them, and how they report faults."""

import argparse
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOT_OURS = {".git", "build", ".cache", "__pycache__"}


def parse_arguments(description, *flags):
    """Every checker takes --root, so that its self-test can show it another tree."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="repository to check (this one)")
    for flag in flags:
        parser.add_argument(flag, action="store_true")
    return parser.parse_args()


def files(root, folders=("",), suffixes=None):
    """Files below the folders, sorted, without what is generated."""
    found = set()
    for folder in folders:
        for path in (root / folder).rglob("*"):
            parts = path.relative_to(root).parts
            if not path.is_file() or NOT_OURS.intersection(parts):
                continue
            if suffixes is None or path.name.endswith(tuple(suffixes)):
                found.add(path)
    return sorted(found)


def read(path):
    """The text of a file, or None if it holds something else (a fuzzing seed, a recording)."""
    data = path.read_bytes()
    if b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def finish(faults, checked):
    """Prints every fault and ends the program: 0 if there is none."""
    for fault in faults:
        print(fault)
    if faults:
        print(f"{len(faults)} fault(s)", file=sys.stderr)
        sys.exit(1)
    print(f"{checked}: no fault")
