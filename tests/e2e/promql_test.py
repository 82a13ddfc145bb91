"""Random and recorded queries: Sonde's PromQL and a real Prometheus with the same samples give the same answers.

Debian's Prometheus is a 2.x, whose windows are closed on the left: all queries are asked at times off the grid of the
samples, so that no sample lies on a boundary. Left out is what 3.x changed besides: counters that were zero within the
window (the order of two rules of extrapolation), histogram_fraction over classic buckets, comparisons between several
series and one (an error now even if all but one are filtered away), stddev and stdvar of a single NaN, and warnings.
"""

import json
import math
import os
import pathlib
import random
import subprocess
import tempfile
import unittest
import urllib.parse

from harness.prometheus import Prometheus
from harness.requirements import find_program

REQUIRES = ("prometheus", "promtool")

SEED = int(os.environ.get("SONDE_PROMQL_SEED", "20260821"))
RANDOM_QUERIES = 300
START_S = 1_700_000_000
INTERVAL_S = 15
SAMPLES = 240
TOLERANCE = 1e-9

RECORDED = (
    "histogram_quantile(0.95, sum by (le, job) (rate(latency_bucket[5m])))",
    "sum by (job) (rate(requests_total[5m])) / on (job) group_left () sum by (job) (rate(requests_total[10m]))",
    "topk(3, rate(requests_total[5m]))",
    "label_replace(temperature, \"short\", \"$1\", \"instance\", \"(.).*\")",
    "max_over_time(rate(requests_total[2m])[10m:1m])",
    "temperature > on (job, instance) group_right () (temperature - 1)",
    "absent(temperature{job=\"none\"})",
    "requests_total and on (instance) temperature > 20",
    "temperature @ 1700001000 - temperature offset 5m",
    "predict_linear(temperature[10m], 3600)",
    "quantile by (job) (0.3, temperature)",
    "stddev by (job) (temperature) / stdvar by (job) (temperature)",
    "count_values(\"level\", round(temperature, 10))",
    "sum(requests_total) by (job) or vector(1)",
    "temperature + requests_total",
    "requests_total * on (job) temperature",
    "abs({job=\"a\"})",
    "deriv(temperature[7m]) unless irate(requests_total[1m])",
    "scalar(sum(temperature)) ^ 2 % 7",
    "day_of_week() + hour(timestamp(temperature))",
)


def dump():
    """The samples, as OpenMetrics: counters with resets, gauges with gaps, and histograms."""
    chance = random.Random(SEED)
    families = {"requests_total": [], "temperature": [], "latency_bucket": []}
    for job in "abc":
        for instance in ("one", "two", "three"):
            labels = f'job="{job}",instance="{instance}"'
            count, heat, buckets = 1e6 + chance.random(), 20.0, [1e5, 2e5, 3e5, 4e5]
            for index in range(SAMPLES):
                at = START_S + index * INTERVAL_S
                count = count / 2 if chance.random() < 0.01 else count + chance.random() * 100
                heat += chance.uniform(-3, 3)
                step = sorted(chance.random() * 50 for _ in buckets)
                buckets = [held + more for held, more in zip(buckets, step)]
                families["requests_total"].append(f"requests_total{{{labels}}} {count!r} {at}")
                if chance.random() > 0.1 and not (instance == "two" and 80 < index < 130):
                    families["temperature"].append(f"temperature{{{labels}}} {heat!r} {at}")
                for bound, held in zip(("0.1", "0.5", "2.0", "+Inf"), buckets):
                    families["latency_bucket"].append(f'latency_bucket{{{labels},le="{bound}"}} {held!r} {at}')
    return "".join(f"# TYPE {name} unknown\n" + "\n".join(lines) + "\n" for name, lines in families.items()) + "# EOF\n"


class Grammar:
    """Makes up queries that type-check."""

    def __init__(self, seed):
        self._chance = random.Random(seed)

    def selector(self, names=("requests_total", "temperature", "latency_bucket")):
        """Of some series."""
        name = self._chance.choice(names)
        matcher = self._chance.choice(("", '{job="a"}', '{instance=~"t.*"}', '{job!="b",instance="one"}'))
        return name + matcher

    def shift(self):
        """Mostly none."""
        return self._chance.choice(("", "", "", " offset 3m", " @ 1700002000", " @ end()"))

    def ranged(self, depth):
        """A function over windows."""
        function = self._chance.choice(("rate", "increase", "delta", "irate", "idelta", "avg_over_time",
                                        "sum_over_time", "min_over_time", "max_over_time", "count_over_time",
                                        "stddev_over_time", "last_over_time", "changes", "resets", "deriv",
                                        "present_over_time"))
        if function in ("rate", "increase"):
            return f"{function}({self.selector(('requests_total', 'latency_bucket'))}[4m]{self.shift()})"
        if depth > 0 and self._chance.random() < 0.3:
            return f"{function}(({self.vector(depth - 1)})[{self._chance.choice(('5m:1m', '10m:75s', '4m:45s'))}])"
        return f"{function}({self.selector()}[{self._chance.choice(('1m', '4m', '11m'))}]{self.shift()})"

    def aggregated(self, depth):
        """An aggregation."""
        grouping = self._chance.choice(("", " by (job)", " by (job, le)", " without (instance)"))
        operator = self._chance.choice(("sum", "avg", "min", "max", "count", "group", "topk(2, ", "bottomk(2, ",
                                        "quantile(0.7, "))
        if operator.endswith(", "):
            head, parameter = operator.split("(")
            chosen = f"{head}{grouping} ({parameter}{self.vector(depth)})"
            # Which of several equal values topk takes is nobody's promise; their sum is the same.
            return chosen if head == "quantile" else f"sum ({chosen})"
        return f"{operator}{grouping} ({self.vector(depth)})"

    def combined(self, depth):
        """Between two."""
        operator = self._chance.choice("+ - * / % ^ > < >= <= == != and or unless".split())
        right = self._chance.choice(("2", self.vector(depth), self.vector(depth)))
        if right == "2":
            return f"({self.vector(depth)}) {operator if operator not in ('and', 'or', 'unless') else '+'} {right}"
        compares = operator[0] in "<>=!"
        matching = " " if compares else self._chance.choice((" ", " on (job, instance) ", " ignoring (le) "))
        return f"({self.vector(depth)}) {operator}{matching}({right})"

    def vector(self, depth):
        """Any instant vector."""
        if depth == 0:
            return self.selector() + self.shift()
        kind = self._chance.random()
        if kind < 0.3:
            return self.ranged(depth - 1)
        if kind < 0.55:
            return self.aggregated(depth - 1)
        if kind < 0.8:
            return self.combined(depth - 1)
        function = self._chance.choice(("abs", "ceil", "floor", "sqrt", "ln", "sgn", "clamp_min", "timestamp", "-"))
        inner = self.vector(depth - 1)
        return f"clamp_min({inner}, 25)" if function == "clamp_min" else f"{function}({inner})"


class Backfilled(Prometheus):
    """A Prometheus that was given its samples before it started."""

    def ask(self, question):
        """What it answers: series by their labels, or None for an error."""
        start_ms, end_ms, step_ms, expression = question
        fields = {"query": expression, "time": start_ms / 1000}
        if step_ms:
            fields = {"query": expression, "start": start_ms / 1000, "end": end_ms / 1000, "step": step_ms / 1000}
        path = "/api/v1/query_range" if step_ms else "/api/v1/query"
        _, text = self._get(path + "?" + urllib.parse.urlencode(fields))
        answer = json.loads(text)
        if answer["status"] != "success":
            return None
        result = answer["data"]["result"]
        if answer["data"]["resultType"] == "scalar":
            result = [{"metric": {}, "value": result}]
        return {key_of(each["metric"]): [(round(at * 1000), float(value)) for at, value in
                                         (each["values"] if "values" in each else [each["value"]])] for each in result}


def key_of(labels):
    """Labels as something to look up by."""
    return tuple(sorted(labels.items()))


def equal(left, right):
    """Within the tolerance, NaN and infinities among them."""
    return left == right or (math.isnan(left) and math.isnan(right)) or math.isclose(left, right, rel_tol=TOLERANCE)


def same(left, right):
    """Of whole answers."""
    if left is None or right is None:
        return left is right
    return left.keys() == right.keys() and all(
        [at for at, _ in left[key]] == [at for at, _ in right[key]] and
        all(equal(a, b) for (_, a), (_, b) in zip(left[key], right[key])) for key in left)


class Differential(unittest.TestCase):
    """Both hold the same samples."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="sonde-promql-")
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.samples = self.directory / "samples.txt"
        self.samples.write_text(dump())
        subprocess.run([find_program("promtool"), "tsdb", "create-blocks-from", "openmetrics", self.samples,
                        self.directory / "tsdb"], check=True, capture_output=True, timeout=60)
        self.prometheus = Backfilled(self.directory, "127.0.0.1:1")
        self.addCleanup(self.prometheus.stop)

    def ask_sonde(self, questions):
        """Answers to all of them."""
        program = pathlib.Path(os.environ["SONDE_BINARY"]).parent / "promql_eval"
        lines = "".join(" ".join(map(str, question)) + "\n" for question in questions)
        done = subprocess.run([program, self.samples], input=lines, capture_output=True, text=True, timeout=60,
                              check=True)
        for line in done.stdout.splitlines():
            answer = json.loads(line)
            if "error" in answer:
                yield None
            else:
                yield {key_of(each["labels"]): [(at, float(value)) for at, value in each["samples"]]
                       for each in answer["series"]}

    def assert_same_answers(self, expressions):
        """Asks both, at one moment and over a range."""
        at_ms = START_S * 1000 + 2_403_137
        questions = [(at_ms + shift, at_ms + shift + length, step, expression) for expression in expressions
                     for shift, length, step in ((0, 0, 0), (-1_200_000, 1_200_000, 47_000))]
        differing, refused = [], 0
        for question, ours in zip(questions, self.ask_sonde(questions), strict=True):
            theirs = self.prometheus.ask(question)
            refused += theirs is None
            if not same(theirs, ours):
                differing.append(f"{question}\n  Prometheus: {str(theirs)[:400]}\n  Sonde:      {str(ours)[:400]}")
        self.assertEqual(differing, [], "\n".join([f"seed {SEED}, {len(differing)} differ", *differing[:10]]))
        return len(questions), refused

    def test_recorded_queries(self):
        asked, refused = self.assert_same_answers(RECORDED)
        self.assertLess(refused, asked / 2)

    def test_random_queries(self):
        grammar = Grammar(SEED)
        asked, refused = self.assert_same_answers([grammar.vector(3) for _ in range(RANDOM_QUERIES)])
        print(f"seed {SEED}: {asked} questions, {refused} refused by both")
        self.assertLess(refused, asked / 2)
