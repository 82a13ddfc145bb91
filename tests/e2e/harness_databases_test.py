"""The harness' databases: they start, take logins as they are told, speak TLS, stop, and come back on their ports."""

import ssl
import socket
import subprocess
import unittest

from harness.case import SondeCase
from harness.certificates import Certificates
from harness.mariadb import Mariadb
from harness.postgresql import Postgresql
from harness.redis import Redis
from harness.requirements import find_program

REQUIRES = ("openssl", *Mariadb.REQUIRES, *Redis.REQUIRES)


class Databases(SondeCase):
    """One test for each."""

    def setUp(self):
        super().setUp()
        self.certificates = Certificates(self.directory / "certificates")
        for name in ("postgresql", "mariadb", "redis"):
            self.certificates.issue(name)

    def comes_back(self, server):
        """It is gone after it was stopped, and there again on its port."""
        port = server.port
        server.stop()
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        server.start()
        self.assertEqual(server.port, port)

    @unittest.skipIf(Postgresql.find() is None, "PostgreSQL's server and psql, or setpriv, are not installed")
    def test_postgresql_takes_the_password_over_tls(self):
        server = Postgresql(self.directory, self.certificates)
        self.addCleanup(server.stop)
        login = [Postgresql.find() / "psql", "-XAtqw", "-c", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
                 f"host=127.0.0.1 port={server.port} user={server.USER} dbname={server.DATABASE} sslmode=verify-full "
                 f"sslrootcert={self.certificates.path('ca.pem')}"]
        for password, output in ((server.PASSWORD, "t\n"), ("wrong", "")):
            done = subprocess.run(login, env={"PGPASSWORD": password}, capture_output=True, text=True, timeout=30,
                                  check=False)
            self.assertEqual(done.stdout, output, done.stderr)
        self.comes_back(server)
        self.assertEqual(server.query(f"SELECT datname FROM pg_database WHERE datname = '{server.DATABASE}'"), "shop")

    def test_mariadb_takes_the_password_over_tls(self):
        server = Mariadb(self.directory, self.certificates)
        self.addCleanup(server.stop)
        login = [find_program("mariadb"), "--no-defaults", "--protocol=tcp", "--host=127.0.0.1",
                 f"--port={server.port}", f"--user={server.USER}", f"--database={server.DATABASE}",
                 f"--ssl-ca={self.certificates.path('ca.pem')}", "--ssl-verify-server-cert", "-N", "-B", "-e",
                 "SELECT LENGTH(variable_value) > 0 FROM information_schema.session_status "
                 "WHERE variable_name = 'Ssl_cipher'"]
        for password, output in ((server.PASSWORD, "1\n"), ("wrong", "")):
            done = subprocess.run(login, env={"MYSQL_PWD": password}, capture_output=True, text=True, timeout=30,
                                  check=False)
            self.assertEqual(done.stdout, output, done.stderr)
        self.comes_back(server)
        self.assertIn(server.DATABASE, server.query("SHOW DATABASES").split())

    def test_redis_takes_the_password_over_tls(self):
        server = Redis(self.directory, "a secret", self.certificates)
        self.addCleanup(server.stop)
        trust = ssl.create_default_context(cafile=self.certificates.path("ca.pem"))
        with trust.wrap_socket(socket.create_connection(("127.0.0.1", server.tls_port), timeout=5),
                               server_hostname="127.0.0.1") as connection:
            connection.sendall(b"PING\r\n")
            self.assertTrue(connection.recv(100).startswith(b"-NOAUTH"))
        self.assertEqual(server.ask("PING"), "PONG")
        self.comes_back(server)

    def test_redis_without_a_password_answers_anybody(self):
        server = Redis(self.directory)
        self.addCleanup(server.stop)
        self.assertEqual((server.ask("PING"), server.tls_port), ("PONG", 0))
