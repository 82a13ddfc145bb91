"""A private nginx: own directory, own ports, one worker, everything it answered in its access log."""

import pathlib
import signal

from .access_log import LOG_FORMAT, read_log
from .requirements import find_program
from .server_start import start_on_free_port
from .waiting import wait_until

_MAIN = """
daemon off;
worker_processes 1;
user root;
pid {directory}/nginx.pid;
error_log {directory}/error.log info;
events {{ worker_connections 1024; }}
http {{
  log_format truth '{log_format}';
  access_log {access_log};
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  default_type text/plain;
  sendfile on;
  if_modified_since before;
  tcp_nopush on;
  keepalive_requests {keepalive_requests};
  {upstream}
  server {{
    listen 127.0.0.1:{port};
    root {directory}/www;
    {locations}
  }}
  {more_servers}
}}
"""

_UPSTREAM = """
  upstream backend {{ server 127.0.0.1:{port}; keepalive 32; }}
"""

_LOCATIONS = """
    location = /ok { return 200 "ok\\n"; }
    location = /fence { return 204; }
    location = /empty { return 204; }
    location = /broken { return 500 "broken\\n"; }
    location = /teapot { return 418 "short and stout\\n"; }
    location /users/ { return 200 "user\\n"; }
    location /orders/ { return 200 "order\\n"; }
    location = /old { return 302 /ok; }
    location /gzip/ { alias www/; gzip on; gzip_min_length 1; gzip_types *; gzip_comp_level 1; }
    location /dav/ { root dav; dav_methods PUT DELETE; create_full_put_path on; client_max_body_size 100m; }
"""

_PROXY_LOCATIONS = """
    location /up/ {
      proxy_pass http://backend/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      client_max_body_size 100m;
    }
    location /stream/ {
      proxy_pass http://backend/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_request_buffering off;
      proxy_buffering off;
      client_max_body_size 100m;
    }
    location = /narrow {
      proxy_pass http://backend/upload;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      client_max_body_size 1k;
    }
"""


class Nginx:
    """nginx in the foreground below `directory`, proxying /up/ and /stream/ to `upstream_port` if there is one."""

    def __init__(self, directory, upstream_port=None, log_requests=True, extra=None):
        """`extra` may hold texts for "locations" and "more_servers", and a number for "keepalive_requests"."""
        self.directory = pathlib.Path(directory)
        for name in ("www", "dav"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        self._upstream_port = upstream_port
        self._log_requests = log_requests
        self._extra = extra or {}
        self._child, self.port = start_on_free_port("nginx", self._command, self._serves, 10)

    def url(self, path):
        """The address of a path on this server."""
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def www(self):
        """Files in here are served."""
        return self.directory / "www"

    @property
    def master_pid(self):
        """Of the process that owns the worker."""
        return self._child.pid

    def worker_pid(self):
        """Of the one process that serves."""
        path = pathlib.Path(f"/proc/{self.master_pid}/task/{self.master_pid}/children")
        return wait_until(lambda: [int(word) for word in path.read_text().split()], 5, "nginx has a worker")[0]

    def log(self):
        """The requests answered so far."""
        return read_log(self.directory / "access.log")

    def log_lines(self):
        """How many requests were answered so far: of hundreds of thousands, quicker than log()."""
        return (self.directory / "access.log").read_bytes().count(b"\n")

    def wait_for_log(self, count, seconds=10):
        """The log, once it holds `count` requests. nginx writes a request down after its last byte was sent."""
        wait_until(lambda: len(self.log()) >= count, seconds,
                   lambda: f"{count} requests in nginx's log, which has {len(self.log())}")
        return self.log()

    def stop(self):
        """Ends it quickly; the log is complete afterwards."""
        return self._child.stop(signal.SIGTERM)

    def _config(self):
        upstream = _UPSTREAM.format(port=self._upstream_port) if self._upstream_port else ""
        log_path = f"{self.directory}/access.log truth"
        return _MAIN.format(
            directory=self.directory, port=self.port, log_format=LOG_FORMAT, upstream=upstream,
            access_log=log_path if self._log_requests else "off",
            keepalive_requests=self._extra.get("keepalive_requests", 1000),
            locations=_LOCATIONS + (_PROXY_LOCATIONS if upstream else "") + self._extra.get("locations", ""),
            more_servers=self._extra.get("more_servers", ""))

    def _command(self, port):
        self.port = port
        config = self.directory / "nginx.conf"
        config.write_text(self._config())
        return [find_program("nginx"), "-p", self.directory, "-c", config, "-e", self.directory / "error.log"]

    def _serves(self, _port):
        return "start worker process " in (self.directory / "error.log").read_text()
