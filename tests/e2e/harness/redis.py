"""A private Redis: own port of loopback, nothing on disk, with or without a password, with or without TLS."""

import pathlib
import socket
import subprocess

from .ports import free_ports
from .requirements import find_program
from .server_start import start_on_free_port
from .unprivileged import UnprivilegedUser

_LIMIT_S = 30


class Redis:
    """Below `directory`. `certificate` is the NAME of one that `certificates` has issued; without it there is no TLS.

    `tls_port` is 0 if there is none.
    """

    REQUIRES = ("setpriv", "redis-server", "redis-cli")

    def __init__(self, directory, password="", certificates=None, certificate="redis", settings=()):
        self._user = UnprivilegedUser("redis")
        self._directory = self._user.make_directory(pathlib.Path(directory) / "redis")
        self._password = password
        self._certificates = certificates
        self._certificate = certificate
        self._settings = dict(settings)
        self.tls_port = 0
        self._child, self.port = start_on_free_port("Redis", self._command, self._is_ready, _LIMIT_S)

    @property
    def pid(self):
        """Of the server."""
        return self._child.pid

    def ask(self, *words):
        """What redis-cli says to a command."""
        done = subprocess.run([find_program("redis-cli"), "-p", str(self.port), *map(str, words)], capture_output=True,
                              text=True, timeout=_LIMIT_S, check=False,
                              env={"REDISCLI_AUTH": self._password} if self._password else {})
        return done.stdout.strip()

    def log(self):
        """Every line that it has written."""
        path = self._directory / "log"
        return path.read_text().splitlines() if path.exists() else []

    def start(self):
        """Again, on the same port."""
        self._child, _ = start_on_free_port("Redis", lambda _: self._command(self.port),
                                              lambda _: self._is_ready(self.port), _LIMIT_S)

    def stop(self):
        """Ends it without waiting for its clients."""
        return self._child.stop()

    def _tls_settings(self):
        if not self._certificates:
            return {}
        self.tls_port = self.tls_port or free_ports(1)[0]
        names = {end: self._user.give(self._certificates.path(f"{self._certificate}.{end}"),
                                      self._directory / f"server.{end}") for end in ("pem", "key")}
        return {"tls-port": self.tls_port, "tls-cert-file": names["pem"], "tls-key-file": names["key"],
                "tls-auth-clients": "no", "tls-ca-cert-file": names["pem"]}

    def _command(self, port):
        # In a file: a command line is there for everybody to read.
        settings = {"port": port, "bind": "127.0.0.1", "dir": self._directory, "save": '""', "appendonly": "no",
                    "daemonize": "no", "logfile": self._directory / "log", **self._tls_settings(), **self._settings}
        if self._password:
            settings["requirepass"] = f'"{self._password}"'
        path = self._user.write(self._directory / "redis.conf",
                                "".join(f"{name} {value}\n" for name, value in settings.items()))
        return self._user.command(find_program("redis-server"), path)

    def _is_ready(self, port):
        with socket.create_connection(("127.0.0.1", port), timeout=_LIMIT_S) as connection:
            connection.sendall(b"PING\r\n")
            answer = connection.recv(64)
        return answer.startswith((b"+PONG", b"-NOAUTH"))
