"""Built-in rules over live traffic: what fires, what does not, and what survives a restart."""


from harness.load import curl
from harness.rules_case import RulesCase

REQUIRES = ("sonde", "nginx", "curl")


class Rules(RulesCase):
    """The rules about services."""

    def test_slow_then_failing_then_fine(self):
        load = self.load("/up/bytes?n=1")
        self.watch(8)
        self.assertEqual(self.messages(), [], "nothing fires on start-up")
        load.url = self.nginx.url("/up/sleep?ms=600")
        self.wait_for("firing critical HighResponseTime")
        load.url = self.nginx.url("/up/status/503")
        self.wait_for("firing critical HighResponseTime", "firing critical HighErrorRate",
                      "resolved critical HighResponseTime")
        load.url = self.nginx.url("/up/bytes?n=1")
        self.wait_for("firing critical HighResponseTime", "firing critical HighErrorRate",
                      "resolved critical HighResponseTime", "resolved critical HighErrorRate")

    def test_a_restart_while_it_fires_tells_nothing_and_the_end_is_told_once(self):
        load = self.load("/up/status/503")
        self.wait_for("firing critical HighErrorRate")
        self.daemon.kill_told()
        self.daemon = self.start()
        self.watch(8)
        self.wait_for("firing critical HighErrorRate")
        load.url = self.nginx.url("/up/bytes?n=1")
        self.wait_for("firing critical HighErrorRate", "resolved critical HighErrorRate")
        first, last = self.receiver.deliveries("/hub")
        self.assertEqual(first.body["alerts"][0]["startsAt"], last.body["alerts"][0]["startsAt"])

    def test_a_blip_and_a_handful_of_errors_are_no_alarm(self):
        curl(self.nginx.url("/up/bytes?n=1"), self.nginx.url("/up/status/500"), self.nginx.url("/up/bytes?n=1"))
        self.watch(10)
        load = self.load("/up/bytes?n=1")
        self.watch(12)
        curl(*[self.nginx.url("/up/status/500")] * 5)
        self.watch(14)
        load.stop()
        self.watch(6)
        self.assertEqual(self.messages(), [])
