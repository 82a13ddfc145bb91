#!/usr/bin/env python3
"""Writes the table of modules in userspace/README.md from layers.json (--update), or fails if it differs (--check)."""

import json

import source_tree

INTRODUCTION = """# Modules

Data flows down this table and never back up. A module includes its own headers, `base/*`, and of the modules above it
only `types.h`; `app` may include everything and joins the stages in `app/wiring.cpp`. `tests/arch/check_includes.py`
holds the code to that. This file is written by `tests/arch/generate_readme.py --update` from `tests/arch/layers.json`.

| module | what it does |
| --- | --- |
"""


def render(root):
    layers = json.loads((root / "tests/arch/layers.json").read_text())
    rows = []
    for module in layers["modules"]:
        exists = any((root / "userspace" / module["name"]).glob("*"))
        does = module["does"].replace("|", "\\|")
        rows.append(f"| `{module['name']}` | {does}{'' if exists else ' (not there yet)'} |\n")
    return INTRODUCTION + "".join(rows)


def main():
    arguments = source_tree.parse_arguments(__doc__, "--check", "--update")
    readme = arguments.root / "userspace/README.md"
    wanted = render(arguments.root)
    if arguments.update:
        readme.write_text(wanted)
    current = readme.read_text() if readme.is_file() else ""
    stale = "userspace/README.md:1: differs from tests/arch/layers.json; run tests/arch/generate_readme.py --update"
    source_tree.finish([] if current == wanted else [stale], "userspace/README.md")


if __name__ == "__main__":
    main()
