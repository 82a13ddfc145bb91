"""`sonde notify`: channels are listed without their secrets, and each is tried against a receiver that is there."""

import json

from harness.case import SondeCase
from harness.certificates import Certificates
from harness.channels import PASSWORD, ROUTING_KEY, SIGNING_SECRET, TOKEN, Channels
from harness.daemon import run_verb
from harness.mail_server import MailServer

REQUIRES = ("sonde", "prometheus-alertmanager", "openssl", "aiosmtpd")

_SECRETS = ("hush-hush", PASSWORD, TOKEN, ROUTING_KEY, SIGNING_SECRET)

_MAIL = """
notify:
  timeout: {timeout}
  email:
    - name: team
      smtp: {scheme}://127.0.0.1:{port}
      tls: {tls}
      from: sonde@shop.example
      to: [{to}]
      ca_file: "{ca_file}"
      {login}
"""


class NotifyCase(SondeCase):
    """Runs the verbs of `sonde notify` over a configuration of the test's own."""

    def notify(self, verb, *words, config):
        """`sonde notify VERB` over the text of a configuration. Neither of its outputs may hold a secret."""
        path = self.directory / "sonde.yaml"
        path.write_text(config)
        done = run_verb("notify", verb, *words, "--config", path, seconds=60)
        for secret in _SECRETS:
            self.assertNotIn(secret, done.stdout + done.stderr)
        return done

    def assert_test(self, channel, config, code, says):
        """`notify test` ends with that exit code and says so."""
        done = self.notify("test", channel, config=config)
        self.assertIn(says, done.stdout + done.stderr)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)


class EveryChannel(NotifyCase):
    """One of each kind."""

    def setUp(self):
        super().setUp()
        self.receiver = self.start_receiver()
        self.channels = Channels(self.directory, self.receiver)
        self.addCleanup(self.channels.stop)

    def test_a_test_message_goes_through_each_of_them_and_is_marked(self):
        for channel, answer in (("hook", "HTTP 200 (ok)"), ("bot", "HTTP 200 (ok)"), ("team", "SMTP 250 2.0.0 queued"),
                                ("on-call", "HTTP 202 (Event processed)"), ("hub", "HTTP 200"), ("fleet", "HTTP 200"),
                                ("siren", "exit code 0")):
            with self.subTest(channel):
                self.assert_test(channel, self.channels.config, 0, f"{channel}: delivered: {answer}")
        for path in ("/slack/hush-hush", "/api/chat.postMessage"):
            self.assertIn("TEST FIRING info: SondeTest", self.receiver.wait_for(path, 1, 20)[0].body["text"])
        events = [each.body["event_action"] for each in self.receiver.wait_for("/pagerduty", 2, 20)]
        self.assertEqual(events, ["trigger", "resolve"], "nothing stays open")
        self.assertIn("TEST", self.channels.mail.wait_for(1, 20)[0].message["Subject"])
        self.assertIn("TEST", self.channels.heard_by_program()[0]["headline"])
        self.assertEqual(self.channels.alertmanager.alerts()[0]["labels"]["alertname"], "SondeTest")

    def test_the_list_names_them_all(self):
        done = self.notify("list", config=self.channels.config)
        self.assertEqual(done.returncode, 0, done.stderr)
        for word in ("hook", "bot", "team", "on-call", "hub", "fleet", "siren", "#ops", "ops@shop.example"):
            self.assertIn(word, done.stdout)
        rows = json.loads(self.notify("list", "--output", "json", config=self.channels.config).stdout)
        self.assertEqual([each["kind"] for each in rows],
                         ["slack", "slack", "email", "pagerduty", "webhook", "alertmanager", "command"])

    def test_refusals_are_told_in_plain_words(self):
        self.receiver.answer_usually("/slack/hush-hush", 404, "no_service")
        self.assert_test("hook", self.channels.config, 1, "hook: refused: HTTP 404 (no_service)")
        self.receiver.answer_usually("/api/chat.postMessage", 200, '{"ok":false,"error":"not_in_channel"}')
        self.assert_test("bot", self.channels.config, 1, "invite the bot into the channel")
        self.receiver.answer_usually("/pagerduty", 400, json.dumps({"message": "Event object is invalid",
                                                                    "errors": [f"{ROUTING_KEY} is unknown"]}))
        self.assert_test("on-call", self.channels.config, 1, "Event object is invalid; <secret> is unknown")
        self.receiver.answer_usually("/webhook/hush-hush", 503, "")
        self.assert_test("hub", self.channels.config, 1, "would be tried again")

    def test_a_channel_that_is_not_there_is_a_matter_of_the_command_line(self):
        self.assert_test("hok", self.channels.config, 2, "did you mean 'hook'?")


class MailTroubles(NotifyCase):
    """Mail servers that want something, or refuse."""

    def setUp(self):
        super().setUp()
        self.certificates = Certificates(self.directory / "certificates")
        self.certificates.issue("mail")
        self.certificates.issue("elsewhere", address="192.0.2.1")
        (self.directory / "password").write_text(PASSWORD)
        self.login = f'user: sonde\n      password_file: "{self.directory}/password"'

    def start(self, certificate="mail", **options):
        """A mail server; one without a certificate has no TLS."""
        if certificate:
            options |= {"certificate": str(self.certificates.path(f"{certificate}.pem")),
                        "key": str(self.certificates.path(f"{certificate}.key"))}
        server = MailServer(**options)
        self.addCleanup(server.stop)
        return server

    def config(self, server, **values):
        """A channel by that server."""
        given = {"scheme": "smtp", "tls": "starttls", "to": "ops@shop.example", "login": "", "timeout": "20s",
                 "ca_file": self.certificates.path("ca.pem")} | values
        return _MAIL.format(port=server.port, **given)

    def test_one_refused_recipient_of_three_does_not_fail_the_others(self):
        server = self.start()
        config = self.config(server, to="a@shop.example, refused@shop.example, c@shop.example")
        self.assert_test("team", config, 1, "not to everybody: refused@shop.example: SMTP 550 5.1.1 no such person")
        (mail,) = server.wait_for(1, 20)
        self.assertEqual(mail.recipients, ["a@shop.example", "c@shop.example"])

    def test_nothing_is_sent_in_the_clear_where_starttls_is_wanted(self):
        server = self.start(certificate=None)
        self.assert_test("team", self.config(server), 1, "offers no STARTTLS")
        self.assertEqual(server.mails(), [])
        self.assert_test("team", self.config(server, tls="none"), 0, "delivered")

    def test_nothing_is_sent_to_a_server_with_another_name_or_of_another_authority(self):
        server = self.start(certificate="elsewhere")
        self.assert_test("team", self.config(server), 1, "certificate")
        other = Certificates(self.directory / "other")
        trusted = self.start()
        self.assert_test("team", self.config(trusted, ca_file=other.path("ca.pem")), 1, "certificate")
        self.assertEqual(server.mails() + trusted.mails(), [])

    def test_tls_from_the_first_byte_and_a_login_within_it(self):
        server = self.start(implicit=True, user="sonde", password=PASSWORD)
        config = self.config(server, scheme="smtps", tls="implicit", login=self.login)
        self.assert_test("team", config, 0, "delivered")
        (mail,) = server.wait_for(1, 20)
        self.assertEqual((mail.user, mail.over_tls), ("sonde", True))

    def test_a_wrong_password_is_refused_and_named(self):
        server = self.start(user="sonde", password="another")
        self.assert_test("team", self.config(server, login=self.login), 1, "check the channel's user and password")

    def test_the_answer_to_the_message_counts_whatever_the_farewell_is(self):
        server = self.start(rude=True)
        self.assert_test("team", self.config(server), 0, "delivered: SMTP 250")
        self.assertEqual(len(server.wait_for(1, 20)), 1)

    def test_a_connection_cut_after_the_message_leaves_it_open_whether_it_arrived(self):
        server = self.start(answers=["cut"])
        self.assert_test("team", self.config(server), 1, "(it may have arrived); a real message would be tried again")

    def test_what_is_put_off_and_what_is_refused(self):
        server = self.start(answers=["451 4.3.0 try later", "554 5.7.1 spam"])
        self.assert_test("team", self.config(server), 1, "SMTP 451 4.3.0 try later; a real message would be tried")
        self.assert_test("team", self.config(server), 1, "refused: SMTP 554 5.7.1 spam")
