"""A private MariaDB: own data, own port of loopback, own unix socket, and one user with a password."""

import pathlib

from .requirements import find_program
from .server_start import start_on_free_port
from .unprivileged import UnprivilegedUser

_LIMIT_S = 60


class Mariadb:
    """Below `directory`. `certificate` is the NAME of one that `certificates` has issued; without it there is no TLS."""

    REQUIRES = ("setpriv", "mariadbd", "mariadb-install-db", "mariadb")
    USER = "app"
    PASSWORD = "it's a \\secret"
    DATABASE = "shop"

    def __init__(self, directory, certificates=None, certificate="mariadb", settings=()):
        self._user = UnprivilegedUser("mysql")
        self._directory = self._user.make_directory(pathlib.Path(directory) / "mariadb")
        # A server that starts deletes what it takes for leftovers in the directory for temporary files.
        scratch = self._user.make_directory(self._directory / "tmp")
        self._settings = [f"--tmpdir={scratch}", *(f"--{name}={value}" for name, value in dict(settings).items())]
        if certificates:
            self._settings += self._tls_settings(certificates, certificate)
        self._user.run(find_program("mariadb-install-db"), "--no-defaults", f"--datadir={self._data}", f"--tmpdir={scratch}",
                       "--auth-root-authentication-method=normal", "--skip-test-db", cwd=self._directory)
        self._child, self.port = start_on_free_port("MariaDB", self._command, self._is_ready, _LIMIT_S)
        password = self.PASSWORD.replace("\\", "\\\\").replace("'", "\\'")
        self.query(f"CREATE DATABASE {self.DATABASE}; "
                   f"CREATE USER {self.USER}@'%' IDENTIFIED BY '{password}'; "
                   f"GRANT ALL ON {self.DATABASE}.* TO {self.USER}@'%'")

    @property
    def pid(self):
        """Of the server."""
        return self._child.pid

    def query(self, statement):
        """The answer, asked over the unix socket, so that asking adds no TCP connection."""
        return self._user.run(find_program("mariadb"), "--no-defaults", f"--socket={self._socket}", "--user=root",
                              "--skip-column-names", "--batch", "--execute", statement, cwd=self._directory).strip()

    def log(self):
        """Every line that it wrote since it was started last."""
        return self._child.lines()

    def start(self):
        """Again, on the same port."""
        self._child, _ = start_on_free_port("MariaDB", lambda _: self._command(self.port), self._is_ready,
                                              _LIMIT_S)

    def stop(self):
        """Ends it without waiting for its clients."""
        return self._child.stop()

    @property
    def _data(self):
        return self._directory / "data"

    @property
    def _socket(self):
        return self._directory / "socket"

    def _tls_settings(self, certificates, name):
        certificate, key = (self._user.give(certificates.path(f"{name}.{end}"), self._directory / f"server.{end}")
                            for end in ("pem", "key"))
        return [f"--ssl-cert={certificate}", f"--ssl-key={key}"]

    def _command(self, port):
        return self._user.command(
            find_program("mariadbd"), "--no-defaults", f"--datadir={self._data}", f"--socket={self._socket}",
            f"--port={port}", "--bind-address=127.0.0.1", f"--pid-file={self._directory / 'pid'}", "--skip-name-resolve",
            "--innodb-buffer-pool-size=8M", "--innodb-log-file-size=4M", "--innodb-flush-log-at-trx-commit=0",
            *self._settings)

    def _is_ready(self, _port):
        # There is no unix socket before it serves, but there may be one of a server that was killed.
        try:
            return self.query("SELECT 1") == "1"
        except AssertionError:
            return False
