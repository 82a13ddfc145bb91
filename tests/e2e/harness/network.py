"""A network of the test's own: two network namespaces joined by a virtual cable, with packet filters at either end."""

import itertools
import os
import pathlib
import re
import subprocess

from .requirements import find_program

_numbers = itertools.count(1)
_LIMIT_S = 20
#: Runs until its standard input is closed, by close() or by the end of the test's process, whatever ended that.
_REMOVER = """trap "" HUP INT TERM; read -r _; ip=$1; shift; for name; do "$ip" netns del "$name" 2>/dev/null; done"""


def _run(*words, text=None):
    """The output of a program that must succeed."""
    done = subprocess.run([find_program(words[0]), *map(str, words[1:])], input=text or "", capture_output=True,
                          text=True, timeout=_LIMIT_S, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(map(str, words))}: {done.returncode}: {done.stderr.strip()}")
    return done.stdout


class Namespace:
    """One end of the cable: a network namespace, by name, and its address."""

    def __init__(self, name, address):
        self.name = name
        self.address = address

    def entering(self):
        """A command that moves itself in and then execs the words after it."""
        return (find_program("ip"), "netns", "exec", self.name)

    def run(self, *words, text=None):
        """Runs a program in here to its end and returns its output; `text` is its input."""
        return _run("ip", "netns", "exec", self.name, *words, text=text)

    def set(self, name, value):
        """Sets a file below /proc/sys/net, such as "ipv4/tcp_syn_retries"."""
        self.run("sh", "-c", 'echo "$2" > "/proc/sys/net/$1"', "sh", name, value)

    def filter_input(self, rule):
        """Replaces the rule for packets that come in."""
        self.run("nft", "-f", "-", text=(
            "table inet sonde_test {}\ndelete table inet sonde_test\ntable inet sonde_test {\n"
            f" chain input {{\n  type filter hook input priority 0;\n  {rule}\n }}\n}}\n"))

    def sockets(self, *words):
        """What ss says of the TCP sockets in here, one line for each."""
        return re.sub(r"\n\s+", " ", self.run("ss", "-tniH", *words)).splitlines()


class Network:
    """A client's and a server's namespace; both are removed when it is closed or the test's process ends."""

    def __init__(self):
        unique = f"sonde{os.getpid()}x{next(_numbers)}"
        subnet = f"10.231.{os.getpid() % 254 + 1}"
        self.client = Namespace(f"{unique}c", f"{subnet}.1")
        self.server = Namespace(f"{unique}s", f"{subnet}.2")
        ends = (self.client, self.server)
        self._remover = subprocess.Popen(
            ["/bin/sh", "-c", _REMOVER, "sh", find_program("ip"), *(each.name for each in ends)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            for end in ends:
                _run("ip", "netns", "add", end.name)
            _run("ip", "-n", self.client.name, "link", "add", "cable", "type", "veth", "peer", "name", "cable",
                 "netns", self.server.name)
            for end in ends:
                _run("ip", "-n", end.name, "address", "add", f"{end.address}/24", "dev", "cable")
                for device in ("lo", "cable"):
                    _run("ip", "-n", end.name, "link", "set", device, "up")
        except BaseException:
            self.close()
            raise

    def close(self):
        """Removes the namespaces; their processes must have ended."""
        self._remover.stdin.close()
        self._remover.wait(_LIMIT_S)


def netstat(pid):
    """The counters of /proc/PID/net/netstat, of the namespace that process is in, by name."""
    lines = pathlib.Path(f"/proc/{pid}/net/netstat").read_text().splitlines()
    counters = {}
    for names, values in zip(lines[::2], lines[1::2]):
        counters.update(zip(names.split()[1:], map(int, values.split()[1:])))
    return counters
