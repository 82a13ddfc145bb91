#!/usr/bin/env python3
"""Fails when vendor/CMakeLists.txt, the table in vendor/README.md and scripts/lib/packages.sh disagree."""

import re

import source_tree

PACKAGE = re.compile(r"^[a-z0-9][a-z0-9+.-]+$")


def required_packages(root):
    """Package -> line of vendor/CMakeLists.txt that asks for it."""
    found = {}
    call = re.compile(r"^\s*sonde_vendor_(?:pkg|cmake|program)\((.*)\)\s*$")
    for number, line in enumerate((root / "vendor/CMakeLists.txt").read_text().splitlines(), 1):
        arguments = call.match(line)
        if arguments:
            words = re.findall(r'"[^"]*"|\S+', arguments.group(1))
            position = 2 if "_program(" in line else 3
            found.update({package: number for package in words[position].strip('"').split()})
        for message in re.findall(r"apt-get install ([a-z0-9+.-]+)\"", line):
            found[message] = number
    return found


def documented_packages(root):
    """Package -> row of the table in vendor/README.md."""
    found = {}
    for number, line in enumerate((root / "vendor/README.md").read_text().splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("| `"):
            continue
        for package in re.findall(r"`([^`]+)`", cells[0]):
            found[package] = (number, all(cells) and len(cells) == 5)
    return found


def installed_packages(root):
    text = (root / "scripts/lib/packages.sh").read_text()
    groups = re.findall(r"SONDE_(?:BUILD|TEST)_PACKAGES=\((.*?)\)", text, re.DOTALL)
    return {word for group in groups for word in group.split() if PACKAGE.match(word)}


def main():
    root = source_tree.parse_arguments(__doc__).root
    required, documented, installed = required_packages(root), documented_packages(root), installed_packages(root)
    faults = []
    for package, line in sorted(required.items()):
        if package not in documented:
            faults.append(f"vendor/CMakeLists.txt:{line}: {package} has no row in vendor/README.md")
        if package not in installed:
            faults.append(f"vendor/CMakeLists.txt:{line}: scripts/lib/packages.sh does not install {package}")
    for package in sorted(installed - documented.keys()):
        faults.append(f"scripts/lib/packages.sh:1: {package} has no row in vendor/README.md")
    for package, (line, complete) in sorted(documented.items()):
        if package not in installed:
            faults.append(f"vendor/README.md:{line}: scripts/lib/packages.sh does not install {package}")
        if not complete:
            faults.append(f"vendor/README.md:{line}: {package} needs its role, version, licence and the reason for it")
    source_tree.finish(faults, "dependencies")


if __name__ == "__main__":
    main()
