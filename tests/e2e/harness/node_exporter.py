"""A real Prometheus node_exporter, which names and values of the host are held against."""

from .exposition import Page
from .requirements import find_program
from .server_start import get, start_on_free_port

PROGRAM = "prometheus-node-exporter"

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
        self._child, self._port = start_on_free_port("node_exporter", self._command,
                                                     lambda port: get(port, "/")[0] == 200)

    @staticmethod
    def _command(port):
        return [find_program(PROGRAM), f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn", *_DEFAULTS]

    def metrics(self):
        """The page at /metrics; every figure is read while it is asked for."""
        status, text = get(self._port, "/metrics")
        if status != 200:
            raise AssertionError(f"node_exporter answers {status}: {text}")
        return Page(text)

    def stop(self):
        """Ends it."""
        self._child.stop()
