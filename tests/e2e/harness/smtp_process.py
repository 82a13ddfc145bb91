"""A mail server as a program of its own: smtp_process.py OPTIONS, a JSON object.

Prints its port on a line, then one JSON object for each message it takes. Recipients that begin with `refused` are
refused for good; the answer `cut` to a message ends the connection without one. Debian's python3-aiosmtpd does the
talking.
"""

import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def _tell(value):
    print(json.dumps(value), flush=True)


class _Handler:
    """Says what each command gets, and tells of messages."""

    def __init__(self, options):
        self._answers = list(options.get("answers", []))

    async def handle_RCPT(self, _server, _session, envelope, address, _rcpt_options):
        """Of one recipient."""
        if address.startswith("refused"):
            return "550 5.1.1 no such person"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        """Of the message itself."""
        answer = self._answers.pop(0) if self._answers else "250 2.0.0 queued as A1B2"
        _tell({"from": envelope.mail_from,
               "to": envelope.rcpt_tos,
               "user": session.auth_data if session.authenticated else None,
               "tls": server.transport.get_extra_info("ssl_object") is not None,
               "answer": answer,
               "message": base64.b64encode(envelope.content).decode()})
        if answer == "cut":
            server.transport.abort()
        return answer


class _Server(SMTP):
    """One that may hang up at the farewell, without a word."""

    rude = False

    async def smtp_QUIT(self, arg):
        if self.rude:
            self.transport.abort()
        else:
            await super().smtp_QUIT(arg)


def _authenticator(options):
    wanted = (options["user"].encode(), options["password"].encode())

    def check(_server, _session, _envelope, _mechanism, data):
        given = (data.login, data.password)
        return AuthResult(success=given == wanted, handled=given == wanted, auth_data=data.login.decode())
    return check


def _context(options):
    if "certificate" not in options:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options["certificate"], options["key"])
    return context


async def _serve(options):
    context = _context(options)
    implicit = options.get("implicit", False)
    settings = {"hostname": "mail.test", "tls_context": None if implicit else context,
                "require_starttls": context is not None and not implicit}
    if "user" in options:
        settings |= {"authenticator": _authenticator(options), "auth_required": True,
                     "auth_require_tls": not implicit}
    handler = _Handler(options)
    _Server.rude = options.get("rude", False)
    server = await asyncio.get_running_loop().create_server(
        lambda: _Server(handler, loop=asyncio.get_running_loop(), **settings), "127.0.0.1", 0,
        ssl=context if implicit else None)
    _tell({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1])))
