"""Probes of real databases: with and without a login, over TLS, stopped, full, starting; and once by hand."""

import json
import pathlib
import tempfile
import unittest

from harness.case import SondeCase
from harness.certificates import Certificates
from harness.daemon import run_verb
from harness.mariadb import Mariadb
from harness.nginx import Nginx
from harness.postgresql import Postgresql
from harness.redis import Redis
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", "openssl", *Mariadb.REQUIRES, *Redis.REQUIRES)

_REDIS_PASSWORD = "a secret"


class ProbeDatabases(SondeCase):
    """PostgreSQL, MariaDB and Redis, all with TLS and passwords, and nginx, for all tests."""

    @classmethod
    def setUpClass(cls):
        if Postgresql.find() is None:
            raise unittest.SkipTest("PostgreSQL's server is not installed")
        directory = tempfile.TemporaryDirectory(prefix="sonde-e2e-")
        cls.addClassCleanup(directory.cleanup)
        shared = pathlib.Path(directory.name)
        cls.certificates = Certificates(shared / "certificates")
        for name in ("postgresql", "mariadb", "redis"):
            cls.certificates.issue(name)
        cls.nginx = Nginx(shared / "nginx")
        cls.addClassCleanup(cls.nginx.stop)
        cls.postgresql = Postgresql(shared, cls.certificates)
        cls.addClassCleanup(cls.postgresql.stop)
        cls.mariadb = Mariadb(shared, cls.certificates)
        cls.addClassCleanup(cls.mariadb.stop)
        cls.redis = Redis(shared, _REDIS_PASSWORD, cls.certificates)
        cls.addClassCleanup(cls.redis.stop)
        (shared / "open").mkdir()
        cls.open_redis = Redis(shared / "open")
        cls.addClassCleanup(cls.open_redis.stop)

    def secret(self, name, text):
        """A file with a password."""
        path = self.directory / name
        path.write_text(text + "\n")
        return path

    def config(self):
        """Every way to ask each of them."""
        right = {"postgresql": self.secret("pg", Postgresql.PASSWORD), "mysql": self.secret("my", Mariadb.PASSWORD),
                 "redis": self.secret("re", _REDIS_PASSWORD)}
        wrong = self.secret("wrong", "not it")
        tls = f"tls: true, ca_file: {self.certificates.path('ca.pem')}"
        ports = {"postgresql": self.postgresql.port, "mysql": self.mariadb.port, "redis": self.redis.port}
        users = {"postgresql": f"user: {Postgresql.USER}, database: {Postgresql.DATABASE}, ",
                 "mysql": f"user: {Mariadb.USER}, database: {Mariadb.DATABASE}, ", "redis": ""}
        lines = ["store: {interval: 1s}", "probes:"]
        for kind, port in ports.items():
            tls_port = self.redis.tls_port if kind == "redis" else port
            for name, more in (("bare", ""), ("login", f"{users[kind]}password_file: {right[kind]}"),
                               ("wrong", f"{users[kind]}password_file: {wrong}")):
                lines.append(f'  {kind}_{name}: {{{kind}: "127.0.0.1:{port}", interval: 1s, {more}}}')
            lines.append(f'  {kind}_tls: {{{kind}: "127.0.0.1:{tls_port}", interval: 1s, {tls}, '
                         f'{users[kind]}password_file: {right[kind]}}}')
            lines.append(f'  {kind}_distrust: {{{kind}: "127.0.0.1:{tls_port}", interval: 1s, tls: true}}')
            lines.append(f'  {kind}_as_nginx: {{{kind}: "127.0.0.1:{self.nginx.port}", interval: 1s, timeout: 500ms}}')
        lines.append(f'  redis_open: {{redis: "127.0.0.1:{self.open_redis.port}", interval: 1s}}')
        lines.append(f'  redis_open_login: {{redis: "127.0.0.1:{self.open_redis.port}", interval: 1s, '
                     f'password_file: {wrong}}}')
        return "\n".join(lines) + "\n"

    def probes(self, daemon):
        """{name: what the API says of it}, once each has a result."""
        def all_probed():
            probes = {probe["probe"]: probe for probe in json.loads(daemon.get("/api/sonde/v1/probes")[1])["probes"]}
            return probes if all(probe["last"] for probe in probes.values()) else None

        return wait_until(all_probed, 30, lambda: f"each probe has a result\n{daemon.log()}")

    def test_each_is_up_as_it_is_asked(self):
        daemon = self.start_daemon(self.nginx, config=self.config())
        probes = self.probes(daemon)
        down = {name: probe["last"]["reason"] for name, probe in probes.items() if not probe["up"]}
        for kind in ("postgresql", "mysql", "redis"):
            for name in ("bare", "login", "tls"):
                self.assertNotIn(f"{kind}_{name}", down)
            self.assertIn("certificate", down.pop(f"{kind}_distrust"))
            self.assertRegex(down.pop(f"{kind}_as_nginx"), "the answer is not|was closed|within 500ms")
            self.assertIn("refused", down.pop(f"{kind}_wrong"))
        self.assertRegex(down.pop("redis_open_login"), "password|login")
        self.assertEqual(down, {})
        for kind in ("postgresql", "mysql", "redis"):
            page = daemon.wait_for_metric(lambda page, kind=kind: page.total(
                "probe_success", probe=f"{kind}_login", module=kind) == 1, 10, f"the metrics say so of {kind}")
            self.assertGreater(page.total("sonde_probe_phase_duration_seconds", probe=f"{kind}_login", phase="connect"), 0)

    def test_one_that_stops_and_comes_back_is_seen_and_uptime_tells(self):
        daemon = self.start_daemon(self.nginx, config=self.config())
        self.probes(daemon)
        for server, kind in ((self.postgresql, "postgresql"), (self.mariadb, "mysql"), (self.redis, "redis")):
            name = f"{kind}_login"
            server.stop()
            wait_until(lambda name=name: not self.probes(daemon)[name]["up"], 20, f"{name} is down")
            self.assertEqual(self.probes(daemon)[name]["last"]["reason"], "connection refused: nobody listens there")
            server.start()
            wait_until(lambda name=name: self.probes(daemon)[name]["up"], 20,
                       lambda name=name: f"{name} is up again: {self.probes(daemon)[name]}")
            uptime = self.probes(daemon)[name]["uptime"]["1h"]
            self.assertGreater(uptime["ratio"], 0)
            self.assertLess(uptime["ratio"], 1)

    def test_a_full_postgresql_is_down_for_who_wants_in(self):
        self.postgresql.query("ALTER ROLE app CONNECTION LIMIT 0")
        self.addCleanup(self.postgresql.query, "ALTER ROLE app CONNECTION LIMIT -1")
        daemon = self.start_daemon(self.nginx, config=self.config())
        self.assertIn("too many connections", self.probes(daemon)["postgresql_login"]["last"]["reason"])

    def test_a_mariadb_that_is_asked_without_a_login_shuts_nobody_out(self):
        self.mariadb.query("SET GLOBAL max_connect_errors = 3")
        daemon = self.start_daemon(self.nginx, config=self.config())
        self.probes(daemon)
        daemon.wait_for_metric(lambda page: page.total("sonde_probe_runs_total", probe="mysql_bare") >= 6, 30, "six probes")
        self.assertEqual(daemon.metrics().total("sonde_probe_runs_total", probe="mysql_bare", outcome="failure"), 0)
        self.assertIs(self.probes(daemon)["mysql_login"]["up"], True)

    def test_once_by_hand(self):
        done = run_verb("probe", "run", f"postgresql://127.0.0.1:{self.postgresql.port}")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.endswith("UP\n"), done.stdout)
        path = self.directory / "probes.yaml"
        path.write_text(self.config())
        done = run_verb("probe", "run", "mysql_wrong", "--config", path, "-o", "json")
        self.assertEqual(done.returncode, 1)
        answer = json.loads(done.stdout)
        self.assertIs(answer["success"], False)
        self.assertIn("refused", answer["reason"])
        done = run_verb("probe", "run", "mysql_wrogn", "--config", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("did you mean 'mysql_wrong'?", done.stderr)
