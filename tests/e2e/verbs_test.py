"""The other verbs: check, doctor, top, query and series, against a running daemon and without one."""

import json
import re

from harness.case import VISIBLE_LIMIT_S, SondeCase
from harness.daemon import run_verb
from harness.load import curl
from harness.ports import free_ports
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", "curl")

_FAULTY = """\
server:
  lisen: 127.0.0.1:1
store:
  tick: soon
rules:
  defaults:
    error_ratio: {warning: 90%, critical: 10%}
"""


class Offline(SondeCase):
    """Without a daemon."""

    def test_check_reports_every_fault_with_its_place(self):
        path = self.directory / "faulty.yaml"
        path.write_text(_FAULTY)
        done = run_verb("check", path)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, 1, said)
        places = re.findall(rf"^{re.escape(str(path))}:(\d+):(\d+): ", said, re.MULTILINE)
        self.assertEqual(sorted({int(line) for line, _ in places}), [2, 4, 7], said)
        self.assertEqual(len(places), 3, said)
        self.assertIn("listen", said, "the misspelt key gets a suggestion")

    def test_check_accepts_a_good_file(self):
        path = self.directory / "good.yaml"
        path.write_text("store: {tick: 1s}\n")
        done = run_verb("check", path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_run_refuses_a_faulty_file(self):
        path = self.directory / "faulty.yaml"
        path.write_text(_FAULTY)
        done = run_verb("run", "--config", path)
        self.assertGreater(done.returncode, 0, done.stderr)
        self.assertIn(f"{path}:2:", done.stderr)

    def test_run_refuses_a_target_it_does_not_know(self):
        done = run_verb("run", "--only", "prot:1")
        self.assertGreater(done.returncode, 0, done.stderr)
        self.assertIn("prot:1", done.stderr)

    def test_doctor_names_the_sensor(self):
        done = run_verb("doctor")
        self.assertIn("traffic", done.stdout, done.stderr)
        report = json.loads(run_verb("doctor", "--output", "json").stdout)
        self.assertIn("traffic", json.dumps(report))

    def test_verbs_that_need_a_daemon_say_that_there_is_none(self):
        address = f"127.0.0.1:{free_ports(1)[0]}"
        for words in (("top", "--once"), ("query", "up"), ("series", "up")):
            with self.subTest(verb=words[0]):
                done = run_verb(*words, "--address", address)
                self.assertEqual(done.returncode, 1)
                self.assertIn(address, done.stderr)

    def test_a_wrong_word_is_a_usage_error(self):
        for words in (("rnu",), ("run", "--olny", "port:1"), ()):
            with self.subTest(words=words):
                done = run_verb(*words)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertTrue(done.stdout + done.stderr)


class Online(SondeCase):
    """Beside a daemon that has measured something."""

    def setUp(self):
        super().setUp()
        self.nginx = self.start_nginx()
        self.daemon = self.start_daemon(self.nginx, config="store: {interval: 1s}\n")
        curl(*[self.nginx.url("/ok")] * 50, self.nginx.url("/broken"))
        page = self.assert_equals_log(self.daemon, self.nginx, 51)
        self.service = self.service_of(page, self.nginx)
        wait_until(lambda: (self.service_row(self.daemon, self.service) or {}).get("requests") == len(self.nginx.log()),
                   VISIBLE_LIMIT_S, "the API has every request")

    def test_top_shows_the_service(self):
        done = run_verb("top", "--once", "--address", self.daemon.address)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(self.service, done.stdout)
        print("\n" + done.stdout)

    def test_top_gives_quantiles_in_every_format(self):
        for output in ("table", "json", "csv"):
            with self.subTest(output=output):
                done = run_verb("top", "--once", "--service", self.service, "--output", output,
                                "--address", self.daemon.address)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(self.service, done.stdout)
                if output == "json":
                    json.loads(done.stdout)

    def test_query_and_series_know_the_service(self):
        family = "http_server_request_duration_seconds_count"
        selector = f'{family}{{service_name="{self.service}"}}'
        wait_until(lambda: self.service in run_verb("query", selector, "--address", self.daemon.address).stdout,
                   VISIBLE_LIMIT_S, "the store has the service")
        for output in ("table", "json", "csv"):
            with self.subTest(output=output):
                done = run_verb("query", selector, "-o", output, "--address", self.daemon.address)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(self.service, done.stdout)
        done = run_verb("series", selector, "--address", self.daemon.address)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(self.service, done.stdout)

    def test_query_points_at_the_fault(self):
        done = run_verb("query", "rate(up", "--address", self.daemon.address)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("1:8: parse error", done.stderr)
        self.assertIn("\n  rate(up\n         ^", done.stderr)
