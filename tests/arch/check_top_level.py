#!/usr/bin/env python3
"""Fails when the repository's top level holds more or less than what is agreed."""

import source_tree

FOLDERS = {"bpf", "userspace", "vendor", "infrastructure", "tests", "docs", "scripts"}
FILES = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "CHANGELOG.md"}
GENERATED = {"build", "compile_commands.json"}  # in .gitignore


def main():
    root = source_tree.parse_arguments(__doc__).root
    faults = []
    for entry in sorted(root.iterdir()):
        if entry.name.startswith(".") or entry.name in GENERATED:
            continue
        if entry.name not in (FOLDERS if entry.is_dir() else FILES):
            faults.append(f"{entry.name}: does not belong at the top level; there are {', '.join(sorted(FOLDERS))}")
    for name in sorted(FOLDERS | FILES):
        if not (root / name).exists():
            faults.append(f"{name}: is missing at the top level")
    source_tree.finish(faults, "top level")


if __name__ == "__main__":
    main()
