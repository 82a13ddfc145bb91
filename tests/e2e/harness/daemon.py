"""The daemon under test: started for a few ports, asked over HTTP, stopped by its process id."""

import http.client
import json
import signal
import subprocess
import tempfile

from .child import Child
from .exposition import Page
from .requirements import sonde_binary
from .waiting import wait_until

START_LIMIT_S = 15
SERVER = "http_server_request_duration_seconds"
CLIENT = "http_client_request_duration_seconds"


def serving_address(line):
    """Where the daemon says in this line of its log that it serves; None if it says something else."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry.get("address") if isinstance(entry, dict) and entry.get("msg") == "serving" else None


def run_verb(*words, seconds=20):
    """Runs `sonde` with `words` to its end. Returns a CompletedProcess with texts."""
    return subprocess.run([str(sonde_binary()), *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=seconds, check=False)


class Daemon:
    """`sonde run`, ready to be asked."""

    def __init__(self, only, config=None, level="info", state=None):
        """`only` holds target items such as "port:8080"; `config` is the path of a configuration file; `state` is the
        directory of its store, one of its own otherwise.
        """
        command = [sonde_binary(), "run", "--listen", "127.0.0.1:0", "--log-format", "json", "--log-level", level]
        command += [word for item in only for word in ("--only", item)]
        command += ["--config", config] if config else []
        self._state = None if state else tempfile.TemporaryDirectory(prefix="sonde-state-")
        self._child = Child(command, environment={"STATE_DIRECTORY": str(state or self._state.name)})
        self._wait_until_ready()

    def _wait_until_ready(self):
        try:
            self.address = self._child.wait_for_line(serving_address, START_LIMIT_S, "the daemon says it serves")
            wait_until(lambda: self.get("/-/ready")[0] == 200, START_LIMIT_S, "/-/ready answers 200")
        except BaseException:
            self._child.stop()
            raise

    @classmethod
    def hub(cls, config, state, run_as=lambda *words: words):
        """`sonde hub`, ready to be asked; `run_as` makes its command line that of another user."""
        made = cls.__new__(cls)
        made._state = None
        made._child = Child(run_as(sonde_binary(), "hub", "--listen", "127.0.0.1:0", "--log-format", "json",
                                   "--config", config), environment={"STATE_DIRECTORY": str(state)})
        made._wait_until_ready()
        return made

    @property
    def pid(self):
        """Of the daemon's process."""
        return self._child.pid

    def get(self, path):
        """(status, text) of a GET."""
        connection = http.client.HTTPConnection(self.address, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode("utf-8")
        finally:
            connection.close()

    def post(self, path, text, content_type):
        """(status, text) of a POST."""
        connection = http.client.HTTPConnection(self.address, timeout=20)
        try:
            connection.request("POST", path, text, {"Content-Type": content_type})
            response = connection.getresponse()
            return response.status, response.read().decode("utf-8")
        finally:
            connection.close()

    def metrics(self):
        """The page at /metrics."""
        status, text = self.get("/metrics")
        if status != 200:
            raise AssertionError(f"/metrics answers {status}: {text}")
        return Page(text)

    def services(self, window="60s"):
        """The rows of /api/sonde/v1/services."""
        status, text = self.get(f"/api/sonde/v1/services?window={window}")
        if status != 200:
            raise AssertionError(f"/api/sonde/v1/services answers {status}: {text}")
        return json.loads(text)["services"]

    def wait_for_metric(self, accept, seconds, what):
        """Scrapes until `accept(page)` is true and returns that page."""
        page = None

        def accepted():
            nonlocal page
            page = self.metrics()
            return accept(page)

        wait_until(accepted, seconds, lambda: f"{what}\n{page.text if page else ''}")
        return page

    def kill_told(self, seconds=30):
        """Kills it once the answers of all receivers are on its disk: before that, a kill may repeat a message, under
        the same key.
        """
        def is_told():
            deliveries = json.loads(self.get("/api/sonde/v1/deliveries")[1])["deliveries"]
            return all(each["state"] not in ("queued", "leased", "waiting", "unknown") for each in deliveries)

        wait_until(is_told, seconds, lambda: f"every message has its answer\n{self.log()}")
        return self.stop(signal.SIGKILL)

    def log(self):
        """What it has logged so far."""
        return self._child.text()

    def stop(self, number=signal.SIGTERM):
        """Ends it and returns the exit code."""
        code = self._child.stop(number)
        if self._state:
            self._state.cleanup()
        return code
