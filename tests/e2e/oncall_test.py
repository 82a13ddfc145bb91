"""Who is on call, asked of the daemon, and what people change of it."""

import datetime

from harness.alerting_case import AlertingCase

REQUIRES = ("sonde",)

_MORE = """
oncall:
  people:
    - {name: ann, full_name: Ann Lee, contacts: [{channel: hub}]}
    - {name: bob, contacts: [{channel: hub}]}
  schedules:
    - name: primary
      time_zone: Europe/Berlin
      layers: [{name: week, people: [ann, bob], every: 1w, start: "2026-01-05T09:00"}]
"""
#: 2026-01-05 is a Monday; by the clocks of Berlin hand-offs are at 08:00 or 07:00 UTC.
_WEEK = datetime.timedelta(weeks=1)
_FIRST = datetime.datetime(2026, 1, 5, 8, tzinfo=datetime.timezone.utc)


def text_of(moment):
    """As RFC 3339 has it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Oncall(AlertingCase):
    """One schedule of two people, who take turns each week; far away in the winter, so that no clock change matters."""

    def setUp(self):
        super().setUp()
        self.start(_MORE)
        self.monday = _FIRST + 52 * 2 * _WEEK  # ann's

    def at(self, moment):
        """Who is on call then, and what says so."""
        (row,) = self.get(f"/api/sonde/v1/oncall?at={text_of(moment)}")["schedules"]
        return row["person"], row["source"]

    def order(self, path, body, status=200):
        """The answer of a POST."""
        answered, _, text = self.ask("POST", f"/api/sonde/v1/oncall/{path}", body)
        self.assertEqual(answered, status, text)
        return text

    def changes(self):
        """What people have changed."""
        return self.get("/api/sonde/v1/oncall/changes")

    def stand_in(self, person, **more):
        """The body of an override."""
        return {"schedule": "primary", "person": person, "author": "ann", "comment": "dentist", **more}

    def test_somebody_stands_in_until_it_is_taken_back(self):
        day = datetime.timedelta(days=1)
        self.assertEqual(self.at(self.monday), ("ann", "week"))
        self.assertEqual(self.at(self.monday + _WEEK), ("bob", "week"))
        self.order("overrides", self.stand_in("bob", **{"from": text_of(self.monday), "for": "1d"}))
        self.assertEqual(self.at(self.monday), ("bob", "override"))
        self.assertEqual(self.at(self.monday + day), ("ann", "week"))
        (override,) = self.changes()["overrides"]
        status, _, _ = self.ask("DELETE", f"/api/sonde/v1/oncall/changes/{override['id']}")
        self.assertEqual(status, 200)
        self.assertEqual(self.at(self.monday), ("ann", "week"))
        self.assertEqual(self.ask("DELETE", f"/api/sonde/v1/oncall/changes/{override['id']}")[0], 404)

    def test_the_verb_has_somebody_stand_in(self):
        words = ("--schedule", "primary", "--person", "bob", "--start", text_of(self.monday), "--for", "4h",
                 "--comment", "dentist", "--author", "ann")
        added = self.sonde("oncall", "override", "add", *words)
        self.assertEqual(added.returncode, 0, added.stderr)
        self.assertEqual(self.at(self.monday), ("bob", "override"))
        self.assertEqual(self.at(self.monday + datetime.timedelta(hours=4)), ("ann", "week"))
        listed = self.sonde("oncall", "override", "list")
        self.assertIn(f"{added.stdout.strip()}  primary   bob     whoever", listed.stdout)
        removed = self.sonde("oncall", "override", "remove", added.stdout.strip())
        self.assertEqual(removed.returncode, 0, removed.stderr)
        self.assertEqual(self.sonde("oncall", "override", "list").stdout, "nobody stands in\n")
        again = self.sonde("oncall", "override", "remove", added.stdout.strip())
        self.assertEqual((again.returncode, again.stdout), (1, ""))
        unknown = self.sonde("oncall", "override", "add", "--schedule", "primary", "--person", "bbo", *words[6:])
        self.assertEqual(unknown.returncode, 1)
        self.assertIn("bbo", unknown.stderr)

    def test_what_makes_no_sense_says_so(self):
        for body, expected in (
                (self.stand_in("bbo", **{"for": "1d"}), "bbo"),
                (self.stand_in("bob"), "until"),
                (self.stand_in("bob", **{"for": "1d", "until": text_of(self.monday)}), "leave one of them out"),
                ({**self.stand_in("bob", **{"for": "1d"}), "schedule": "primery"}, "primery"),
                ({**self.stand_in("bob", **{"for": "1d"}), "persn": "x"}, "persn")):
            with self.subTest(expected):
                self.assertIn(expected, self.order("overrides", body, 400))
        self.assertEqual(self.changes(), {"overrides": [], "temporary": []})

    def test_two_people_take_each_others_shifts(self):
        self.order("swaps", {"schedule": "primary", "author": "ann",
                             "one": {"person": "ann", "from": text_of(self.monday),
                                     "until": text_of(self.monday + _WEEK)},
                             "other": {"person": "bob", "from": text_of(self.monday + _WEEK),
                                       "until": text_of(self.monday + 2 * _WEEK)}})
        self.assertEqual(self.at(self.monday), ("bob", "override"))
        self.assertEqual(self.at(self.monday + _WEEK), ("ann", "override"))
        self.assertEqual(self.at(self.monday + 2 * _WEEK), ("ann", "week"))

    def test_a_calendar_that_is_written_can_be_read(self):
        span = f"schedule=primary&from={text_of(self.monday)}&until={text_of(self.monday + 2 * _WEEK)}"
        status, headers, text = self.ask("GET", f"/api/sonde/v1/oncall/calendar?{span}")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/calendar; charset=utf-8"))
        self.assertEqual(text.count("BEGIN:VEVENT"), 2)
        swapped = text.replace("SUMMARY:Ann Lee", "SUMMARY:?").replace("SUMMARY:bob", "SUMMARY:ann").replace(
            "SUMMARY:?", "SUMMARY:bob")
        status, answer = self.daemon.post(f"/api/sonde/v1/oncall/calendar?{span}&author=ann", swapped, "text/calendar")
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.at(self.monday), ("bob", "temporary"))
        self.assertEqual(self.at(self.monday + _WEEK), ("ann", "temporary"))

    def test_the_end_of_a_calendar_cuts_no_shift(self):
        middle = self.monday + datetime.timedelta(days=3)
        text = self.ask("GET", f"/api/sonde/v1/oncall/calendar?schedule=primary&from={text_of(middle)}"
                               f"&until={text_of(middle + _WEEK)}")[2]
        for moment in (self.monday, self.monday + 2 * _WEEK):
            self.assertIn(moment.strftime("%Y%m%dT%H%M%SZ"), text)

    def test_shifts_tell_of_gaps(self):
        answer = self.get("/api/sonde/v1/oncall/shifts?schedule=primary")
        self.assertEqual((answer["uncovered_ratio"], answer["warning"]), (0, None))
        self.assertEqual({each["person"] for each in answer["shifts"]}, {"ann", "bob"})
