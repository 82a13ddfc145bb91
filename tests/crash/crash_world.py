"""A hub that is killed and started again on the same state, and a receiver that remembers all it was ever told."""

import contextlib
import dataclasses
import http.client
import http.server
import json
import os
import pathlib
import re
import signal
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from harness.child import Child  # noqa: E402
from harness.daemon import START_LIMIT_S, serving_address  # noqa: E402
from harness.requirements import kill_at_program, sonde_binary  # noqa: E402
from harness.waiting import wait_until  # noqa: E402

WAIT_S = 60
_SLOW_S = 0.3

_CONFIG = """
store: {{interval: 1s}}
alerts: {{start_delay: 1s}}
rules: {{built_in: false}}
notify:
  first_retry: 50ms
  longest_retry: 300ms
  max_per_hour: 1000000
  webhook: [{{name: hub, url: "{url}/hub"}}]
  pagerduty: [{{name: pager, routing_key_file: "{key}", url: "{url}/pager"}}]
  route: {{receiver: team, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1d}}
  receivers: [{{name: team, channels: [hub, pager]}}]
{more}
"""
CHANNELS = ("hub", "pager")


@dataclasses.dataclass(frozen=True)
class Heard:
    """One attempt to tell something. `answer` is a status, "reset" or "closed"; `arrived`: it may count as told."""

    channel: str
    answer: object
    key: str
    alert: str
    kind: str
    incident: int
    occurrence: int
    number: int

    @property
    def arrived(self):
        """Accepted, or accepted and the answer lost."""
        return self.answer in (200, 202, "reset", "closed")


def _from_hub(body, headers, answer):
    said = body["sonde"]
    return Heard("hub", answer, headers["Idempotency-Key"], body["groupLabels"].get("alertname", ""), said["kind"],
                 said["incident"], said["occurrence"], said["number"])


def _from_pager(body, raw, answer):
    kind = {"trigger": "firing", "acknowledge": "acknowledged", "resolve": "resolved"}[body["event_action"]]
    # What is over is told by its key alone.
    named = re.search(rb"Alert[0-9]+", raw)
    return Heard("pager", answer, body["dedup_key"], named.group().decode() if named else "", kind, 0, 0, 0)


class Listener:
    """The far end of both channels; `answer` says what becomes of the next attempt: a status, "slow", "reset" or
    "closed".
    """

    def __init__(self, answer=lambda: 200):
        self._lock = threading.Lock()
        self._heard = []
        self.answer = answer
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """One connection."""

            protocol_version = "HTTP/1.1"

            def do_POST(self):
                """One attempt."""
                with contextlib.suppress(OSError):
                    listener.take(self)

            def handle(self):
                """Whoever is killed leaves in the middle."""
                with contextlib.suppress(OSError, ValueError):
                    super().handle()

            def log_message(self, *_arguments):
                """Says nothing."""

        class Server(http.server.ThreadingHTTPServer):
            """As many at once as come."""

            daemon_threads = True
            request_queue_size = 64

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def take(self, handler):
        """Keeps one attempt, if all of it has come, and answers it."""
        size = int(handler.headers.get("Content-Length", 0))
        raw = handler.rfile.read(size)
        if len(raw) < size:
            return
        body = json.loads(raw)
        with self._lock:
            answer = self.answer()
            is_slow = answer == "slow"
            success = 202 if handler.path == "/pager" else 200
            answer = success if is_slow or answer == 200 else answer
            known = _from_pager(body, raw, answer) if handler.path == "/pager" else _from_hub(body, handler.headers, answer)
            self._heard.append(known)
        if is_slow:
            time.sleep(_SLOW_S)
        _reply(handler, answer)

    def heard(self, channel=None, **wanted):
        """Every attempt so far, or those of a channel, with these values."""
        with self._lock:
            return [each for each in self._heard if channel in (None, each.channel)
                    and all(getattr(each, name) == value for name, value in wanted.items())]

    def stop(self):
        """Stops serving."""
        self._server.shutdown()
        self._server.server_close()


def _reply(handler, answer):
    if answer == "reset":
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if answer in ("reset", "closed"):
        handler.close_connection = True
        return
    text = b'{"status": "success", "message": "Event processed", "dedup_key": "k"}'
    handler.send_response(answer)
    if answer == 429:
        handler.send_header("Retry-After", "0")
    handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text)


class World:
    """One state directory, one listener, and one hub at a time."""

    def __init__(self, directory, answer=lambda: 200, more=""):
        self.listener = Listener(answer)
        self.state = pathlib.Path(directory) / "state"
        self.state.mkdir(parents=True)
        key = pathlib.Path(directory) / "key"
        key.write_text("0123456789abcdef0123456789abcdef")
        self._config = pathlib.Path(directory) / "hub.yaml"
        url = f"http://127.0.0.1:{self.listener.port}"
        self._config.write_text(_CONFIG.format(url=url, key=key, more=more))
        self._child = None
        self._address = None
        self._is_watched = False

    def launch(self, *steps):
        """Starts the hub; with `steps`, under the program that kills it there once it is armed."""
        command = [sonde_binary(), "hub", "--listen", "127.0.0.1:0", "--log-format", "json", "--config", self._config]
        self._is_watched = bool(steps)
        if steps:
            command = [kill_at_program(), self.listener.port, *steps, "--", *command]
        self._child = Child(command, environment={"STATE_DIRECTORY": str(self.state)})

    def start(self, *steps):
        """The same, and waits until it serves."""
        self.launch(*steps)
        self._address = self._child.wait_for_line(serving_address, START_LIMIT_S, "the hub serves")
        wait_until(lambda: (self.ask("GET", "/-/ready") or (0, ""))[0] == 200, START_LIMIT_S,
                   lambda: f"it is ready\n{self.log()}")

    def wait_until_serving(self):
        """False if it is killed before it serves."""
        try:
            self._address = self._child.wait_for_line(serving_address, START_LIMIT_S, "the hub serves")
            return True
        except AssertionError:
            if self.is_running():
                raise
            return False

    def arm(self):
        """From here on the steps count."""
        self._child.send_signal(signal.SIGUSR1)

    def is_running(self):
        """Whether it is alive."""
        return self._child.exit_code is None

    def await_kill(self):
        """Until it was killed at its last step."""
        wait_until(lambda: not self.is_running(), WAIT_S, lambda: f"it is killed\n{self.log()}")
        if self._child.wait(WAIT_S) != 0:
            raise AssertionError(f"it was not killed at its step: {self._child.exit_code}\n{self.log()}")

    def kill(self):
        """kill -9, of this process alone; if it is watched, by the program that watches it."""
        pid = self._child.pid
        if self.is_running() and pid > 1:
            os.kill(pid, signal.SIGTERM if self._is_watched else signal.SIGKILL)
        return self._child.wait(WAIT_S)

    def stop(self):
        """Ends it as systemd would, if it runs."""
        return self._child.stop() if self._child else 0

    def close(self):
        """Ends all of it."""
        self.stop()
        self.listener.stop()

    def log(self):
        """What it has logged."""
        return self._child.text()

    def ask(self, method, path, body=None):
        """(status, text) of a request; None if there was no whole answer: nobody knows then what became of it."""
        connection = http.client.HTTPConnection(self._address, timeout=20)
        try:
            sent = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            response = connection.getresponse()
            return response.status, response.read().decode("utf-8")
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def get(self, path):
        """The answer of a GET, which must succeed."""
        answer = self.ask("GET", path)
        if answer is None or answer[0] != 200:
            raise AssertionError(f"{path}: {answer}\n{self.log()}")
        return json.loads(answer[1])

    def send(self, name, ended=False, instance="a"):
        """An alert that fires for an hour, or is over."""
        times = {"startsAt": _moment(-60), "endsAt": _moment(-1 if ended else 3600)}
        labels = {"alertname": name, "instance": instance, "severity": "critical"}
        return self.ask("POST", "/api/v2/alerts", [{"labels": labels, **times}])

    def order(self, verb, incident, **words):
        """What somebody wants done with an incident."""
        return self.ask("POST", f"/api/sonde/v1/incidents/{incident}/{verb}", {"author": "ann", **words})

    def silence(self, name):
        """Nobody is to hear of this alert."""
        matcher = {"name": "alertname", "value": name, "isRegex": False, "isEqual": True}
        return self.ask("POST", "/api/v2/silences", {
            "matchers": [matcher], "startsAt": _moment(0), "endsAt": _moment(3600), "createdBy": "ann", "comment": "why"})

    def incident_of(self, name):
        """The newest incident of an alert; None if there is none."""
        rows = self.get("/api/sonde/v1/incidents?limit=1000")["incidents"]
        return next((row for row in rows if row["group_labels"].get("alertname") == name), None)

    def wait_for_quiet(self, fence="Fence"):
        """Until every message is over, and everything was judged once more: another alert has been told by then."""
        self.settle()
        wait_until(lambda: (self.send(fence) or (0, ""))[0] == 200, WAIT_S, "an alert is taken")
        wait_until(lambda: [each for each in self.listener.heard("hub", alert=fence) if each.arrived], WAIT_S,
                   lambda: f"the fence is told\n{self.log()}")
        self.settle()

    def settle(self):
        """Until every message is over."""
        def waiting():
            return [row for state in ("queued", "leased", "waiting", "unknown")
                    for row in self.get(f"/api/sonde/v1/deliveries?state={state}&limit=10")["deliveries"]]

        wait_until(lambda: not waiting(), WAIT_S, lambda: f"every message is over: {waiting()}\n{self.log()}")


def _moment(seconds):
    """As RFC 3339 writes what is so many seconds away from now."""
    at = time.time() + seconds
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03d}Z"
