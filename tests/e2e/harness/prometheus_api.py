"""Asking Sonde and a real Prometheus the same, and comparing the shapes of what they answer."""

import gzip
import http.client
import json
import subprocess
import urllib.parse

from .prometheus import Prometheus
from .requirements import find_program

#: Objects whose keys are data: label sets, names of metrics, names of flags.
_MAPS = ("metric", "labels", "discoveredLabels", "annotations", "droppedTargetCounts")


class AskedPrometheus(Prometheus):
    """One whose address others may ask."""

    @property
    def address(self):
        """host:port."""
        return f"127.0.0.1:{self._port}"


class Answer:
    """What a server said."""

    def __init__(self, status, headers, text):
        self.status = status
        self.headers = headers
        self.text = text

    @property
    def json(self):
        """The text as a value; None if it is no JSON."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None

    @property
    def data(self):
        """What a good answer holds."""
        return self.json["data"]


def ask(address, path, parameters=(), method="GET", headers=None):
    """Sends parameters in the address, or as a form if the method is POST."""
    encoded = urllib.parse.urlencode(list(parameters))
    headers = dict(headers or {})
    target, body = f"/api/v1/{path}", None
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = encoded
    elif encoded:
        target += "?" + encoded
    connection = http.client.HTTPConnection(address, timeout=20)
    try:
        connection.request(method, target, body=body, headers=headers)
        response = connection.getresponse()
        content = response.read()
        if response.getheader("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return Answer(response.status, response.headers, content.decode())
    finally:
        connection.close()


def lacks(ours, theirs, at="answer"):
    """Where the first value has not what the second has: lines of text. Lists are compared by their first items."""
    if theirs is None or ours is None:
        return []
    if isinstance(theirs, bool) or isinstance(ours, bool) or not isinstance(theirs, (int, float)):
        if type(theirs) is not type(ours):
            return [f"{at}: {type(ours).__name__} instead of {type(theirs).__name__}"]
    elif not isinstance(ours, (int, float)):
        return [f"{at}: {type(ours).__name__} instead of a number"]
    if isinstance(theirs, list):
        return lacks(ours[0], theirs[0], f"{at}[0]") if ours and theirs else []
    if not isinstance(theirs, dict) or at.rpartition(".")[2] in _MAPS:
        return []
    found = [f"{at}: no {key!r}" for key in theirs if key not in ours]
    for key in theirs:
        found += lacks(ours.get(key), theirs[key], f"{at}.{key}")
    return found


def promtool_query(*words):
    """(exit code, standard output, standard error) of `promtool query WORDS`."""
    done = subprocess.run([find_program("promtool"), "query", *words], capture_output=True, text=True, timeout=60,
                          check=False)
    return done.returncode, done.stdout, done.stderr
