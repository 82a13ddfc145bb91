"""Routes, matchers and files of Alertmanager: amtool and Sonde say the same of the same file."""

import itertools
import json
import pathlib
import re
import tempfile
import unittest

from harness.amtool import amtool
from harness.daemon import run_verb

REQUIRES = ("sonde", "amtool")

_TEAMS = """
global: {smtp_smarthost: 'localhost:25', smtp_from: 'am@example.org'}
route:
  receiver: team-X-mails
  group_by: [alertname, cluster]
  routes:
    - matchers: [service=~"foo1|foo2|baz"]
      receiver: team-X-mails
      routes:
        - matchers: [severity="critical"]
          receiver: team-X-pager
    - match: {service: files}
      receiver: team-Y-mails
      routes:
        - match_re: {severity: crit.*}
          receiver: team-Y-pager
    - matchers: [service="database"]
      receiver: team-DB-pager
      group_by: [alertname, cluster, database]
      routes:
        - {matchers: [owner="team-X"], receiver: team-X-pager, continue: true}
        - {matchers: [owner=~"team-X|team-Y"], receiver: team-Y-pager}
receivers:
  - name: team-X-mails
    email_configs: [{to: x@example.org}]
  - name: team-X-pager
    pagerduty_configs: [{service_key: X}]
  - name: team-Y-mails
    email_configs: [{to: y@example.org}]
  - name: team-Y-pager
    webhook_configs: [{url: 'http://localhost/'}]
  - name: team-DB-pager
    slack_configs: [{api_url: 'http://localhost/', channel: '#db'}]
inhibit_rules:
  - {source_matchers: [severity="critical"], target_matchers: [severity="warning"], equal: [alertname]}
"""

_TWISTS = """
route:
  receiver: root
  routes:
    - {matchers: [service!~"foo.*", severity!="info"], continue: true}
    - matchers: [owner="", 'service!=""']
      receiver: orphans
      continue: true
      routes:
        - {matchers: [severity=~".+"], receiver: severe, continue: true}
        - {matchers: ['service=~"foo1|database",severity!~"crit"'], receiver: both}
    - {match: {service: database}, match_re: {owner: "team-(X|Y)?"}, receiver: base}
    - {receiver: last}
    - {matchers: [service="files"], receiver: never}
receivers: [{name: root}, {name: orphans}, {name: severe}, {name: both}, {name: base}, {name: last}, {name: never}]
"""

_SERVICES = (None, "foo1", "foo", "files", "database")
_SEVERITIES = (None, "critical", "info")
_OWNERS = (None, "team-X", "team-Y")


def _label_sets():
    """The labels of many alerts, as they are typed."""
    for service, severity, owner in itertools.product(_SERVICES, _SEVERITIES, _OWNERS):
        labels = {"service": service, "severity": severity, "owner": owner}
        yield [f"{name}={value}" for name, value in labels.items() if value is not None]


def _with_matchers(*texts):
    """A file in which each matcher has a route and a receiver of its own, and an alert goes to all that it fits."""
    routes = [{"matchers": [text], "receiver": str(number), "continue": True} for number, text in enumerate(texts)]
    return json.dumps({"route": {"receiver": "none", "routes": routes},
                       "receivers": [{"name": "none"}, *({"name": str(number)} for number in range(len(texts)))]})


# What both read, and mean the same by.
_MATCHERS = (
    'a=b', 'a = b', ' a="b" ', 'a="b"', '{a="b"}', '{a=b,}', '{a=b', 'a=b}', 'a!=b', 'a=~"b|c"', 'a!~b', 'a=', 'a=""',
    'a!=""', 'a=~".*"', 'a=~".+"', 'a=~b,a!=c', '{a=b, c!="d"}', 'a=b c', r'a="b\"c"', r'a="b\\c"',
    r'a=b\nc', r'a="b\nc"', r'a=b\tc', 'a==b', 'a=~~b', 'a="b,c"', 'a=b{', "a='b'", 'a:b=c', '_a=b', 'a=é', 'a="{b}"',
    'a=~"^b$"', 'a=~"(?i)B"', 'a=~"b.c"', 'a=b,', '', '{}', '{a=b},', 'a=~"[[:alpha:]]"', r'a=~"\\w"', r'a=~"\w"',
)
# What neither reads.
_NO_MATCHERS = ('a', '=b', 'a~b', 'a!b', 'a="b', 'a=b"', 'a=b"c', 'a=~"("', 'a=~"[b"', 'a=~"*"', ',', 'a=b,,c=d',
                'a=~"(?<=b)c"', 'a=~"b{2000}"', r'a=~"\\1"')
# The newer syntax of Alertmanager 0.27 and later, which the amtool of Debian 12 does not know.
_NEW_MATCHERS = ('"a b"="c"', 'größe=1', 'a-b=c', '{"a"="b"}', r'"\u00e9"=b')

_VALUES = ("", "b", "c", "d", "bc", "b c", "b.c", "b,c", "{b}", 'b"c', "b\\c", "b\nc", "b\\tc", "=b", "~b", "B", "é", "'b'")


class RoutingCase(unittest.TestCase):
    """A file that amtool and Sonde are asked about."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="sonde-routing-")
        self.addCleanup(directory.cleanup)
        self.file = pathlib.Path(directory.name) / "alertmanager.yml"
        self.file.with_name("key").write_text("http://localhost/\n")

    def amtool_receivers(self, labels):
        done = amtool("config", "routes", "test", f"--config.file={self.file}", *labels)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout.strip()

    def sonde(self, *words):
        return run_verb("routes", *words)

    def sonde_receivers(self, labels):
        done = self.sonde("test", "--config.file", self.file, *labels)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout.strip()

    def verdicts(self):
        """Whether amtool and Sonde take the file, and what Sonde says."""
        ours = self.sonde("check", self.file)
        self.assertIn(ours.returncode, (0, 1), ours.stderr)
        return amtool("check-config", self.file).returncode == 0, ours.returncode == 0, ours.stdout + ours.stderr

    def daemon_verdict(self):
        """Whether the daemon would take the file in place of its own section, and what it says."""
        config = self.file.with_name("sonde.yaml")
        config.write_text(f"notify: {{alertmanager_file: {self.file.name}}}\n")
        done = run_verb("check", config)
        return done.returncode == 0, done.stdout + done.stderr


class Routing(RoutingCase):
    """The verbs of `sonde routes` beside amtool."""

    def test_the_same_receivers_for_every_set_of_labels(self):
        for text in (_TEAMS, _TWISTS):
            self.file.write_text(text)
            seen = set()
            for labels in _label_sets():
                expected = self.amtool_receivers(labels)
                self.assertEqual(self.sonde_receivers(labels), expected, labels)
                seen.add(expected)
            self.assertGreater(len(seen), 4, "the labels take different ways")

    def test_the_same_tree(self):
        for text in (_TEAMS, _TWISTS):
            self.file.write_text(text)
            expected = amtool("config", "routes", "show", f"--config.file={self.file}")
            shown = self.sonde("show", "--config.file", self.file)
            # amtool shows how it anchors what match_re says.
            drawn = re.sub(r"\^\(\?:(.*?)\)\$", r"\1", expected.stdout)
            self.assertEqual(shown.stdout.strip().replace("\u00a0", " "), drawn.strip().replace("\u00a0", " "))

    def test_receivers_can_be_demanded(self):
        self.file.write_text(_TEAMS)
        labels = ("service=database", "owner=team-X")
        for receivers, code in (("team-X-pager,team-Y-pager", 0), ("team-X-pager", 1)):
            words = (f"--config.file={self.file}", f"--verify.receivers={receivers}", *labels)
            self.assertEqual(amtool("config", "routes", "test", *words).returncode, code)
            self.assertEqual(self.sonde("test", *words).returncode, code)

    def test_the_group_and_the_time_intervals_of_a_way(self):
        self.file.write_text(_TEAMS.replace(
            "owner=\"team-X\"], receiver", "owner=\"team-X\"], mute_time_intervals: [nights], receiver") +
            "time_intervals: [{name: nights, time_intervals: [{times: [{start_time: '20:00', end_time: '24:00'}]}]}]\n")
        matches = []
        for moment in ("2026-06-01T19:59:59Z", "2026-06-01T20:00:00Z"):
            done = self.sonde("test", "--config.file", self.file, "--at", moment, "-o", "json", "service=database",
                              "owner=team-X", "alertname=Slow", "host=a")
            matches.append(json.loads(done.stdout)["matches"])
        self.assertEqual([[match["muted"] for match in each] for each in matches], [[False, False], [True, False]])
        self.assertEqual(matches[1][0]["muted_by"], ["nights"])
        self.assertEqual(matches[0][0]["group_labels"], {"alertname": "Slow"})
        self.assertEqual(matches[0][0]["group_by"], ["alertname", "cluster", "database"])
        self.assertNotEqual(matches[0][0]["group_key"], matches[0][1]["group_key"])

    def test_matchers_that_both_read_mean_the_same(self):
        self.file.write_text(_with_matchers(*_MATCHERS))
        self.assertEqual(self.verdicts()[:2], (True, True), self.verdicts()[2])
        seen = set()
        for value in _VALUES:
            label = "a=" + json.dumps(value, ensure_ascii=False)
            expected = self.amtool_receivers([label])
            self.assertEqual(self.sonde_receivers([label]), expected, label)
            seen |= set(expected.split(","))
        self.assertGreater(len(seen), len(_MATCHERS) * 3 // 4, "most of the matchers fit something")

    def test_matchers_that_neither_reads(self):
        for text in _NO_MATCHERS:
            self.file.write_text(_with_matchers(text))
            theirs, ours, said = self.verdicts()
            self.assertEqual((theirs, ours), (False, False), f"{text!r}: {said}")
            self.assertIn("route.routes[0].matchers[0]: ", said)

    def test_matchers_of_newer_versions_are_read_too(self):
        for text in _NEW_MATCHERS:
            self.file.write_text(_with_matchers(text))
            self.assertEqual(self.verdicts()[:2], (False, True), text)


_RECEIVER = "route: {receiver: a}\nreceivers:\n- name: a\n"
_PLAIN = _RECEIVER + "  webhook_configs: [{url: 'http://localhost/'}]\n"

_GOOD_FILES = {
    "teams": _TEAMS, "twists": _TWISTS, "plain": _PLAIN,
    "nobody": _RECEIVER,
    "templates": _PLAIN + "templates: ['/nowhere/*.tmpl']\n",
    "group by all": "route: {receiver: a, group_by: ['...']}\nreceivers: [{name: a}]\n",
    "no inherited grouping": "route: {receiver: a, group_by: []}\nreceivers: [{name: a}]\n",
    "no wait": "route: {receiver: a, group_wait: 0s}\nreceivers: [{name: a}]\n",
    "intervals": _PLAIN + "time_intervals: [{name: x, time_intervals: [{weekdays: ['monday:friday', Sunday], "
                          "months: ['1:3', may], days_of_month: ['-3:-1'], years: ['2026'], location: Europe/Berlin, "
                          "times: [{start_time: 09:00, end_time: '24:00'}]}]}]\n",
    "old intervals": _PLAIN + "mute_time_intervals: [{name: x, time_intervals: [{}]}]\n",
    "a global slack": "global: {slack_api_url: 'http://localhost/'}\n" + _RECEIVER + "  slack_configs: [{channel: x}]\n",
    "keys in files": _RECEIVER + "  pagerduty_configs: [{routing_key_file: key}]\n  slack_configs: [{api_url_file: key}]\n",
    "other kinds": _RECEIVER + "  opsgenie_configs: [{api_key: x}]\n  pushover_configs: [{token: x, user_key: y}]\n",
    "http": _RECEIVER + "  webhook_configs: [{url: 'http://localhost/', http_config: {follow_redirects: false, "
                        "basic_auth: {username: x, password: y}, tls_config: {insecure_skip_verify: yes}}}]\n",
    "inhibition": _PLAIN + "inhibit_rules: [{source_match: {a: b}, target_match_re: {c: d.*}, equal: [e]}, {}]\n",
}

_BAD_FILES = {
    "empty": "", "no yaml": "route: [", "no route": "receivers: [{name: a}]\n",
    "no such receiver": "route: {receiver: b}\nreceivers: [{name: a}]\n",
    "no such receiver below": "route: {receiver: a, routes: [{receiver: b}]}\nreceivers: [{name: a}]\n",
    "no receiver": "route: {}\nreceivers: [{name: a}]\n",
    "root with matchers": "route: {receiver: a, match: {b: c}}\nreceivers: [{name: a}]\n",
    "root with intervals": "route: {receiver: a, mute_time_intervals: [b]}\nreceivers: [{name: a}]\n",
    "receiver twice": "route: {receiver: a}\nreceivers: [{name: a}, {name: a}]\n",
    "receiver without a name": "route: {receiver: a}\nreceivers: [{name: a}, {}]\n",
    "unknown key": _PLAIN + "routes: []\n", "unknown key in a route": _PLAIN.replace("receiver: a}", "receiver: a, x: y}"),
    "unknown kind": _RECEIVER + "  smoke_configs: []\n",
    "key twice": _PLAIN + "route: {receiver: a}\n",
    "no duration": "route: {receiver: a, group_wait: soon}\nreceivers: [{name: a}]\n",
    "no group interval": "route: {receiver: a, group_interval: 0s}\nreceivers: [{name: a}]\n",
    "no repeat interval": "route: {receiver: a, repeat_interval: 0s}\nreceivers: [{name: a}]\n",
    "group by all and one": "route: {receiver: a, group_by: ['...', b]}\nreceivers: [{name: a}]\n",
    "group by one twice": "route: {receiver: a, group_by: [b, b]}\nreceivers: [{name: a}]\n",
    "no such interval": "route: {receiver: a, routes: [{mute_time_intervals: [x]}]}\nreceivers: [{name: a}]\n",
    "interval twice": _PLAIN + "time_intervals: [{name: x}]\nmute_time_intervals: [{name: x}]\n",
    "interval without a name": _PLAIN + "time_intervals: [{time_intervals: []}]\n",
    "pattern": _PLAIN + "inhibit_rules: [{source_match_re: {a: '('}}]\n",
    "empty pattern": _PLAIN + "inhibit_rules: [{source_match_re: {a: }}]\n",
    "slack without an address": _RECEIVER + "  slack_configs: [{channel: x}]\n",
    "slack with two": _RECEIVER + "  slack_configs: [{api_url: 'http://x', api_url_file: x}]\n",
    "pager without a key": _RECEIVER + "  pagerduty_configs: [{}]\n",
    "pager with two": _RECEIVER + "  pagerduty_configs: [{routing_key: x, routing_key_file: x}]\n",
    "hook without an address": _RECEIVER + "  webhook_configs: [{}]\n",
    "hook of no web": _RECEIVER + "  webhook_configs: [{url: 'ftp://x'}]\n",
    "mail without a server": _RECEIVER + "  email_configs: [{to: x, from: x}]\n",
    "mail without a sender": _RECEIVER + "  email_configs: [{to: x, smarthost: 'x:1'}]\n",
    "mail to nobody": _RECEIVER + "  email_configs: [{from: x, smarthost: 'x:1'}]\n",
    "mail without a port": _RECEIVER + "  email_configs: [{to: x, from: x, smarthost: x}]\n",
    "mail with a header twice": _RECEIVER + "  email_configs: [{to: x, from: x, smarthost: 'x:1', headers: {A: b, a: b}}]\n",
    "two global passwords": "global: {smtp_auth_password: a, smtp_auth_password_file: b}\n" + _PLAIN,
    "two global slacks": "global: {slack_api_url: 'http://x', slack_api_url_file: x}\n" + _PLAIN,
}
_BAD_INTERVALS = (
    "times: [{start_time: '10:00', end_time: '09:00'}]", "times: [{start_time: '10:00', end_time: '10:00'}]",
    "times: [{start_time: '10:00'}]", "times: [{start_time: '9:00', end_time: '10:00'}]",
    "times: [{start_time: '10:00', end_time: '24:01'}]", "weekdays: [mon]", "weekdays: ['friday:monday']",
    "days_of_month: ['0']", "days_of_month: ['32']", "days_of_month: ['-32']", "days_of_month: ['-1:3']",
    "days_of_month: ['5:1']", "days_of_month: ['29:-1']", "months: [foo]", "months: ['may:april']", "years: [x]",
    "years: ['2027:2026']", "location: Europe/Nowhere", "hours: []")


class Files(RoutingCase):
    """Which files are taken."""

    def test_good_files_are_good_for_both(self):
        for name, text in _GOOD_FILES.items():
            self.file.write_text(text)
            self.assertEqual(self.verdicts()[:2], (True, True), f"{name}: {self.verdicts()[2]}")
            self.assertTrue(self.daemon_verdict()[0], f"{name}: {self.daemon_verdict()[1]}")

    def test_only_the_daemon_misses_secrets_that_are_not_there(self):
        self.file.write_text(_GOOD_FILES["keys in files"].replace("file: key", "file: other"))
        self.assertEqual(self.verdicts()[:2], (True, True), self.verdicts()[2])
        taken, said = self.daemon_verdict()
        self.assertFalse(taken)
        self.assertRegex(said, r"alertmanager\.yml:4:\d+: .*routing_key_file: the secret is missing")

    def test_bad_files_are_bad_for_both_and_sonde_says_where(self):
        bad = dict(_BAD_FILES)
        for interval in _BAD_INTERVALS:
            bad[interval] = _PLAIN + "time_intervals: [{name: x, time_intervals: [{" + interval + "}]}]\n"
        for name, text in bad.items():
            self.file.write_text(text)
            theirs, ours, said = self.verdicts()
            self.assertEqual((theirs, ours), (False, False), f"{name}: {said}")
            where = r"(?m)^\S*alertmanager\.yml:\d+:\d+: " if text else "has no route"
            self.assertRegex(said, where, name)
            taken, said = self.daemon_verdict()
            self.assertFalse(taken, name)
            self.assertRegex(said, where, name)

    def test_no_secret_is_printed(self):
        self.file.write_text(_RECEIVER + "  pagerduty_configs: [{routing_key: s3cr3t}]\n"
                             "  webhook_configs: [{url: 'http://s3cr3t@localhost/s3cr3t'}]\n")
        for words in (("check", self.file), ("show", "--config.file", self.file), ("show", "--config.file", self.file,
                      "-o", "json"), ("test", "--config.file", self.file, "--tree")):
            done = self.sonde(*words)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("s3cr3t", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
