"""What a theme needs from the machine, and a plain sentence for whatever is missing."""

import ctypes
import errno
import os
import pathlib
import platform
import shutil
import subprocess

_BPF_SYSCALL = {"x86_64": 321, "aarch64": 280}
_BPF_MAP_CREATE = 0
_BPF_MAP_TYPE_ARRAY = 2
#: The one that sees Debian's packages, whichever interpreter runs the tests.
DEBIAN_PYTHON = "/usr/bin/python3"

_EXTRA_PATHS = ("/usr/sbin", "/usr/local/sbin", "/sbin")


class _MapAttributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("map_type", "key_size", "value_size", "max_entries")]
    _fields_ += [("rest", ctypes.c_uint8 * 112)]


def find_program(name):
    """The path of a program, also where only root's PATH would lead; None if it is not installed."""
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(_EXTRA_PATHS))


def sonde_binary():
    """The daemon under test, from SONDE_BINARY or the release build of this checkout."""
    given = os.environ.get("SONDE_BINARY")
    return pathlib.Path(given) if given else repository_root() / "build" / "release" / "bin" / "sonde"


def send_message_program():
    """The program that sends a message by itself, from SONDE_SEND_MESSAGE or the same build as the daemon."""
    given = os.environ.get("SONDE_SEND_MESSAGE")
    return pathlib.Path(given) if given else sonde_binary().with_name("send_message")


def history_test_program():
    """The tests of the history that want a PostgreSQL, from SONDE_POSTGRES_HISTORY_TEST or the same build as the daemon."""
    given = os.environ.get("SONDE_POSTGRES_HISTORY_TEST")
    return pathlib.Path(given) if given else sonde_binary().with_name("postgres_history_test")


def kill_at_program():
    """The program that kills another at a system call, from SONDE_KILL_AT or the same build as the daemon."""
    given = os.environ.get("SONDE_KILL_AT")
    return pathlib.Path(given) if given else sonde_binary().with_name("kill_at")


def repository_root():
    """The top of this checkout."""
    return pathlib.Path(__file__).resolve().parents[3]


def _bpf_refusal():
    """Why the kernel refuses bpf(2) to this process; empty if it does not. Asks with a four-byte map."""
    number = _BPF_SYSCALL.get(platform.machine())
    if number is None:
        return f"bpf(2) is not known on {platform.machine()}"
    libc = ctypes.CDLL(None, use_errno=True)
    attributes = _MapAttributes(map_type=_BPF_MAP_TYPE_ARRAY, key_size=4, value_size=4, max_entries=1)
    descriptor = libc.syscall(number, _BPF_MAP_CREATE, ctypes.byref(attributes), ctypes.sizeof(attributes))
    if descriptor < 0:
        return f"bpf(2) answers {errno.errorcode.get(ctypes.get_errno(), ctypes.get_errno())}"
    os.close(descriptor)
    return ""


def _missing_for_sonde():
    if os.geteuid() != 0:
        return ["this needs root: run it with sudo"]
    refusal = _bpf_refusal()
    if refusal:
        return [f"this needs BPF, but {refusal}"]
    if not pathlib.Path("/sys/kernel/btf/vmlinux").exists():
        return ["the kernel has no BTF (/sys/kernel/btf/vmlinux)"]
    binary = sonde_binary()
    if not os.access(binary, os.X_OK):
        return [f"there is no {binary}: build it, or name one with SONDE_BINARY"]
    return []


def _missing_for_hub():
    binary = sonde_binary()
    return [] if os.access(binary, os.X_OK) else [f"there is no {binary}: build it, or name one with SONDE_BINARY"]


def _missing_for_kill_at():
    program = kill_at_program()
    if not os.access(program, os.X_OK):
        return [f"there is no {program}: build it"]
    ended_by_itself = 3
    done = subprocess.run([program, "0", "any:1", "--", find_program("true")], capture_output=True, timeout=20, check=False)
    return [] if done.returncode == ended_by_itself else ["this needs ptrace(2), which is not allowed here"]


def _debian_python_has(module):
    done = subprocess.run([DEBIAN_PYTHON, "-c", f"import {module}"], capture_output=True, timeout=20, check=False)
    return done.returncode == 0


def missing(names):
    """A sentence for each of `names` this machine lacks; "sonde" means the daemon and the right to run it, "hub" the
    daemon as anybody may run it, "send_message" and "kill_at" programs of the tests, and "aiosmtpd" Debian's package for its Python.
    """
    sentences = []
    for name in names:
        if name == "sonde":
            sentences += _missing_for_sonde()
        elif name == "hub":
            sentences += _missing_for_hub()
        elif name == "kill_at":
            sentences += _missing_for_kill_at()
        elif name == "send_message":
            program = send_message_program()
            sentences += [] if os.access(program, os.X_OK) else [f"there is no {program}: build it"]
        elif name == "postgres_history_test":
            program = history_test_program()
            sentences += [] if os.access(program, os.X_OK) else [f"there is no {program}: build it"]
        elif name == "aiosmtpd":
            sentences += [] if _debian_python_has(name) else ["the package python3-aiosmtpd is not installed"]
        elif not find_program(name):
            sentences.append(f"the program {name} is not installed")
    return sentences
