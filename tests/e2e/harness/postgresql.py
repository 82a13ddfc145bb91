"""A private PostgreSQL: own cluster, own port of loopback, own unix socket; logins over TCP by scram-sha-256."""

import pathlib
import re
import signal
import subprocess

from .requirements import find_program
from .server_start import start_on_free_port
from .unprivileged import UnprivilegedUser

_LIMIT_S = 60
_PROGRAMS = ("postgres", "initdb", "psql", "pg_isready")


class Postgresql:
    """Below `directory`. `certificate` is the NAME of one that `certificates` has issued; without it there is no TLS."""

    USER = "app"
    PASSWORD = "it's a \\secret"
    DATABASE = "shop"

    def __init__(self, directory, certificates=None, certificate="postgresql", settings=()):
        self._programs = self.find()
        self._user = UnprivilegedUser("postgres")
        self._directory = self._user.make_directory(pathlib.Path(directory) / "postgresql")
        self._settings = [f"{name}={value}" for name, value in dict(settings).items()]
        if certificates:
            self._settings += self._tls_settings(certificates, certificate)
        self._user.run(self._programs / "initdb", "--pgdata", self._directory / "data", "--username=test",
                       "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync", "--locale=C", "--encoding=UTF8",
                       cwd=self._directory)
        self._child, self.port = start_on_free_port("PostgreSQL", self._command, self._is_ready, _LIMIT_S)
        password = self.PASSWORD.replace("'", "''")
        self.query("SET standard_conforming_strings = on; SET password_encryption = 'scram-sha-256'; "
                   f"CREATE USER {self.USER} PASSWORD '{password}'")
        self.query(f"CREATE DATABASE {self.DATABASE} OWNER {self.USER}")

    @staticmethod
    def find():
        """The directory of the newest installed server that has all it takes; None if there is none."""
        found = [each for each in pathlib.Path("/usr/lib/postgresql").glob("*/bin")
                 if find_program("setpriv") and all((each / name).exists() for name in _PROGRAMS)]
        return max(found, key=lambda each: [int(word) for word in re.findall(r"\d+", each.parent.name)], default=None)

    @property
    def pid(self):
        """Of the postmaster."""
        return self._child.pid

    def query(self, statement):
        """The answer, asked over the unix socket, so that asking adds no TCP connection."""
        return self._user.run(self._programs / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self._directory, "-p",
                              self.port, "-U", "test", "-d", "postgres", "-c", statement, cwd=self._directory).strip()

    def log(self):
        """Every line that it wrote since it was started last."""
        return self._child.lines()

    def start(self):
        """Again, on the same port."""
        self._child, _ = start_on_free_port("PostgreSQL", lambda _: self._command(self.port),
                                              lambda _: self._is_ready(self.port), _LIMIT_S)

    def stop(self):
        """Ends it without waiting for its clients."""
        return self._child.stop(signal.SIGINT)

    def _tls_settings(self, certificates, name):
        certificate, key = (self._user.give(certificates.path(f"{name}.{end}"), self._directory / f"server.{end}")
                            for end in ("pem", "key"))
        return ["ssl=on", f"ssl_cert_file={certificate}", f"ssl_key_file={key}"]

    def _command(self, port):
        settings = ["listen_addresses=127.0.0.1", f"unix_socket_directories={self._directory}", "fsync=off",
                    *self._settings]
        return self._user.command(self._programs / "postgres", "-D", self._directory / "data", "-p", port,
                                  *(word for setting in settings for word in ("-c", setting)))

    def _is_ready(self, port):
        done = subprocess.run([self._programs / "pg_isready", "-q", "-U", "test", "-h", self._directory, "-p",
                               str(port)],
                              timeout=_LIMIT_S, check=False)
        return done.returncode == 0
