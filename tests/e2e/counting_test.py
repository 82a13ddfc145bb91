"""Every request is counted once, by method, route and status: held against nginx's log and the client's own count."""

import collections
import pathlib

from harness.access_log import count_lines, without_numbers, without_routes
from harness.case import VISIBLE_LIMIT_S, SondeCase, describe_difference
from harness.daemon import CLIENT, SERVER
from harness.exposition import losses, request_counts
from harness.load import curl, wrk
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", "curl", "wrk")

_MIXED_SCRIPT = pathlib.Path(__file__).with_name("harness") / "wrk_mixed.lua"
_CONNECTIONS = 16
_UUID = "9b2d5c1e-7a43-4f0a-8d5e-1c2b3a4d5e6f"
_ROUTES = {
    "/users/123": "/users/{id}",
    "/users/4/orders/5": "/users/{id}/orders/{id}",
    f"/users/{_UUID}": "/users/{id}",
    "/orders/77": "/orders/{id}",
}


def _route_by_table(path):
    return _ROUTES.get(path, path)


def _totals(counts):
    """Requests by (method, route), whatever became of them."""
    merged = collections.Counter()
    for (method, route, _outcome), count in counts.items():
        merged[method, route] += count
    return merged


class Scripts(SondeCase):
    """Few requests of many kinds, by curl."""

    def setUp(self):
        super().setUp()
        self.nginx = self.start_nginx()
        self.daemon = self.start_daemon(self.nginx)

    def urls(self, *paths):
        """Addresses on the server."""
        return [self.nginx.url(path) for path in paths]

    def test_many_requests_on_one_connection(self):
        done = curl(*self.urls(*["/ok", "/absent", "/broken", "/teapot", "/old", "/empty"] * 20))
        self.assertEqual(sum(each.connects for each in done), 1)
        page = self.assert_equals_log(self.daemon, self.nginx, 120)
        self.assertEqual(request_counts(page, SERVER, self.nginx.port)["GET", "/broken", "500"], 20)
        self.assertEqual({}, losses(page))

    def test_a_connection_for_each_request(self):
        done = curl("--header", "Connection: close", *self.urls(*["/ok", "/absent"] * 20))
        self.assertEqual(sum(each.connects for each in done), 40)
        curl("--http1.0", *self.urls(*["/ok"] * 10))
        self.assert_equals_log(self.daemon, self.nginx, 50)

    def test_every_method(self):
        curl("--head", *self.urls("/ok", "/absent", "/empty"))
        curl("--data", "a=b", *self.urls("/ok", "/orders/77"))
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "PURGE"):
            curl("--request", method, *self.urls("/ok"))
        page = self.assert_equals_log(self.daemon, self.nginx, 11, _route_by_table)
        self.assertEqual(request_counts(page, SERVER, self.nginx.port)["_OTHER", "/ok", "200"], 2)

    def test_ids_in_paths_collapse_and_queries_vanish(self):
        curl(*self.urls(*_ROUTES, "/users/123?page=2", "/ok?q=1&r=2"))
        page = self.assert_equals_log(self.daemon, self.nginx, len(_ROUTES) + 2, _route_by_table)
        counts = request_counts(page, SERVER, self.nginx.port)
        self.assertEqual(counts["GET", "/users/{id}", "200"], 3)

    def test_the_client_side_is_counted_too(self):
        curl(*self.urls("/ok", "/ok", "/absent", "/broken"))
        page = self.assert_equals_log(self.daemon, self.nginx, 4)
        expected = without_routes(count_lines(self.nginx.log()))
        self.assert_counts(self.daemon, self.nginx, expected, CLIENT)
        self.assertEqual({each.labels["service_name"] for each in page.samples(f"{CLIENT}_count")}, {"curl"})

    def test_errors_of_the_server_have_an_error_type_and_others_have_none(self):
        curl(*self.urls("/ok", "/absent", "/broken"))
        page = self.assert_equals_log(self.daemon, self.nginx, 3)
        types = {each.labels["http_route"]: each.labels.get("error_type")
                 for each in page.samples(f"{SERVER}_count", server_port=str(self.nginx.port))}
        self.assertEqual(types, {"/ok": None, "/absent": None, "/broken": "500", "/fence": None})


class Volume(SondeCase):
    """As many requests as fit into a second, by wrk."""

    def setUp(self):
        super().setUp()
        self.nginx = self.start_nginx()
        self.daemon = self.start_daemon(self.nginx)

    def assert_volume(self, result, route_of):
        """The server's count is nginx's; the client's count is wrk's. At its end wrk leaves requests in flight:
        those are in nginx's log, and are measured with whatever became of them."""
        self.assertGreater(result.requests, 100)
        self.fence(self.daemon, self.nginx)
        self.fence(self.daemon, self.nginx)
        fences = 2
        logged = count_lines(self.nginx.log(), route_of)
        self.assertTrue(0 <= logged.total() - fences - result.requests <= _CONNECTIONS, (logged.total(), result))
        measured = {}

        def equal():
            nonlocal measured
            measured = request_counts(self.daemon.metrics(), SERVER, self.nginx.port)
            return _totals(measured) == _totals(logged)

        wait_until(equal, VISIBLE_LIMIT_S, lambda: (
            f"the totals are nginx's\n{describe_difference(_totals(measured), _totals(logged))}"
            f"\nlosses: {losses(self.daemon.metrics())}"))
        page = self.daemon.metrics()
        broken = sum(count for (_, _, outcome), count in measured.items() if not outcome.isdigit())
        self.assertLessEqual(broken, logged.total() - fences - result.requests)
        orderly = sum(count for (_, _, outcome), count in request_counts(page, CLIENT, self.nginx.port).items()
                      if outcome.isdigit())
        self.assertEqual(orderly, result.requests + fences, "the client's side has wrk's own count")
        self.assertEqual(losses(page), {})
        print(f"\n  {result.per_second:,.0f} requests/s: wrk {result.requests}, nginx {logged.total() - fences}, "
              f"measured {_totals(measured).total() - fences}, cut off {broken}")

    def test_one_route_over_kept_connections(self):
        self.assert_volume(wrk(self.nginx.url("/ok"), connections=_CONNECTIONS), without_numbers)

    def test_a_connection_for_each_request(self):
        result = wrk(self.nginx.url("/ok"), connections=_CONNECTIONS, headers=["Connection: close"])
        self.assert_volume(result, without_numbers)

    def test_a_mixture_of_methods_routes_and_statuses(self):
        result = wrk(self.nginx.url("/"), connections=_CONNECTIONS, script=_MIXED_SCRIPT)
        self.assert_volume(result, without_numbers)
