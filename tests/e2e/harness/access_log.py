"""nginx's access log: the ground truth the measurements are held against."""

import collections
import dataclasses
import re

#: Tabs, because a path can hold anything else. $request_uri is what the client sent; $uri is what nginx made of it.
LOG_FORMAT = r"$msec\t$request_method\t$uri\t$status\t$request_time\t$body_bytes_sent\t$request_uri"

#: The methods OpenTelemetry names; all others are exported as _OTHER.
KNOWN_METHODS = frozenset("CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT TRACE".split())


@dataclasses.dataclass(frozen=True)
class LogLine:
    """One request as nginx wrote it down.  units: msec is seconds since 1970 with milliseconds, at the end."""

    msec: float
    method: str
    path: str
    status: int
    request_time_s: float
    body_bytes: int
    target: str

    @property
    def sent_path(self):
        """The path as the client wrote it, without the query."""
        return self.target.split("?", 1)[0]


def parse_line(text):
    """A LogLine from a line in LOG_FORMAT."""
    msec, method, path, status, request_time, body_bytes, target = text.split("\t")
    return LogLine(float(msec), method, path, int(status), float(request_time), int(body_bytes), target)


def read_log(path):
    """Every complete line of the log so far; none if there is no log yet."""
    if not path.exists():
        return []
    text = path.read_text("utf-8")
    whole = text[: text.rfind("\n") + 1]
    return [parse_line(line) for line in whole.splitlines()]


def as_sent(path):
    """The route of a path without ids: itself."""
    return path


def without_numbers(path):
    """The route of a path whose ids are all plain numbers."""
    return re.sub(r"/[0-9]+(?=/|$)", "/{id}", path)


def count_lines(lines, route_of=as_sent):
    """Requests by (method, route, status), each as Sonde is expected to label it.

    `route_of` gives the route a sent path must be collapsed to.
    """
    counts = collections.Counter()
    for line in lines:
        method = line.method if line.method in KNOWN_METHODS else "_OTHER"
        counts[method, route_of(line.sent_path), str(line.status)] += 1
    return counts


def without_routes(counts):
    """The same requests as their client is expected to count them: clients have no routes."""
    merged = collections.Counter()
    for (method, _route, outcome), count in counts.items():
        merged[method, "", outcome] += count
    return merged
