#!/usr/bin/env python3
"""Fails on files, functions, parameter lists and nesting that are too large, and on conditionals in sensors."""

import re

import cpp_functions
import source_tree

FILE_LINES = 400
FUNCTION_LINES = 60
PARAMETERS = 5
NESTING = 3
FOLDERS = ["userspace", "bpf", "tests", "scripts", "vendor", "infrastructure"]
CODE = (".cpp", ".h", ".c")
TEXTS = (*CODE, ".py", ".sh", ".cmake", "CMakeLists.txt", ".lua")
# Functions that a library calls: the parameters are its choice.
GIVEN_SIGNATURES = {("userspace/serve/http_server.cpp", "on_request"): "MHD_AccessHandlerCallback"}
CONDITIONAL = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef|elif)\b")


def function_faults(place, function):
    where = f"{place}:{function.first_line}: {function.name}"
    if function.lines > FUNCTION_LINES:
        yield f"{where} has {function.lines} lines; {FUNCTION_LINES} at most"
    if function.parameters > PARAMETERS and (str(place), function.name) not in GIVEN_SIGNATURES:
        yield f"{where} takes {function.parameters} parameters; {PARAMETERS} at most, group them in a struct"
    if function.nesting > NESTING:
        yield f"{place}:{function.deepest_line}: {function.name} nests {function.nesting} deep; {NESTING} at most"


def faults_of(root, path):
    place = path.relative_to(root)
    text = source_tree.read(path) or ""
    lines = text.splitlines()
    if len(lines) > FILE_LINES:
        yield f"{place}:{FILE_LINES + 1}: the file has {len(lines)} lines; {FILE_LINES} at most"
    if path.name.endswith(".bpf.c"):
        for number, line in enumerate(lines, 1):
            if CONDITIONAL.match(line):
                yield f"{place}:{number}: no conditional compilation in a sensor; try features at run time"
    if path.name.endswith(CODE):
        try:
            for function in cpp_functions.functions(text):
                yield from function_faults(place, function)
        except cpp_functions.Unreadable as unreadable:
            yield f"{place}:1: cannot be read: {unreadable}"


def is_text(path):
    return path.name.endswith(TEXTS) or (path.parent.name == "scripts" and not path.suffix)


def main():
    root = source_tree.parse_arguments(__doc__).root
    checked = [path for path in source_tree.files(root, FOLDERS) if is_text(path)]
    source_tree.finish([fault for path in checked for fault in faults_of(root, path)], f"limits of {len(checked)} files")


if __name__ == "__main__":
    main()
