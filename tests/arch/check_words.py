#!/usr/bin/env python3
"""Fails on words that do not belong in the tree: unfinished business, one machine's paths, registries, vague file names."""

import re

import source_tree

# Spelt so that this file does not find itself.
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\b(?!\s*\(#\d+\))")
MACHINE_PATH = re.compile(r"(?<![\w./:-])/(?:wor[k]|hom[e])/")
REGISTRY = re.compile(
    r"(?:pypi[.]org|pythonhosted[.]org|registry[.]npmjs[.]org|registry[.]yarnpkg[.]com|crates[.]io|proxy[.]golang[.]org"
    r"|(?:deb|security|snapshot|ftp)[.]debian[.]org)"
)
VAGUE_STEM = re.compile(r"^(?:utils?|common|helpers?|misc)$")

RULES = (
    (UNFINISHED, "finish it, or name the issue: TO" + "DO (#123)"),
    (MACHINE_PATH, "a path of one machine"),
    (REGISTRY, "a package registry: dependencies come from the host's own package sources"),
)


def faults_of(root, path):
    place = path.relative_to(root)
    faults = []
    if VAGUE_STEM.match(path.name.split(".")[0]):
        faults.append(f"{place}:1: '{path.name}' does not say what is in it")
    for number, line in enumerate((source_tree.read(path) or "").splitlines(), 1):
        for pattern, why in RULES:
            found = pattern.search(line)
            if found:
                faults.append(f"{place}:{number}: '{found.group()}': {why}")
    return faults


def main():
    root = source_tree.parse_arguments(__doc__).root
    everything = source_tree.files(root)
    source_tree.finish([fault for path in everything for fault in faults_of(root, path)], "words")


if __name__ == "__main__":
    main()
