"""Receivers of Alertmanager in the daemon's configuration: what they say is carried out, or told."""

import json
import ssl

from harness.case import SondeCase
from harness.certificates import Certificates
from harness.daemon import Daemon, run_verb
from harness.ports import free_ports
from harness.receiver import Receiver

REQUIRES = ("sonde", "openssl")

_SECRET = "hush-hush"

_CONFIG = "notify: {{alertmanager_file: alertmanager.yml, fallback: team/webhook{more}}}\n"

_ALERTMANAGER = """
global: {{smtp_smarthost: 'localhost:25', smtp_from: am@shop.example, resolve_timeout: 5m}}
route:
  receiver: team
  routes: [{{matchers: [severity="critical"], receiver: pager}}]
receivers:
  - name: team
    slack_configs: [{{api_url_file: slack_url, channel: '#ops'}}]
    email_configs: [{{to: team@shop.example}}, {{to: night@shop.example}}]
    webhook_configs: [{{url: '{url}', http_config: {http}}}]
  - name: pager
    pagerduty_configs: [{{routing_key: {secret}}}]
    opsgenie_configs: [{{api_key: {secret}}}]
"""


class ReceiversCase(SondeCase):
    """A configuration that leaves routes and receivers to an alertmanager.yml."""

    def setUp(self):
        super().setUp()
        self.config = self.directory / "sonde.yaml"
        (self.directory / "slack_url").write_text(f"http://127.0.0.1:9/{_SECRET}\n")

    def write(self, url, http=None, more=""):
        """Both files."""
        self.config.write_text(_CONFIG.format(more=more))
        (self.directory / "alertmanager.yml").write_text(
            _ALERTMANAGER.format(url=url, http=json.dumps(http or {}), secret=_SECRET))

    def sonde(self, *words):
        """A verb, which prints no secret."""
        done = run_verb(*words, seconds=60)
        self.assertNotIn(_SECRET, done.stdout + done.stderr)
        return done

    def try_webhook(self, url, http):
        """`sonde notify test` of the receiver's webhook."""
        self.write(url, http)
        return self.sonde("notify", "test", "team/webhook", "--config", self.config)


class Verbs(ReceiversCase):
    """What the verbs say of it."""

    def test_check_tells_what_has_no_effect(self):
        self.write("http://127.0.0.1:9/")
        done = self.sonde("check", self.config)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^\S*alertmanager\.yml:2:\d+: global\.resolve_timeout: has no effect")
        self.assertRegex(done.stdout, r"(?m)^\S*alertmanager\.yml:13:\d+: receivers\[1\]\.opsgenie_configs: ")

    def test_check_tells_the_faults_of_both_files(self):
        self.write("http://127.0.0.1:9/", more=", timeoutt: 1s")
        (self.directory / "slack_url").unlink()
        done = self.sonde("check", self.config)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"(?m)^\S*sonde\.yaml:1:\d+: notify\.timeoutt: unknown key 'timeoutt'")
        self.assertRegex(done.stderr, r"(?m)^\S*alertmanager\.yml:8:\d+: .*api_url_file: the secret is missing")

    def test_the_channels_of_receivers_are_listed(self):
        self.write("http://127.0.0.1:9/")
        done = self.sonde("notify", "list", "--config", self.config, "-o", "json")
        self.assertEqual([channel["name"] for channel in json.loads(done.stdout)],
                         ["team/slack", "team/email", "team/email/2", "team/webhook", "pager/pagerduty"])

    def test_routes_are_those_of_the_file(self):
        self.write("http://127.0.0.1:9/")
        (self.directory / "slack_url").unlink()  # secrets are not looked at
        done = self.sonde("routes", "test", "--config.file", self.config, "severity=critical")
        self.assertEqual((done.returncode, done.stdout.strip()), (0, "pager"), done.stderr)


class Running(ReceiversCase):
    """The daemon itself."""

    def test_it_starts_and_says_once_what_has_no_effect(self):
        self.write("http://127.0.0.1:9/")
        (port,) = free_ports(1)
        daemon = Daemon([f"port:{port}"], self.config)
        self.addCleanup(daemon.stop)
        log = daemon.log()
        self.assertEqual(log.count("resolve_timeout: has no effect"), 1, log)
        self.assertNotIn(_SECRET, log)


class Carried(ReceiversCase):
    """What http_config says, tried against a server."""

    def setUp(self):
        super().setUp()
        self.certificates = Certificates(self.directory / "certificates")
        for name in ("server", "client"):
            self.certificates.issue(name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates.path("server.pem"), self.certificates.path("server.key"))
        context.load_verify_locations(self.certificates.path("ca.pem"))
        context.verify_mode = ssl.CERT_REQUIRED
        self.receiver = Receiver(context)
        self.addCleanup(self.receiver.stop)
        self.client = {"cert_file": "certificates/client.pem", "key_file": "certificates/client.key"}

    def assert_delivered(self, tls, host="127.0.0.1", code=0, **http):
        """Whether a message arrives."""
        before = len(self.receiver.deliveries("/hook"))
        done = self.try_webhook(f"https://{host}:{self.receiver.port}/hook", {"tls_config": tls, **http})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertEqual(len(self.receiver.deliveries("/hook")) - before, 0 if code else 1)

    def test_an_authority_and_a_certificate_of_our_own(self):
        own = {"ca_file": "certificates/ca.pem", **self.client}
        self.assert_delivered(own)
        self.assert_delivered(self.client, code=1)
        self.assert_delivered({"ca_file": "certificates/ca.pem"}, code=1)

    def test_a_certificate_for_another_name_or_none_that_counts(self):
        own = {"ca_file": "certificates/ca.pem", **self.client}
        self.assert_delivered(own, host="localhost", code=1)
        self.assert_delivered({**own, "server_name": "127.0.0.1"}, host="localhost")
        self.assert_delivered({**self.client, "insecure_skip_verify": True}, host="localhost")

    def test_a_login(self):
        own = {"ca_file": "certificates/ca.pem", **self.client}
        self.assert_delivered(own, basic_auth={"username": "u", "password": _SECRET})
        self.assert_delivered(own, authorization={"credentials": _SECRET})
        basic, bearer = (each.headers["Authorization"] for each in self.receiver.deliveries("/hook"))
        self.assertTrue(basic.startswith("Basic "))
        self.assertEqual(bearer, f"Bearer {_SECRET}")
