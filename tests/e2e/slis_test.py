"""Payments through nginx to a Node service: good and bad ones are counted as they were sent, and a burn is told of."""

from harness.case import VISIBLE_LIMIT_S, SondeCase
from harness.load import curl
from harness.payments import Payments
from harness.waiting import wait_until

REQUIRES = ("sonde", "nginx", "curl", "node")

_CONFIG = """
store: {{interval: 1s}}
services:
  - {{name: shop, match: {{port: {payments}}}}}
  - {{name: edge, match: {{port: {nginx}}}}}
slis:
  payments:
    service: shop
    route: /api/payments
    method: POST
    good_status: [2xx, 402]
    ignored_status: 400
    good_within: 300ms
    objective: 99%
  edge: {{service: edge, route: [/api/payments, /ok]}}
rules:
  defaults: {{interval: 1s, settle: 0s, settle_boot: 0s, keep_firing_for: 1s, slo: {{for: 2s}}}}
alerts: {{start_delay: 1s}}
notify:
  webhook: [{{name: hub, url: "{webhook}"}}]
"""

_LOCATION = """
    location /api/ {
      proxy_pass http://backend;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
"""

#: Card, how often; what the indicators of the service and of nginx make of each.
_SENT = (("good", 60, "good", "good"), ("declined", 7, "good", "good"), ("odd", 4, None, "good"),
         ("slow", 3, "bad", "good"), ("broken", 5, "bad", "bad"))


class Slis(SondeCase):
    """Both ends measured."""

    def setUp(self):
        super().setUp()
        self.payments = Payments()
        self.addCleanup(self.payments.stop)
        self.nginx = self.start_nginx(self.payments, extra={"locations": _LOCATION})
        self.receiver = self.start_receiver()
        self.daemon = self.start_daemon(self.nginx, self.payments, config=_CONFIG.format(
            payments=self.payments.port, nginx=self.nginx.port, webhook=self.receiver.url("/hub")))

    def counts(self):
        """{(sli, outcome): count}"""
        page = self.daemon.metrics()
        return {(sli, outcome): page.total("sonde_sli_requests_total", sli=sli, outcome=outcome)
                for sli in ("payments", "edge") for outcome in ("good", "bad")}

    def pay(self, card, count):
        """Sends payments with a card."""
        curl("--data", card, *[self.nginx.url("/api/payments")] * count)

    def test_payments_are_counted_as_they_were_sent(self):
        expected = {key: 0 for key in self.counts()}
        self.assertEqual(self.counts(), expected, "both outcomes are there from the start")
        for card, count, of_shop, of_edge in _SENT:
            self.pay(card, count)
            for sli, outcome in (("payments", of_shop), ("edge", of_edge)):
                if outcome:
                    expected[sli, outcome] += count
        curl(self.nginx.url("/ok"), self.nginx.url("/api/payments"), self.nginx.url("/api/other"))
        expected["edge", "good"] += 2
        wait_until(lambda: self.counts() == expected, VISIBLE_LIMIT_S, lambda: f"{expected}, not {self.counts()}")
        print(f"\n  {expected}")
        objectives = self.daemon.metrics()
        self.assertEqual(objectives.total("sonde_sli_objective_ratio", sli="payments"), 0.99)

    def test_a_burning_budget_is_told_of_and_a_healthy_one_is_not(self):
        self.pay("good", 40)
        judged = self.judged()
        wait_until(lambda: self.judged() >= judged + 5, 20, "the rules have been judged")
        self.assertEqual(self.told(), [])
        self.pay("broken", 20)
        wait_until(lambda: self.told() == [("firing", "payments"), ("firing", "edge")] or
                   self.told() == [("firing", "edge"), ("firing", "payments")], 30, lambda: f"both burn: {self.told()}")

    def judged(self):
        """How often the rules about error budgets have been judged."""
        return self.daemon.metrics().total("sonde_rule_group_iterations_total",
                                           rule_group="built-in/business.yml;slo_fast")

    def told(self):
        """(status, sli) of each message about an error budget."""
        alerts = [(each.body["status"], each.body["alerts"][0]["labels"]) for each in self.receiver.deliveries("/hub")]
        return [(status, labels["sli"]) for status, labels in alerts if labels["alertname"] == "ErrorBudgetBurn"]
