"""What requests carry stays with them: no query, header or body ever leaves the daemon."""

import uuid

from harness.case import SondeCase
from harness.load import curl

REQUIRES = ("sonde", "nginx", "curl")


class Privacy(SondeCase):
    """Marks every place of a request and looks for the marks in everything the daemon says."""

    def setUp(self):
        super().setUp()
        self.upstream = self.start_upstream()
        self.nginx = self.start_nginx(self.upstream)
        self.daemon = self.start_daemon(self.nginx, self.upstream, level="debug")
        self.marks = {}

    def mark(self, place):
        """A text that exists nowhere else."""
        self.marks[place] = f"secret-{uuid.uuid4().hex}"
        return self.marks[place]

    def send_marked_requests(self):
        """Returns how many."""
        curl("--header", f"Authorization: Bearer {self.mark('header')}", "--cookie", f"session={self.mark('cookie')}",
             "--user-agent", self.mark("user agent"), "--referer", f"http://x/?{self.mark('referer')}",
             "--data", f"card={self.mark('body')}", self.nginx.url(f"/up/upload?token={self.mark('query')}"))
        curl(self.nginx.url(f"/ok#{self.mark('fragment')}"))
        target = f"http://user:{self.mark('userinfo')}@{self.mark('host')}/ok?{self.mark('absolute query')}"
        curl("--request-target", target, self.nginx.url("/ok"), check=False)
        curl("--request", "BREW", self.nginx.url(f"/broken?{self.mark('query of an error')}"))
        curl(self.nginx.url(f"/up/half?{self.mark('query of a broken exchange')}"), check=False)
        curl("--request", f"X{self.mark('method').upper().replace('-', '_')}", self.nginx.url("/ok"), check=False)
        return 6

    def everything_said(self):
        """Every text the daemon gives away, by where."""
        said = {path: self.daemon.get(path)[1] for path in (
            "/metrics", "/api/sonde/v1/services?window=60s", "/api/sonde/v1/sensors", "/")}
        return {**said, "the log": self.daemon.log()}

    def test_no_mark_appears_anywhere(self):
        sent = self.send_marked_requests()
        self.nginx.wait_for_log(sent)
        self.fence(self.daemon, self.nginx)
        said = self.everything_said()
        self.assertIn("/up/upload", said["/metrics"], "the marked requests were measured")
        for place, mark in self.marks.items():
            for where, text in said.items():
                with self.subTest(place=place, where=where):
                    self.assertNotIn(mark.lower(), text.lower())
                    self.assertNotIn(mark.lower().replace("-", "_"), text.lower())
        self.daemon.stop()
        for place, mark in self.marks.items():
            self.assertNotIn(mark, self.daemon.log(), place)
