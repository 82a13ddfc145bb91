#!/usr/bin/env python3
"""Fails on an include in the wrong direction. The layers and their order are in layers.json.

A module of userspace/ may include its own headers, base/*, and of earlier modules nothing but types.h; app may include
everything, and nobody includes app. Record layouts (wire/) and skeletons (*.skel.h) belong to the modules layers.json
names. In bpf/ the levels go down only.
"""

import json
import re

import source_tree

INCLUDE = re.compile(r'^\s*#\s*include(?:_next)?\s*(?:"([^"]+)"|<([^>]+)>|(\w+))')
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def without_comments(text):
    return COMMENT.sub(lambda found: "\n" * found.group().count("\n"), text)


def includes(path):
    """(line, quoted, angled) of every include directive."""
    for number, line in enumerate(without_comments(source_tree.read(path) or "").splitlines(), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(1) or found.group(3), found.group(2)


class Layers:
    def __init__(self, root):
        layers = json.loads((root / "tests/arch/layers.json").read_text())
        self.root = root
        self.modules = [module["name"] for module in layers["modules"]]
        self.bpf = layers["bpf"]
        self.wire_readers = layers["wire_readers"]
        self.skeleton_readers = layers["skeleton_readers"]

    def fault_in_userspace(self, module, name):
        """What is wrong with `module` including the quoted `name`, or None."""
        if name.endswith(".skel.h"):
            allowed = ", ".join(self.skeleton_readers)
            return None if module in self.skeleton_readers else f"only {allowed} may include a skeleton"
        target, _, rest = name.partition("/")
        if target == "wire":
            allowed = ", ".join(self.wire_readers)
            return None if module in self.wire_readers else f"only {allowed} may include record layouts"
        if target not in self.modules:
            return "a quoted include starts with the name of a module; write <> around what is not ours"
        if not (self.root / "userspace" / name).is_file():
            return f"there is no userspace/{name}"
        return self.fault_between(module, target, rest)

    def fault_between(self, module, target, rest):
        if target in (module, "base") or module == "app":
            return None
        if target == "app":
            return "app is the top: nothing includes it"
        if self.modules.index(target) > self.modules.index(module):
            return f"{target} comes after {module}: data flows the other way"
        if rest != "types.h":
            return f"{module} may know nothing of {target} but {target}/types.h; app joins what needs more"
        return None

    def fault_in_bpf(self, level, name):
        target = name.partition("/")[0]
        if target not in self.bpf or level not in self.bpf:
            return None
        if self.bpf.index(target) > self.bpf.index(level):
            return f"{target} is above {level}: {' < '.join(self.bpf)}"
        return None


def userspace_faults(root, layers):
    faults = []
    for path in source_tree.files(root, ["userspace"], [".h", ".cpp"]):
        place = path.relative_to(root)
        module = place.parts[1]
        if module not in layers.modules:
            faults.append(f"{place}:1: {module} is no module; add it to tests/arch/layers.json")
            continue
        if path.suffix == ".h" and "#pragma once" not in without_comments(path.read_text()):
            faults.append(f"{place}:1: a header has #pragma once")
        for line, quoted, angled in includes(path):
            ours = angled and (root / "userspace" / angled).is_file() and angled.partition("/")[0] in layers.modules
            fault = layers.fault_in_userspace(module, quoted or angled) if quoted or ours else None
            if fault:
                faults.append(f"{place}:{line}: includes {quoted or angled}: {fault}")
    return faults


def bpf_faults(root, layers):
    faults = []
    for path in source_tree.files(root, ["bpf"], [".h", ".c"]):
        place = path.relative_to(root)
        level = place.parts[2] if place.parts[1] == "include" and len(place.parts) > 3 else ""
        for line, quoted, _ in includes(path):
            fault = layers.fault_in_bpf(level, quoted or "")
            if fault:
                faults.append(f"{place}:{line}: includes {quoted}: {fault}")
    return faults


def main():
    root = source_tree.parse_arguments(__doc__.splitlines()[0]).root.resolve()
    layers = Layers(root)
    source_tree.finish(userspace_faults(root, layers) + bpf_faults(root, layers), "includes")


if __name__ == "__main__":
    main()
