"""Certificates of an authority of the test's own: good, expired, for another name, and self-signed."""

import pathlib
import subprocess

from .requirements import find_program

_CONFIG = """
[ca]
default_ca = own
[own]
database = {directory}/index.txt
serial = {directory}/serial
new_certs_dir = {directory}
certificate = {directory}/ca.pem
private_key = {directory}/ca.key
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
"""

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Certificates:
    """Each is NAME.pem and NAME.key in the directory."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "index.txt").touch()
        (self.directory / "serial").write_text("1000\n")
        self._config = self.directory / "ca.conf"
        self._config.write_text(_CONFIG.format(directory=self.directory))
        self._run("req", "-x509", *_KEY, "-subj", "/CN=Test authority", "-days", "30", "-keyout", self.path("ca.key"),
                  "-out", self.path("ca.pem"))

    def path(self, name):
        """A file in the directory."""
        return self.directory / name

    def issue(self, name, address="127.0.0.1", end="20380101000000Z"):
        """A certificate of the authority for an IP address, valid up to `end` as ASN.1 writes it."""
        self._run("req", "-new", *_KEY, "-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{address}", "-keyout",
                  self.path(f"{name}.key"), "-out", self.path(f"{name}.csr"))
        self._run("ca", "-batch", "-notext", "-config", self._config, "-in", self.path(f"{name}.csr"), "-out",
                  self.path(f"{name}.pem"), "-startdate", "20200101000000Z", "-enddate", end)

    def sign_itself(self, name):
        """A certificate that vouches for itself."""
        self._run("req", "-x509", *_KEY, "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "30",
                  "-keyout", self.path(f"{name}.key"), "-out", self.path(f"{name}.pem"))

    def _run(self, *words):
        done = subprocess.run([find_program("openssl"), *map(str, words)], capture_output=True, text=True, timeout=30,
                              check=False)
        if done.returncode:
            raise AssertionError(f"openssl {words[0]}: {done.stderr}")
