"""A real Alertmanager, which our alerts are sent to and our messages are held against."""

import json
import pathlib
import urllib.request

from .requirements import find_program
from .server_start import get, start_on_free_port

PROGRAM = "prometheus-alertmanager"

_CONFIG = """
route: {{receiver: all, group_by: [{group_by}], group_wait: {group_wait}, group_interval: 1s, repeat_interval: 1h}}
receivers:
  - name: all
    slack_configs: [{{api_url: "{url}/am/slack", channel: "#ops", send_resolved: true}}]
    pagerduty_configs: [{{url: "{url}/am/pagerduty", routing_key: oracle,
                          severity: '{{{{ .CommonLabels.severity }}}}'}}]
    webhook_configs: [{{url: "{url}/am/webhook", max_alerts: {max_alerts}}}]
"""


class Alertmanager:
    """Notifies a recording server at `url`: Slack, PagerDuty and a webhook below /am/, at once."""

    #: Where its messages say that it can be reached.
    EXTERNAL_URL = "http://alertmanager.example"

    def __init__(self, directory, url, group_by='"..."', group_wait="0s", max_alerts=0):
        """Alerts are grouped by the labels `group_by` names, as YAML writes a list; their first message waits so long."""
        self._directory = pathlib.Path(directory)
        self._directory.mkdir(parents=True, exist_ok=True)
        self._config = self._directory / "alertmanager.yml"
        self._config.write_text(_CONFIG.format(url=url, group_by=group_by, group_wait=group_wait, max_alerts=max_alerts))
        self._child, self.port = start_on_free_port("Alertmanager", self._command,
                                                    lambda port: get(port, "/-/ready")[0] == 200)

    @property
    def pid(self):
        """Of its process."""
        return self._child.pid

    def url(self):
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def alerts(self):
        """What fires there now."""
        status, text = get(self.port, "/api/v2/alerts")
        if status != 200:
            raise AssertionError(f"Alertmanager answers {status}: {text}")
        return json.loads(text)

    def send(self, alerts):
        """Gives it alerts, in the form of its API."""
        request = urllib.request.Request(self.url() + "/api/v2/alerts", json.dumps(alerts).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()

    def stop(self):
        """Ends it."""
        self._child.stop()

    def _command(self, port):
        return [find_program(PROGRAM), f"--config.file={self._config}", f"--storage.path={self._directory / 'data'}",
                f"--web.external-url={self.EXTERNAL_URL}", "--web.route-prefix=/",
                f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=warn"]
