"""Turns slices into figures, with the goal of each beside it."""

import dataclasses
import statistics

from slices import BOTH_ENDS, EMPTY, NOBODY, SERVER_ONLY


@dataclasses.dataclass(frozen=True)
class Figure:
    """One line of the table. `goal` compares as in "<= 500"; empty if there is none."""

    name: str
    value: float | None
    unit: str
    goal: str = ""
    spread: tuple = ()
    note: str = ""

    @property
    def verdict(self):
        """Whether the goal is met."""
        if not self.goal or self.value is None:
            return ""
        sign, limit = self.goal.split()
        met = self.value <= float(limit) if sign == "<=" else self.value >= float(limit)
        return "met" if met else "MISSED"


def paired(slices, service, observer, key):
    """For each slice of an observer, `key` of it and the mean of `key` of the unobserved slices around it."""
    row = [each for each in slices if each.service == service]
    pairs = []
    for index in range(1, len(row) - 1):
        before, here, after = row[index - 1:index + 2]
        if here.observer == observer and before.observer == after.observer == NOBODY:
            pairs.append((getattr(here, key), (getattr(before, key) + getattr(after, key)) / 2))
    return pairs


def summary(values):
    """(median, (first quartile, third quartile)); (None, ()) of nothing."""
    if not values:
        return None, ()
    if len(values) == 1:
        return values[0], ()
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return statistics.median(values), (first, third)


def kept(slices, service, observer):
    """Shares of throughput kept under an observer, one for each pair."""
    return [here / around for here, around in paired(slices, service, observer, "requests_per_sec")]


def added(slices, service, observer):
    """Nanoseconds of nginx's CPU an observer adds to a request, one for each pair."""
    return [here - around for here, around in paired(slices, service, observer, "nginx_ns_per_request")]


def _of(slices, observers, key):
    values = [getattr(each, key) for each in slices if each.observer in observers and getattr(each, key) is not None]
    return values


def throughput_figures(slices):
    """What the services lose."""
    goals = {("cheap", SERVER_ONLY): ">= 0.96", ("expensive", SERVER_ONLY): ">= 0.995"}
    figures = []
    for service in ("cheap", "expensive"):
        for observer in (SERVER_ONLY, BOTH_ENDS, EMPTY):
            ratios = kept(slices, service, observer)
            if ratios:
                value, spread = summary(ratios)
                figures.append(Figure(f"throughput kept, {service}, {observer}", value, "ratio",
                                      goals.get((service, observer), ""), spread, f"pairs: {len(ratios)}"))
    return figures + _against_empty(slices)


def _against_empty(slices):
    empty, _ = summary(kept(slices, "cheap", EMPTY))
    if empty is None:
        return []
    figures = []
    for observer, goal in ((SERVER_ONLY, "<= 2.5"), (BOTH_ENDS, "")):
        value, _ = summary(kept(slices, "cheap", observer))
        loss = (1 - value) / (1 - empty) if value is not None and empty < 1 else None
        note = "" if loss is not None else "empty hooks lost nothing: no ratio"
        figures.append(Figure(f"loss against empty hooks, cheap, {observer}", loss, "times", goal, (), note))
    return figures


def cpu_figures(slices):
    """What is spent on a request, by nginx and by the daemon."""
    figures = []
    for service in ("cheap", "expensive"):
        baseline, spread = summary([each.nginx_ns_per_request for each in slices
                                    if each.service == service and each.observer == NOBODY])
        if baseline is not None:
            figures.append(Figure(f"nginx CPU, {service}, nobody", baseline, "ns/request", "", spread))
        for observer in (SERVER_ONLY, BOTH_ENDS, EMPTY):
            value, spread = summary(added(slices, service, observer))
            if value is not None:
                figures.append(Figure(f"nginx CPU added, {service}, {observer}", value, "ns/request", "", spread))
    for observer, goal in ((SERVER_ONLY, "<= 500"), (BOTH_ENDS, "")):
        value, spread = summary(_of([each for each in slices if each.service == "cheap"], (observer,),
                                    "daemon_ns_per_request"))
        note = "two exchanges a request" if observer == BOTH_ENDS else "ticks and scrapes included"
        figures.append(Figure(f"daemon CPU, cheap, {observer}", value, "ns/request", goal, spread, note))
    return figures


def other_figures(slices):
    """Memory, start, losses and counts."""
    watched = (BOTH_ENDS, SERVER_ONLY)
    resident = _of(slices, watched, "daemon_resident_bytes")
    start, spread = summary(_of(slices, watched, "daemon_start_ms"))
    counted = [each for each in slices if each.counted is not None]
    wrong = sum(abs(each.counted - each.requests) for each in counted)
    requests = sum(each.requests for each in counted)
    lost = sum(sum(each.lost.values()) for each in slices)
    fastest = max((each.requests_per_sec for each in counted), default=0.0)
    return [
        Figure("resident memory at most", max(resident) / (1 << 20) if resident else None, "MiB", "<= 64", (),
               "few series, short run"),
        Figure("start to ready", start, "ms", "<= 500", spread),
        Figure("events lost", lost, "events", "<= 0", (), f"up to {fastest:,.0f} requests/s"),
        Figure("requests not counted exactly", wrong, "requests", "<= 0", (), f"of {requests:,}"),
    ]


def hook_figures(report):
    """Kernel time, from the slice with the kernel's accounting on.  shape: report as kernel_report() makes it."""
    figures = [Figure(f"kernel time, {hook}", each["ns_per_run"], "ns/run", "", (), f"{each['runs']:,} runs")
               for hook, each in sorted(report["hooks"].items())]
    empty = report["empty_ns_per_run"]
    note = f"{empty:.0f} ns a run subtracted" if empty is not None else "NOT subtracted: the cost of accounting itself"
    figures.append(Figure("kernel time, one side", report["ns_per_request_and_side"], "ns/request", "<= 400", (), note))
    return figures


def _number(value, unit):
    if value is None:
        return "-"
    return f"{value:.4f}" if unit in ("ratio", "times") else f"{value:,.1f}"


def render(figures):
    """The table as Markdown, which is also how it is read on a terminal."""
    rows = [("figure", "value", "quartiles", "unit", "goal", "", "note")]
    rows += [(each.name, _number(each.value, each.unit),
              " .. ".join(_number(value, each.unit) for value in each.spread), each.unit, each.goal, each.verdict,
              each.note) for each in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
