"""Where the resident memory of a process is, by what its mappings are for."""

import collections
import dataclasses
import os
import pathlib
import re
import time

BINARY, LIBRARIES, HEAP, ANONYMOUS, STACKS, BPF, OTHER = KINDS = (
    "binary", "libraries", "heap", "anonymous", "stacks", "bpf maps", "other files")
_HEADER = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \S+ *(.*)$")
_FIELD = re.compile(r"^(\w+): +(\d+) kB$")
#: glibc aligns the heaps of threads to this (HEAP_MAX_SIZE in malloc/arena.c).
_ARENA_BYTES = 64 << 20
_STACK_ATTEMPTS = 100


@dataclasses.dataclass
class Mapping:
    """One entry of /proc/PID/smaps.  units: bytes."""

    start: int
    end: int
    name: str
    fields: dict = dataclasses.field(default_factory=dict)


def mappings(pid):
    """All of a process."""
    found = []
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if header := _HEADER.match(line):
            found.append(Mapping(int(header[1], 16), int(header[2], 16), header[3]))
        elif field := _FIELD.match(line):
            found[-1].fields[field[1]] = int(field[2]) << 10
    return found


def stack_pointers(pid):
    """Of each thread; taken while it waits in a system call, for then the kernel tells."""
    pointers = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for _ in range(_STACK_ATTEMPTS):
            words = (task / "syscall").read_text().split()
            if len(words) > 2:
                pointers.append(int(words[-2], 16))
                break
            time.sleep(0.01)
    return pointers


def kind_of(mapping, program, stacks):
    """What a mapping is for, by its name and by the stack pointers."""
    if mapping.name == program:
        return BINARY
    if ".so" in os.path.basename(mapping.name):
        return LIBRARIES
    if mapping.name.startswith("anon_inode:bpf"):
        return BPF
    if mapping.name == "[stack]" or any(mapping.start <= pointer < mapping.end for pointer in stacks):
        return STACKS
    if mapping.name == "[heap]" or (not mapping.name and mapping.start % _ARENA_BYTES == 0):
        return HEAP
    return OTHER if mapping.name.startswith("/") else ANONYMOUS


def breakdown(pid):
    """Resident and private bytes by kind, and resident bytes by file for all that come from one."""
    program, stacks = os.readlink(f"/proc/{pid}/exe"), stack_pointers(pid)
    kinds = {kind: {"resident": 0, "anonymous": 0} for kind in KINDS}
    files = collections.Counter()
    for each in mappings(pid):
        resident = each.fields.get("Rss", 0)
        kind = kinds[kind_of(each, program, stacks)]
        kind["resident"] += resident
        kind["anonymous"] += each.fields.get("Anonymous", 0)
        if each.name and not each.name.startswith("["):
            files[os.path.basename(each.name)] += resident
    return {"kinds": kinds, "files": dict(files.most_common())}


def totals(pid):
    """The kernel's own sums of a process.  units: bytes."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    keys = {"VmRSS": "resident", "VmHWM": "peak", "RssAnon": "anonymous", "RssFile": "file", "RssShmem": "shared"}
    return {name: int(re.search(rf"^{key}:\s+(\d+) kB$", status, re.MULTILINE)[1]) << 10 for key, name in keys.items()}
