"""Only what was targeted is measured: nothing else appears anywhere."""

from harness.case import VISIBLE_LIMIT_S, SondeCase
from harness.daemon import CLIENT, SERVER, Daemon
from harness.load import curl

REQUIRES = ("sonde", "nginx", "curl")


class Targeting(SondeCase):
    """Two servers, one of them targeted."""

    def setUp(self):
        super().setUp()
        self.chosen = self.start_nginx(name="chosen")
        self.other = self.start_nginx(name="other")

    def start_only(self, *items):
        """A daemon for the given targets."""
        daemon = Daemon(items)
        self.addCleanup(daemon.stop)
        return daemon

    def ask_both(self):
        """Requests to the other server first: they would have been measured when the chosen one's are."""
        curl(*[self.other.url("/other-secret-path")] * 20)
        curl(*[self.chosen.url("/ok")] * 5)

    def assert_other_absent(self, page):
        """No line speaks of the other server."""
        self.assertNotIn(f'"{self.other.port}"', page.text)
        self.assertNotIn("other-secret-path", page.text)

    def test_by_port(self):
        daemon = self.start_only(f"port:{self.chosen.port}")
        self.ask_both()
        self.assert_other_absent(self.assert_equals_log(daemon, self.chosen, 5))

    def test_by_process_id(self):
        daemon = self.start_only(f"pid:{self.chosen.worker_pid()}")
        self.ask_both()
        page = self.assert_equals_log(daemon, self.chosen, 5)
        self.assert_other_absent(page)
        self.assertEqual(page.total(f"{CLIENT}_count"), 0, "curl is another process")

    def test_by_process_name_both_servers_and_not_their_clients(self):
        daemon = self.start_only("process:nginx")
        self.ask_both()
        page = self.assert_equals_log(daemon, self.chosen, 5)
        daemon.wait_for_metric(lambda found: found.total(f"{SERVER}_count", server_port=str(self.other.port)) == 20,
                               VISIBLE_LIMIT_S, "the other nginx is measured too")
        self.assertEqual(page.total(f"{CLIENT}_count", server_port=str(self.chosen.port)), 0)

    def test_two_ports_at_once(self):
        daemon = self.start_only(f"port:{self.chosen.port}", f"port:{self.other.port}")
        self.ask_both()
        self.assert_equals_log(daemon, self.chosen, 5)
        self.assert_equals_log(daemon, self.other, 20)

    def test_a_service_gets_its_configured_name(self):
        daemon = self.start_daemon(
            self.chosen, config=f"services: [{{name: shop, match: {{port: {self.chosen.port}}}}}]\n")
        self.ask_both()
        page = self.assert_equals_log(daemon, self.chosen, 5)
        self.assertEqual(self.service_of(page, self.chosen), "shop")
