"""Probes of servers that misbehave: each has its reason in plain words, none holds up the others, no secret gets out."""

import json

from harness.case import SondeCase
from harness.daemon import run_verb
from harness.stubborn_server import StubbornServer
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx")

_MANNERS = ("silent", "drip", "flood", "redirect", "close", "refuse_bytes")
_SECRETS = ("hunter2-query", "hunter2-header", "hunter2-body", "hunter2-password", "hunter2-send", "hunter2-argument")


class ProbeFaults(SondeCase):
    """nginx, which is fine, and servers that are not."""

    def setUp(self):
        super().setUp()
        self.nginx = self.start_nginx()

    def stubborn(self, manner):
        """A server that misbehaves so."""
        server = StubbornServer(manner)
        self.addCleanup(server.stop)
        return server

    def probes(self, daemon):
        """{name: what the API says of it}"""
        status, text = daemon.get("/api/sonde/v1/probes")
        self.assertEqual(status, 200, text)
        return {probe["probe"]: probe for probe in json.loads(text)["probes"]}

    def wait_for_all(self, daemon, runs=1):
        """Waits until each probe has had so many results; returns what the API says."""
        def all_probed():
            probes = self.probes(daemon)
            done = all(probe["uptime"]["1h"]["probes"] >= runs for probe in probes.values())
            return probes if done else None

        return wait_until(all_probed, 30, lambda: f"each probe has {runs} results\n{self.probes(daemon)}")

    def test_servers_that_misbehave_are_told_from_each_other_and_hold_up_nobody(self):
        servers = {manner: self.stubborn(manner) for manner in _MANNERS}
        lines = ["store: {interval: 1s}", "probes:", f'  fine: {{http: "{self.nginx.url("/ok")}", interval: 1s}}']
        lines += [f'  {manner}: {{http: "http://127.0.0.1:{server.port}/", interval: 3s, timeout: 2s}}'
                  for manner, server in servers.items()]
        lines += [f'  tcp_{manner}: {{tcp: "127.0.0.1:{servers[manner].port}", send: "HELO\\r\\n", expect: "^220 ", '
                  f'interval: 3s, timeout: 2s}}' for manner in ("silent", "drip", "flood", "close", "refuse_bytes")]
        daemon = self.start_daemon(self.nginx, config="\n".join(lines) + "\n")
        probes = self.wait_for_all(daemon, 2)
        reasons = {name: probe["last"]["reason"] for name, probe in probes.items()}
        expected = {"fine": None, "silent": "connected, and no answer within 2s",
                    "drip": "the answer was not complete within 2s", "flood": None, "redirect": "it redirects for ever",
                    "tcp_silent": "connected, and no answer within 2s",
                    "tcp_drip": "the answer was not what was expected within 2s",
                    "tcp_flood": "the answer does not match ^220 ",
                    "tcp_close": "the connection was closed without an answer",
                    "tcp_refuse_bytes": "the connection was closed without an answer"}
        for manner in ("close", "refuse_bytes"):  # as the request finds it, closed or closing
            self.assertIn(reasons.pop(manner), ("the connection broke", "the connection was closed without an answer"))
        self.assertEqual(reasons, expected)
        page = daemon.metrics()
        self.assertEqual(page.total("sonde_probe_runs_total", probe="fine", outcome="skipped"), 0)
        self.assertEqual(page.total("sonde_probe_runs_total", probe="fine", outcome="failure"), 0)
        # A gibibyte is not taken in: a MiB, and what is in socket buffers.
        attempts = servers["flood"].accepted
        self.assertLess(servers["flood"].sent / attempts, 16 << 20)

    def test_thresholds_and_retries_make_down_of_failures(self):
        config = f"""
store: {{interval: 1s}}
probes:
  gone: {{http: "{self.nginx.url('/ok')}", interval: 1s, timeout: 200ms, retries: 1, failure_threshold: 3}}
"""
        daemon = self.start_daemon(self.nginx, config=config)
        self.wait_for_all(daemon)
        self.assertIs(self.probes(daemon)["gone"]["up"], True)
        self.nginx.stop()

        def down():
            probe = self.probes(daemon)["gone"]
            if probe["up"]:
                self.assertLess(probe["in_a_row"] if not probe["last"]["success"] else 0, 3)
            return None if probe["up"] else probe

        probe = wait_until(down, 20, "three failures make it down")
        self.assertGreaterEqual(probe["in_a_row"], 3)
        self.assertEqual(probe["last"]["attempts"], 2)
        page = daemon.metrics()
        self.assertEqual(page.total("sonde_probe_up", probe="gone"), 0)
        self.assertGreaterEqual(page.total("sonde_probe_retries_total", probe="gone"), 3)

    def test_secrets_get_out_nowhere(self):
        echo = self.stubborn("close")
        (self.directory / "header").write_text("hunter2-header\n")
        (self.directory / "password").write_text("hunter2-password\n")
        config = f"""
store: {{interval: 1s}}
log: {{level: debug}}
probes:
  query: {{http: "http://127.0.0.1:{echo.port}/?token=hunter2-query", interval: 1s}}
  header: {{http: "http://127.0.0.1:{echo.port}/", interval: 1s, header_files: {{X-Key: {self.directory}/header}},
            method: POST, body: hunter2-body, user: me, password_file: {self.directory}/password}}
  inline: {{http: "http://127.0.0.1:{echo.port}/", interval: 1s, headers: {{X-Key: hunter2-header}}}}
  spoken: {{tcp: "127.0.0.1:{echo.port}", interval: 1s, send: hunter2-send, expect: never}}
  program: {{command: [/bin/sh, -c, "echo hunter2-argument; exit 3"], interval: 1s}}
  database: {{postgresql: "127.0.0.1:{echo.port}", interval: 1s, user: me, password_file: {self.directory}/password}}
  cache: {{redis: "127.0.0.1:{echo.port}", interval: 1s, password_file: {self.directory}/password}}
"""
        daemon = self.start_daemon(self.nginx, config=config, level="debug")
        probes = self.wait_for_all(daemon)
        self.assertEqual({name for name, probe in probes.items() if probe["up"]}, set())
        self.assertEqual(probes["program"]["last"]["reason"], "it ended with 3")
        said = {"log": daemon.log()}
        for path in ("/metrics", "/api/sonde/v1/probes", "/api/v1/status/config", "/api/v1/status/flags",
                     "/api/v1/series?match[]={__name__=~%22probe.*|sonde_probe.*%22}", "/api/v1/alerts", "/api/v1/rules"):
            said[path] = daemon.get(path)[1]
        done = run_verb("probe", "run", "query", "--config", self.directory / "sonde.yaml")
        self.assertEqual(done.returncode, 1)
        said["probe run"] = done.stdout + done.stderr
        for where, text in said.items():
            for secret in _SECRETS:
                self.assertNotIn(secret, text, where)
        self.assertIn("probe", said["/api/v1/status/config"])

