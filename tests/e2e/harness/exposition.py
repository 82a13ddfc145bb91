"""Reads the Prometheus text format, strictly: a line it cannot read fails the test."""

import collections
import dataclasses
import re

_SAMPLE = re.compile(r"^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)')
_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


@dataclasses.dataclass(frozen=True)
class Sample:
    """One line of a page."""

    name: str
    labels: dict
    value: float


def _parse_labels(text):
    labels = {}
    position = 0
    while position < len(text):
        match = _LABEL.match(text, position)
        if not match:
            raise AssertionError(f"not a label at column {position}: {text}")
        name, value, _ = match.groups()
        if name in labels:
            raise AssertionError(f"label {name} twice: {text}")
        labels[name] = re.sub(r'\\[\\"n]', lambda found: _ESCAPES[found.group()], value)
        position = match.end()
    return labels


class Page:
    """Everything one scrape returned."""

    def __init__(self, text):
        self.text = text
        self._by_name = collections.defaultdict(list)
        for line in text.splitlines():
            if line and not line.startswith("#"):
                match = _SAMPLE.match(line)
                if not match:
                    raise AssertionError(f"not a sample: {line}")
                name, labels, value = match.groups()
                self._by_name[name].append(Sample(name, _parse_labels(labels or ""), float(value)))

    def samples(self, name, **labels):
        """The samples of a name whose labels have the given values."""
        return [each for each in self._by_name.get(name, ())
                if all(each.labels.get(key) == value for key, value in labels.items())]

    def total(self, name, **labels):
        """The sum over samples(); 0 if there are none."""
        return sum(each.value for each in self.samples(name, **labels))

    def names(self):
        """Every sample name on the page."""
        return set(self._by_name)


def request_counts(page, family, port):
    """Requests of a duration family by (method, route, outcome), on one server port.

    The outcome is the status; an exchange that broke has "status+error", or only the error if there was no status.
    """
    counts = collections.Counter()
    for sample in page.samples(f"{family}_count", server_port=str(port)):
        labels = sample.labels
        status = labels.get("http_response_status_code", "")
        error = labels.get("error_type", "")
        outcome = "+".join(part for part in (status, error if error != status else "") if part)
        counts[labels["http_request_method"], labels.get("http_route", ""), outcome] += int(sample.value)
    return +counts


def losses(page):
    """What was lost, by "stage/reason", or by reason where no stage is given; empty if nothing was."""
    found = collections.Counter()
    for each in page.samples("sonde_events_lost_total"):
        found["/".join(each.labels[key] for key in ("stage", "reason") if key in each.labels)] += int(each.value)
    return dict(+found)
