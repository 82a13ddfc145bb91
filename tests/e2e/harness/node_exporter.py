"""A real Prometheus node_exporter, which names and values of the host are held against."""

import http.client

from .child import Child
from .exposition import Page
from .ports import free_ports
from .requirements import find_program
from .waiting import wait_until

PROGRAM = "prometheus-node-exporter"
_ATTEMPTS = 3
_START_LIMIT_S = 15

#: The defaults of node_exporter 1.5, which are Sonde's too; distributions change them in their packages.
_DEFAULTS = (
    r"--collector.filesystem.mount-points-exclude="
    r"^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)",
    r"--collector.filesystem.fs-types-exclude="
    r"^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay"
    r"|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$",
    r"--collector.diskstats.device-exclude=^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$")


class NodeExporter:
    """With the collectors and the exclusions it has by default, on a loopback port."""

    def __init__(self):
        self._port = 0
        self._child = self._start()

    def metrics(self):
        """The page at /metrics; every figure is read while it is asked for."""
        status, text = self._get("/metrics")
        if status != 200:
            raise AssertionError(f"node_exporter answers {status}: {text}")
        return Page(text)

    def stop(self):
        """Ends it."""
        self._child.stop()

    def _get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode("utf-8")
        finally:
            connection.close()

    def _start(self):
        for attempt in range(1, _ATTEMPTS + 1):
            (self._port,) = free_ports(1)
            child = Child([find_program(PROGRAM), f"--web.listen-address=127.0.0.1:{self._port}", "--log.level=warn",
                           *_DEFAULTS])
            try:
                wait_until(lambda: self._ready(child), _START_LIMIT_S,
                           lambda: f"node_exporter is ready\n{child.text()}")
                return child
            except BaseException as why:
                child.stop()
                if attempt == _ATTEMPTS or not isinstance(why, AssertionError):
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _ready(self, child):
        if child.exit_code is not None:
            raise AssertionError(f"node_exporter ended with {child.exit_code}:\n{child.text()}")
        try:
            return self._get("/")[0] == 200
        except OSError:
            return False
