"""Rules without settings of Sonde's: over what a real Prometheus has scraped, evaluated when it has evaluated, they are
pending and firing at the same moments, and record the same.

Left out are the first evaluations of a Prometheus, whose alerts it does not write down before it has looked for those of
an earlier run, and groups it evaluates so soon after a scrape that nobody knows whether they saw its samples.
"""

import json
import math
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

from harness.prometheus import Prometheus
from harness.requirements import find_program
from harness.rule_story import RuleStory, StoryTeller
from harness.waiting import wait_until

REQUIRES = ("prometheus", "promtool")

SEED = int(os.environ.get("SONDE_RULES_SEED", "20261127"))
STEPS = 64
FAILING = (44, 45, 46)
GROUPS = 4
FIRST_EVALUATIONS = 4
CLEAR_OF_A_SCRAPE_MS = 100
MEASURED = ("temperature", "requests_total", "latency_bucket", "up")

CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: ["group_*.yml"]
scrape_configs:
  - job_name: story
    static_configs: [{{targets: ["{address}"]}}]
"""

#: gN stands for the group.
RULES = """
  - {record: "recorded:gN:time", expr: time()}
  - {record: "recorded:gN:temperature:avg10s", expr: "avg_over_time(temperature[10s])", labels: {window: 10s}}
  - {record: "recorded:gN:requests:rate10s", expr: "sum by (code) (rate(requests_total[10s]))"}
  - {alert: AtOnce_gN, expr: temperature > 50}
  - {alert: Held_gN, expr: temperature > 50, for: 3s}
  - {alert: HeldLong_gN, expr: temperature > 50, for: 20s}
  - {alert: Kept_gN, expr: temperature > 50, keep_firing_for: 3s}
  - {alert: HeldAndKept_gN, expr: temperature > 50, for: 2s, keep_firing_for: 5s}
  - {alert: Below_gN, expr: temperature < 25, for: 5s}
  - {alert: Equal_gN, expr: temperature == 50}
  - alert: Graded_gN
    expr: temperature > 50
    for: 2s
    labels: {grade: '{{ if gt $value 80.0 }}high{{ else }}low{{ end }}', of: 'case {{ $labels.case }}'}
    annotations: {summary: '{{ $value | humanize }} at {{ $labels.case }}'}
  - {alert: Averaged_gN, expr: 'recorded:gN:temperature:avg10s > 50', for: 2s, keep_firing_for: 2s}
  - {alert: Gone_gN, expr: 'absent(temperature{case="gone"})', for: 2s}
  - {alert: GoneForLong_gN, expr: 'absent_over_time(temperature{case="long gap"}[4s])'}
  - {alert: NotThere_gN, expr: 'absent(nobody_has_this)', for: 10s}
  - {alert: Down_gN, expr: up == 0, for: 1s}
  - {alert: DownKept_gN, expr: up == 0, keep_firing_for: 10s}
  - {alert: Busy_gN, expr: 'recorded:gN:requests:rate10s > 8', for: 2s}
  - {alert: Share_gN, expr: 'sum(rate(requests_total{code="500"}[10s])) / sum(rate(requests_total[10s])) > 0.3'}
  - {alert: Restarted_gN, expr: 'resets(requests_total[15s]) > 0'}
  - {alert: Slow_gN, expr: 'histogram_quantile(0.9, sum by (le) (rate(latency_bucket[10s]))) > 0.6', for: 2s}
  - {alert: Restless_gN, expr: 'changes(temperature[8s]) >= 5', for: 3s}
  - {alert: Rising_gN, expr: 'deriv(temperature[6s]) > 4'}
  - {alert: Soon_gN, expr: 'predict_linear(temperature[8s], 10) > 100', for: 2s}
  - {alert: Several_gN, expr: 'count(temperature > 50) > 5', for: 4s, labels: {severity: critical}}
  - {alert: New_gN, expr: 'temperature > 50 unless on (case) temperature offset 5s > 50', keep_firing_for: 2s}
  - {alert: Both_gN, expr: 'temperature{case="plateau"} > 50 and on () temperature{case="twice"} > 50'}
  - {alert: Lately_gN, expr: 'max_over_time((temperature > bool 50)[6s:1s]) == 1', for: 4s}
  - {alert: Never_gN, expr: temperature < -1}
"""


def key_of(labels):
    """Labels as something to look up by."""
    return tuple(sorted(labels.items()))


def write_rules(directory, number):
    """One group, whose alerts and records say so."""
    rules = "".join(f"  {line}\n" for line in RULES.strip("\n").splitlines()).replace("gN", f"g{number}")
    path = directory / f"group_{number}.yml"
    path.write_text(f"groups:\n- name: group {number}\n  interval: 1s\n  rules:\n{rules}")
    return path


def alert_names():
    """Of all rules, without their group."""
    return set(re.findall(r"alert: (\w+)_gN", RULES))


class Recorded(Prometheus):
    """One that is asked for all it has."""

    def samples(self, selector, at_s):
        """Every raw sample of ten minutes: (labels, [(ms, number as text)])."""
        for series in self._api(f"/api/v1/query?query={selector}[10m]&time={at_s}")["result"]:
            yield series["metric"], [(round(at * 1000), value) for at, value in series["values"]]


def by_moment(series):
    """{ms: [(labels, value)]} of [(labels, samples)]."""
    moments = {}
    for labels, samples in series:
        for at, value in samples:
            moments.setdefault(at, []).append((labels, value))
    return moments


def scrapes_of(prometheus, at_s):
    """What each scrape brought, oldest first; one that failed brought but `up`."""
    series = [each for name in MEASURED for each in prometheus.samples(name, at_s)]
    return [{"at": at, "samples": samples} for at, samples in sorted(by_moment(series).items())]


def is_clear(evaluations, scrapes):
    """Whether no evaluation came so soon after a scrape that it may have missed its samples."""
    times = [scrape["at"] for scrape in scrapes]
    return all(all(not 0 <= at - time < CLEAR_OF_A_SCRAPE_MS for time in times) for at in evaluations)


class Intervals(unittest.TestCase):
    """Prometheus first, Sonde after it."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="sonde-intervals-")
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)

    def record(self):
        """Lets a Prometheus live through the story."""
        teller = StoryTeller(RuleStory(SEED, STEPS, FAILING))
        self.addCleanup(teller.stop)
        paths = [write_rules(self.directory, number) for number in range(GROUPS)]
        subprocess.run([find_program("promtool"), "check", "rules", *paths], check=True, capture_output=True, timeout=60)
        prometheus = Recorded(self.directory, teller.address, CONFIG)
        self.addCleanup(prometheus.stop)
        wait_until(lambda: teller.step >= STEPS, 2 * STEPS, lambda: f"step {teller.step} of {STEPS}")
        return prometheus, paths

    def replay(self, rules, evaluations, scrapes):
        """What Sonde says at each evaluation."""
        story = self.directory / "story.json"
        story.write_text(json.dumps({"rules": str(rules), "evaluations": evaluations, "scrapes": scrapes}))
        program = pathlib.Path(os.environ["SONDE_BINARY"]).parent / "rules_replay"
        done = subprocess.run([program, story], capture_output=True, text=True, timeout=60, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def compare(self, number, prometheus, evaluations, told):
        """How many moments of alerts agree; fails where any does not."""
        now = evaluations[-1] / 1000
        suffix = f"_g{number}"
        theirs = by_moment([each for each in prometheus.samples("ALERTS", now) if suffix in each[0]["alertname"]])
        records = {at: {key_of(labels): float(value) for labels, value in series} for at, series in by_moment(
            prometheus.samples(f'{{__name__=~"recorded:g{number}:.%2B"}}', now)).items()}
        agreed = 0
        for ours in told[FIRST_EVALUATIONS:]:
            at = ours["at"]
            where = f"seed {SEED}, evaluation {evaluations.index(at)} of group {number}"
            wanted = {key_of(labels) for labels, _ in theirs.get(at, [])}
            self.assertEqual({key_of(labels) for labels in ours["alerts"]}, wanted, where)
            self.assertEqual(ours["errors"], [], where)
            recorded = {key_of(labels): float(value) for labels, value in ours["recorded"]}
            self.assertEqual(recorded.keys(), records[at].keys(), where)
            for key, value in recorded.items():
                self.assertTrue(math.isclose(value, records[at][key], rel_tol=1e-9) or
                                math.isnan(value) and math.isnan(records[at][key]), f"{where}: {key} {value}")
            agreed += len(wanted)
        return agreed

    def test_rules_fire_at_the_same_moments(self):
        prometheus, paths = self.record()
        compared, names = 0, set()
        end = time.time()
        scrapes = scrapes_of(prometheus, end)
        for number, path in enumerate(paths):
            ((_, clock),) = prometheus.samples(f"recorded:g{number}:time", end)
            evaluations = [at for at, _ in clock]
            if not is_clear(evaluations, scrapes):
                continue
            told = self.replay(path, evaluations, scrapes)
            agreed = self.compare(number, prometheus, evaluations, told)
            fired = {alert["alertname"] for each in told for alert in each["alerts"] if alert["alertstate"] == "firing"}
            names |= {name.split("_g")[0] for name in fired}
            print(f"group {number}: {len(evaluations)} evaluations, {agreed} moments of alerts, {len(fired)} alerts fired")
            compared += agreed
        self.assertGreater(compared, 1000)
        self.assertEqual(alert_names() - names, {"Never"})
