"""One channel of every kind, each with a receiver that is real or says what it was told."""

import json
import os
import stat

from .alertmanager import Alertmanager
from .certificates import Certificates
from .mail_server import MailServer

PASSWORD = "hush-hush mail password"
TOKEN = "xoxb-hush-hush"
ROUTING_KEY = "hush0hush0hush0hush0hush0hush0hu"
SIGNING_SECRET = "hush-hush signing secret"

_POSTED = json.dumps({"ok": True, "channel": "C0OPS", "ts": "1800000000.000100"})
_QUEUED = json.dumps({"status": "success", "message": "Event processed", "dedup_key": "key"})

_CONFIG = """
notify:
  first_retry: 100ms
  runbook_base: https://wiki.example/sonde/
  slack:
    - {{name: hook, url_file: "{files}/slack_url"}}
    - {{name: bot, token_file: "{files}/token", channel: "#ops", api_url: "{url}/api"}}
  email:
    - name: team
      smtp: smtp://127.0.0.1:{smtp}
      from: Sonde <sonde@shop.example>
      to: [Operations <ops@shop.example>, manager@shop.example]
      user: sonde
      password_file: "{files}/password"
      ca_file: "{files}/certificates/ca.pem"
  pagerduty: [{{name: on-call, routing_key_file: "{files}/routing_key", url: "{url}/pagerduty"}}]
  webhook:
    - name: hub
      url: "{url}/webhook/hush-hush"
      token_file: "{files}/token"
      secret_file: "{files}/signing_secret"
  alertmanager: [{{name: fleet, urls: ["{alertmanager}", "{url}/second"]}}]
  command: [{{name: siren, run: ["{files}/siren", "{files}/heard"]}}]
"""


class Channels:
    """Their receivers, their secrets in files of `directory`, and the section `notify` that names them."""

    def __init__(self, directory, receiver, mail_answers=()):
        """`mail_answers` are what the mail server says to the first messages."""
        self.files = directory / "channels"
        self.files.mkdir()
        self.receiver = receiver
        self._write_secrets()
        certificates = Certificates(self.files / "certificates")
        certificates.issue("mail")
        receiver.answer_usually("/api/chat.postMessage", 200, _POSTED)
        receiver.answer_usually("/api/chat.update", 200, _POSTED)
        receiver.answer_usually("/pagerduty", 202, _QUEUED)
        self.alertmanager = Alertmanager(self.files / "alertmanager", receiver.url(""))
        self.mail = MailServer(certificate=str(certificates.path("mail.pem")), key=str(certificates.path("mail.key")),
                               user="sonde", password=PASSWORD, answers=list(mail_answers))
        self.config = _CONFIG.format(files=self.files, url=receiver.url(""), smtp=self.mail.port,
                                     alertmanager=self.alertmanager.url())

    def stop(self):
        """Ends the receivers that are programs."""
        self.mail.stop()
        self.alertmanager.stop()

    def heard_by_program(self):
        """Each message that the command was given."""
        path = self.files / "heard"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def _write_secrets(self):
        for name, text in (("slack_url", self.receiver.url("/slack/hush-hush")), ("token", TOKEN),
                           ("password", PASSWORD), ("routing_key", ROUTING_KEY), ("signing_secret", SIGNING_SECRET)):
            (self.files / name).write_text(text + "\n")
        program = self.files / "siren"
        program.write_text('#!/bin/sh\n{ cat; echo; } >>"$1"\n')
        os.chmod(program, os.stat(program).st_mode | stat.S_IXUSR)
