"""A dashboard for node_exporter can be aimed at Sonde: whatever has data there has data here."""

import os
import string
import time

from harness.case import SondeCase
from harness.daemon import Daemon
from harness.node_exporter import NodeExporter
from harness.node_exporter_panels import PANELS
from harness.prometheus_api import AskedPrometheus, ask
from harness.waiting import wait_until
from harness.workload import unique_name

REQUIRES = ("sonde", "prometheus", "prometheus-node-exporter")

CONFIG = """
resources: {interval: 1s}
store: {interval: 1s, directory: none}
"""
WINDOW = "10s"
READY_S = 30
SAMPLES = 4

#: What Grafana puts in for variables of which label_values() found no value: Sonde's own series have neither label, and
#: a matcher for nothing takes a series without the label.
OWN = 'job="",instance=""'


class ScrapedNodeExporter(NodeExporter):
    """One whose address a Prometheus may scrape."""

    @property
    def address(self):
        """host:port."""
        return f"127.0.0.1:{self._port}"


class Dashboard(SondeCase):
    """Sonde, and beside it a Prometheus that scrapes a node_exporter."""

    def setUp(self):
        super().setUp()
        exporter = ScrapedNodeExporter()
        self.addCleanup(exporter.stop)
        directory = self.directory / "prometheus"
        directory.mkdir()
        prometheus = AskedPrometheus(directory, exporter.address)
        self.addCleanup(prometheus.stop)
        path = self.directory / "sonde.yaml"
        path.write_text(CONFIG)
        daemon = Daemon([f"process:{unique_name('nobody')}"], path)
        self.addCleanup(daemon.stop)
        #: The address of each and the matchers of the host there.
        self.theirs = prometheus.address, f'job="sonde",instance="{exporter.address}"'
        self.ours = daemon.address, OWN
        for server in (self.theirs, self.ours):
            wait_until(lambda asked=server: self.holds_samples(asked), READY_S,
                       lambda asked=server: f"{asked} holds {SAMPLES} samples\n{daemon.log()}")

    def holds_samples(self, server):
        """Whether there are enough for rates."""
        result = self.answer(server, "query", "count_over_time(node_time_seconds{$host}[$window])", {})
        return result and float(result[0]["value"][1]) >= SAMPLES

    def answer(self, server, path, expression, times):
        """The series it answers with; POST, as Grafana asks."""
        address, host = server
        query = string.Template(expression).substitute(host=host, window=WINDOW)
        answer = ask(address, path, [("query", query), *times.items()], "POST")
        self.assertEqual(answer.status, 200, f"{query}: {answer.text}")
        self.assertIn(answer.data["resultType"], ("vector", "matrix"), query)
        return answer.data["result"]

    def assert_as_much_data(self, path, **times):
        """Asks both everything."""
        expressions = [(group, each) for group, panels in PANELS.items() for each in panels]
        there = [(group, each) for group, each in expressions if self.answer(self.theirs, path, each, times)]
        here = [(group, each) for group, each in there if self.answer(self.ours, path, each, times)]
        print(f"\n{path}: {len(expressions)} expressions, {len(there)} with data in node_exporter, "
              f"{len(here)} of these with data in Sonde")
        self.assertGreater(len(there), len(expressions) / 2)
        self.assertEqual([each for each in there if each not in here], [], "with data in node_exporter alone")

    def test_panels_of_one_value_have_data(self):
        self.assert_as_much_data("query")

    def test_panels_of_graphs_have_data(self):
        now = time.time()
        self.assert_as_much_data("query_range", start=now - 3, end=now, step=1)

    def test_variables_lead_to_the_host(self):
        for address, host in (self.theirs, self.ours):
            answer = ask(address, "label/nodename/values", [("match[]", f"node_uname_info{{{host}}}")])
            self.assertEqual(answer.data, [os.uname().nodename], address)
        for name in ("job", "instance"):
            answer = ask(self.ours[0], f"label/{name}/values", [("match[]", "node_uname_info")])
            self.assertEqual(answer.data, [], f"no value of {name}, for which OWN has an empty one")
