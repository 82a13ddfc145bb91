"""Rate, errors and duration as dashboards ask for them, answered on live data by Sonde itself."""

import json
import urllib.parse

from harness.case import SondeCase
from harness.load import curl
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", "curl")

_COUNT = "http_server_request_duration_seconds_count"
_BUCKET = "http_server_request_duration_seconds_bucket"
_VISIBLE_S = 15
#: Each with what the answer must hold: the labels of some series.
_PANELS = {
    f"sum by (service_name) (rate({_COUNT}[10s]))": {"service_name": "nginx"},
    f"sum by (http_response_status_code) (rate({_COUNT}[10s]))": {"http_response_status_code": "500"},
    f"topk(2, sum by (http_route, service_name) (rate({_COUNT}[10s])))": {"http_route": "/ok"},
    f"histogram_quantile(0.95, sum by (le, service_name) (rate({_BUCKET}{{service_name=~\".+\"}}[10s])))":
        {"service_name": "nginx"},
    f"label_replace(sum by (service_name) (rate({_COUNT}[10s])), 'job', '$1', 'service_name', '(.*)')": {"job": "nginx"},
    f"max_over_time(sum by (service_name) (rate({_COUNT}[5s]))[10s:1s])": {"service_name": "nginx"},
    f"sum by (le) (increase({_BUCKET}[10s]))": {"le": "+Inf"},
}


class Red(SondeCase):
    """A service with good and bad answers."""

    def ask(self, expression):
        """The series of an instant query."""
        status, text = self.daemon.get("/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        self.assertEqual(status, 200, text)
        return json.loads(text)["data"]["result"]

    def test_every_panel_has_data(self):
        nginx = self.start_nginx()
        self.daemon = self.start_daemon(nginx, config="store: {interval: 1s}\n")
        curl(*[nginx.url(path) for path in ["/ok", "/ok", "/ok", "/broken"] * 10])
        for expression, labels in _PANELS.items():
            with self.subTest(expression):
                wait_until(lambda wanted=labels.items(), query=expression: any(
                    wanted <= series["metric"].items() and float(series["value"][1]) > 0 for series in self.ask(query)),
                    _VISIBLE_S, lambda query=expression: f"{query} has data; it gives {self.ask(query)}")
        errors = f"{_COUNT}{{http_response_status_code=~'5..'}}"
        exact = self.ask(f"sum({errors}) / sum({_COUNT})")
        self.assertAlmostEqual(float(exact[0]["value"][1]), 0.25, places=6)
        # increase() goes to the edges of the window by each series' own pace: near, not equal.
        paced = self.ask(f"sum(increase({errors}[1m])) / sum(increase({_COUNT}[1m]))")
        self.assertAlmostEqual(float(paced[0]["value"][1]), 0.25, delta=0.01)
