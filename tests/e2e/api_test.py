"""Sonde answers Prometheus' HTTP API as a real Prometheus does that has scraped it."""

import time
from types import SimpleNamespace

from harness.case import SondeCase
from harness.ports import free_ports
from harness.prometheus_api import AskedPrometheus, ask, lacks, promtool_query
from harness.waiting import wait_until

REQUIRES = ("sonde", "prometheus", "promtool")

_CONFIG = """
store: {interval: 1s, directory: none}
"""

#: A counter of two labels, and a gauge that does not move.
_COUNT = "node_cpu_seconds_total"
_STILL = "node_memory_MemTotal_bytes"

#: What both are asked: path and parameters. {start} and {now} are filled in.
SAME_SHAPE = (
    ("query", [("query", _COUNT)]),
    ("query", [("query", "scalar(vector(1))")]),
    ("query", [("query", '"text"')]),
    ("query", [("query", f"{_COUNT}[1m]")]),
    ("query", [("query", "absent_metric"), ("time", "{now}"), ("timeout", "5s")]),
    ("query", [("query", "up"), ("time", "2026-01-01T00:00:00Z")]),
    ("query_range", [("query", f"rate({_COUNT}[10s])"), ("start", "{start}"), ("end", "{now}"), ("step", "1")]),
    ("query_range", [("query", "1"), ("start", "{start}"), ("end", "{now}"), ("step", "15s")]),
    ("series", [("match[]", _COUNT), ("start", "{start}"), ("end", "{now}")]),
    ("series", [("match[]", _COUNT), ("match[]", "absent_metric")]),
    ("labels", []),
    ("labels", [("match[]", _COUNT), ("start", "{start}")]),
    ("label/__name__/values", []),
    ("label/mode/values", [("match[]", _COUNT)]),
    ("label/absent/values", []),
    ("metadata", [("limit", "2")]),
    ("metadata", [("metric", "absent_metric")]),
    ("rules", []),
    ("rules", [("type", "record")]),
    ("alerts", []),
    ("targets", []),
    ("targets", [("state", "dropped")]),
    ("status/config", []),
    ("status/flags", []),
    ("status/buildinfo", []),
    ("status/runtimeinfo", []),
    ("status/tsdb", []),
    ("format_query", [("query", "sum(a)by(b)")]),
    ("query_exemplars", [("query", _COUNT), ("start", "{start}"), ("end", "{now}")]),
)

#: Those whose keys are data: only what kind of thing they hold is compared.
_LOOSE = ("series", "metadata", "status/flags")

#: Bad requests that both refuse with the same status, errorType and text.
SAME_FAULT = (
    ("query", [("query", "1"), ("time", "x")]),
    ("query", [("query", "1"), ("timeout", "x")]),
    ("query", [("query", "sum(")]),
    ("query", [("query", "rate(up)")]),
    ("query_range", [("query", "1"), ("end", "1"), ("step", "1")]),
    ("query_range", [("query", "1"), ("start", "2"), ("end", "1"), ("step", "1")]),
    ("query_range", [("query", "1"), ("start", "1"), ("end", "2")]),
    ("query_range", [("query", "1"), ("start", "1"), ("end", "2"), ("step", "0")]),
    ("query_range", [("query", "1"), ("start", "1"), ("end", "2"), ("step", "-1s")]),
    ("query_range", [("query", "1"), ("start", "0"), ("end", "100000"), ("step", "1")]),
    ("series", []),
    ("series", [("match[]", "{}")]),
    ("series", [("match[]", "up"), ("start", "x")]),
    ("labels", [("match[]", "{a=~\".*\"}")]),
    ("labels", [("end", "x")]),
    ("label/a/values", [("match[]", "1")]),
    ("metadata", [("limit", "x")]),
    ("rules", [("type", "x")]),
    ("format_query", [("query", "(")]),
    ("query_exemplars", [("query", "up"), ("start", "2"), ("end", "1")]),
)

#: Likewise, but Prometheus 3 words them otherwise than the 2.x that Debian has.
WORDED_ANEW = (
    ("query", []),
    ("query", [("query", "up{a=~\"(\"}")]),
    ("query_range", [("query", "up[1m]"), ("start", "1"), ("end", "2"), ("step", "1")]),
)


class Api(SondeCase):
    """Sonde beside a Prometheus that scrapes it. What both hold is the host: no service is measured."""

    def setUp(self):
        super().setUp()
        self.daemon = self.start_daemon(SimpleNamespace(port=free_ports(1)[0]), config=_CONFIG)
        directory = self.directory / "prometheus"
        directory.mkdir()
        self.prometheus = AskedPrometheus(directory, self.daemon.address)
        self.addCleanup(self.prometheus.stop)
        self.start = time.time() - 5
        for address in (self.daemon.address, self.prometheus.address):
            wait_until(lambda asked=address: self.value(asked, f"rate({_COUNT}[10s])"), 20,
                       lambda asked=address: f"{asked} has two samples of {_COUNT}")

    def value(self, address, expression):
        """The first value of an instant query; None if there is none."""
        result = ask(address, "query", [("query", expression)]).data["result"]
        return result[0]["value"][1] if result else None

    def fill(self, parameters):
        """Puts times into a row's parameters."""
        return [(name, value.format(start=self.start, now=time.time()) if name in ("start", "end", "time") else value)
                for name, value in parameters]

    def both(self, path, parameters, method="GET"):
        """(Sonde's answer, Prometheus' answer)."""
        filled = self.fill(parameters)
        return (ask(self.daemon.address, path, filled, method), ask(self.prometheus.address, path, filled, method))

    def test_answers_have_the_shapes_of_prometheus(self):
        for path, parameters in SAME_SHAPE:
            with self.subTest(path=path, parameters=parameters):
                ours, theirs = self.both(path, parameters)
                self.assertEqual(ours.status, theirs.status, ours.text)
                self.assertEqual(ours.headers["Content-Type"], theirs.headers["Content-Type"])
                if path in _LOOSE:
                    self.assertIs(type(ours.data), type(theirs.data))
                else:
                    self.assertEqual(lacks(ours.json, theirs.json), [], f"\n{ours.text[:500]}\n{theirs.text[:500]}")

    def test_bad_requests_are_refused_alike(self):
        for path, parameters in SAME_FAULT:
            with self.subTest(path=path, parameters=parameters):
                ours, theirs = self.both(path, parameters)
                self.assertEqual((ours.status, ours.text.lower()), (theirs.status, theirs.text.lower()))
        for path, parameters in WORDED_ANEW:
            with self.subTest(path=path, parameters=parameters):
                ours, theirs = self.both(path, parameters)
                self.assertEqual((ours.status, ours.json["errorType"]), (theirs.status, theirs.json["errorType"]))

    def test_methods_are_refused_alike(self):
        for path, method in (("rules", "POST"), ("label/a/values", "POST"), ("query", "PUT"), ("metadata", "DELETE")):
            with self.subTest(path=path, method=method):
                ours, theirs = self.both(path, [], method)
                self.assertEqual((ours.status, theirs.status), (405, 405))
        ours, theirs = self.both("query", [], "OPTIONS")
        self.assertEqual((ours.status, theirs.status), (204, 204))
        self.assertEqual(self.both("absent", [])[0].json["errorType"], "not_found")

    def test_the_same_data_has_the_same_values(self):
        for expression in (_STILL, "node_boot_time_seconds", f"count by (mode) ({_COUNT})", "node_uname_info",
                           f"sort_desc(count by (cpu) ({_COUNT}))", f"{_STILL} / 3e9", "1e-9 * node_uname_info"):
            with self.subTest(expression=expression):
                bare = f"sum without (instance, job) ({expression})"
                values = [[(each["metric"], each["value"][1]) for each in answer.data["result"]]
                          for answer in self.both("query", [("query", bare)])]
                self.assertTrue(values[0])
                self.assertEqual(*values)

    def test_the_same_series_have_the_same_labels(self):
        own = {"instance", "job"}
        ours, theirs = self.both("series", [("match[]", _COUNT)])
        bare = [{name: value for name, value in each.items() if name not in own} for each in theirs.data]
        self.assertCountEqual(ours.data, bare)
        ours, theirs = self.both("labels", [("match[]", _COUNT)])
        self.assertEqual(ours.data, [name for name in theirs.data if name not in own])
        ours, theirs = self.both("label/mode/values", [("match[]", _COUNT)])
        self.assertEqual(ours.data, theirs.data)
        for metric in (_STILL, _COUNT):
            ours, theirs = self.both("metadata", [("metric", metric)])
            self.assertEqual(ours.data, theirs.data)

    def test_promtool_can_query(self):
        url = f"http://{self.daemon.address}"
        code, output, fault = promtool_query("instant", url, "node_uname_info * 0 + 7")
        self.assertEqual((code, fault), (0, ""))
        self.assertIn("=> 7 @[", output)
        code, output, fault = promtool_query("range", f"--start={int(self.start)}", f"--end={int(time.time()) + 1}",
                                             "--step=1s", url, _STILL)
        self.assertEqual((code, fault), (0, ""))
        self.assertIn(f"{self.value(self.daemon.address, _STILL)} @[", output)
        code, output, fault = promtool_query("series", f"--match={_COUNT}", url)
        self.assertEqual((code, fault), (0, ""))
        self.assertIn('mode="idle"', output)
        code, output, fault = promtool_query("labels", url, "mode")
        self.assertEqual((code, fault), (0, ""))
        self.assertIn("idle", output.split())
        code, _, fault = promtool_query("instant", url, "sum(")
        self.assertEqual(code, 1)
        self.assertIn("parse error: unclosed left parenthesis", fault)

    def test_the_calls_of_grafana_work(self):
        now = time.time()
        span = [("start", self.start), ("end", now)]
        selector = f'{_COUNT}{{mode="idle"}}'
        calls = (
            ("POST", "query", [("query", "1+1"), ("time", now)]),  # Save & test
            ("GET", "status/buildinfo", []),
            ("GET", "rules", []),
            ("GET", "metadata", [("limit", 5000)]),  # the query builder
            ("GET", "label/__name__/values", span),
            ("POST", "labels", [*span, ("match[]", selector), ("limit", 40000)]),
            ("GET", "label/cpu/values", [*span, ("match[]", selector)]),
            ("POST", "series", [*span, ("match[]", selector)]),
            ("POST", "query_range", [*span, ("query", f"rate({selector}[5s])"), ("step", 1)]),  # a panel
            ("GET", "query_exemplars", [*span, ("query", selector)]),
        )
        for method, path, parameters in calls:
            with self.subTest(path=path):
                answer = ask(self.daemon.address, path, parameters, method, {"Accept-Encoding": "gzip"})
                self.assertEqual((answer.status, answer.json["status"]), (200, "success"), answer.text)
        self.assertEqual(ask(self.daemon.address, "status/buildinfo").data["version"], "3.5.0")
        names = ask(self.daemon.address, "label/__name__/values", span, headers={"Accept-Encoding": "gzip"})
        self.assertEqual(names.headers["Content-Encoding"], "gzip")
        self.assertIn(_COUNT, names.data)
        cpus = ask(self.daemon.address, "label/cpu/values", [*span, ("match[]", selector)])
        self.assertIn("0", cpus.data)
