"""A real Alertmanager, and amtool, which says what a file of it means."""

import pathlib
import subprocess

from .requirements import find_program
from .server_start import get, start_on_free_port


def amtool(*words):
    """Runs amtool to its end. Returns a CompletedProcess with texts."""
    return subprocess.run([find_program("amtool"), *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60, check=False)


class Alertmanager:
    """Alone on a port of its own, with a configuration that tells nobody."""

    _CONFIG = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"

    def __init__(self, directory):
        self._directory = pathlib.Path(directory)
        self._config = self._directory / "alertmanager.yml"
        self._config.write_text(self._CONFIG)
        self._child, self.port = start_on_free_port("Alertmanager", self._command,
                                                    lambda port: get(port, "/-/ready")[0] == 200)

    @property
    def url(self):
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        """Ends it."""
        self._child.stop()

    def _command(self, port):
        return [find_program("prometheus-alertmanager"), f"--config.file={self._config}",
                f"--storage.path={self._directory / 'alertmanager'}", f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=", "--log.level=warn"]
