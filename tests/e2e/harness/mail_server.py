"""A real mail server, and the messages it has taken."""

import base64
import dataclasses
import email
import email.policy
import json
import pathlib

from .child import Child
from .requirements import DEBIAN_PYTHON
from .waiting import wait_until

_PROGRAM = pathlib.Path(__file__).with_name("smtp_process.py")


@dataclasses.dataclass(frozen=True)
class Mail:
    """One attempt to deliver, as the server saw it."""

    sender: str
    recipients: list
    over_tls: bool
    user: str
    answer: str
    message: email.message.EmailMessage

    def part(self, kind):
        """The text of the part of that type."""
        return self.message.get_body((kind,)).get_content()


class MailServer:
    """Listens on a port of its own; options are those of smtp_process.py."""

    def __init__(self, **options):
        self._child = Child([DEBIAN_PYTHON, _PROGRAM, json.dumps(options)], read="stdout")
        self.port = self._child.wait_for_line(lambda line: json.loads(line).get("port"), 20, "the mail server listens")

    def mails(self):
        """Every message so far, refused ones too."""
        lines = [json.loads(line) for line in self._child.lines()]
        return [Mail(each["from"], each["to"], each["tls"], each["user"] or "", each["answer"],
                     email.message_from_bytes(base64.b64decode(each["message"]), policy=email.policy.default))
                for each in lines if "message" in each]

    def wait_for(self, count, seconds):
        """The messages, as soon as there are `count`."""
        wait_until(lambda: len(self.mails()) >= count, seconds, lambda: f"{count} mails; there are {self.mails()}")
        return self.mails()

    def stop(self):
        """Ends it."""
        self._child.stop()
