#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "oncall/calendar_import.h"
#include "oncall/calendar_text.h"
#include "unit/oncall/sample_plan.h"

namespace sonde::oncall {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Part = TemporaryShifts::Part;

Plan berlin() { return plan({always("all", "ann")}, "Europe/Berlin"); }

Part part(const std::string& person, const std::string& from, const std::string& to) {
  return {.person = person, .starts_at = utc(from), .ends_at = utc(to)};
}

std::string calendar(const std::string& events) { return "BEGIN:VCALENDAR\r\n" + events + "END:VCALENDAR\r\n"; }

/// An event of some lines, with "|" between them.
std::string event(std::string lines) {
  std::string text = "BEGIN:VEVENT\r\n";
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line, '|');) text += line + "\r\n";
  return text + "END:VEVENT\r\n";
}

Result<TemporaryShifts> import(const std::string& text, const std::string& from = "2026-01-01T00:00Z",
                               const std::string& to = "2027-01-01T00:00Z") {
  const Plan there = berlin();
  return read_calendar(text, {.plan = there, .schedule = "primary", .from = utc(from), .to = utc(to)});
}

std::vector<Part> parts_of(const std::string& events, const std::string& from = "2026-01-01T00:00Z",
                           const std::string& to = "2027-01-01T00:00Z") {
  const auto shifts = import(calendar(events), from, to);
  EXPECT_TRUE(shifts) << shifts.error().what;
  return shifts ? shifts->parts : std::vector<Part>{};
}

const std::string kWritten =
    "BEGIN:VCALENDAR\r\n"
    "VERSION:2.0\r\n"
    "PRODID:-//Sonde//On-call//EN\r\n"
    "CALSCALE:GREGORIAN\r\n"
    "X-WR-CALNAME:primary\r\n"
    "BEGIN:VEVENT\r\n"
    "UID:UID-OF-THE-SHIFT\r\n"
    "DTSTAMP:20260501T120000Z\r\n"
    "DTSTART:20260601T090000Z\r\n"
    "DTEND:20260602T090000Z\r\n"
    "SUMMARY:Ann Lee\r\n"
    "DESCRIPTION:on call: primary (week)\r\n"
    "END:VEVENT\r\n"
    "END:VCALENDAR\r\n";

Shift ann_shift() {
  return {
      .person = "ann", .starts_at = utc("2026-06-01T09:00Z"), .ends_at = utc("2026-06-02T09:00Z"), .source = "week"};
}

std::string written(const std::vector<Shift>& shifts, const std::string& at = "2026-05-01T12:00Z",
                    const std::string& schedule = "primary") {
  const Plan there = berlin();
  return write_calendar(shifts, {.schedule = schedule, .people = there.people, .written_at = utc(at)});
}

std::string uid_of(const std::string& text) {
  const std::size_t begin = text.find("UID:");
  return text.substr(begin + 4, text.find("\r\n", begin) - begin - 4);
}

TEST(Calendar, is_written_as_rfc_5545_has_it) {
  const Shift gap{
      .person = "", .starts_at = utc("2026-06-02T09:00Z"), .ends_at = utc("2026-06-02T10:00Z"), .source = ""};
  std::string text = written({ann_shift(), gap});
  const std::string uid = uid_of(text);
  text.replace(text.find(uid), uid.size(), "UID-OF-THE-SHIFT");
  EXPECT_EQ(text, kWritten);
}

TEST(Calendar, a_shift_keeps_its_uid_and_another_has_another) {
  const std::string uid = uid_of(written({ann_shift()}));
  EXPECT_EQ(uid_of(written({ann_shift()}, "2026-05-02T12:00Z")), uid);
  Shift longer = ann_shift();
  longer.ends_at = utc("2026-06-05T09:00Z");
  EXPECT_EQ(uid_of(written({longer})), uid);
  Shift of_bob = ann_shift();
  of_bob.person = "bob";
  EXPECT_NE(uid_of(written({of_bob})), uid);
  EXPECT_NE(uid_of(written({ann_shift()}, "2026-05-01T12:00Z", "secondary")), uid);
}

TEST(Calendar, lines_are_folded_at_75_octets_between_characters) {
  std::string schedule = "a";
  for (int i = 0; i < 200; ++i) schedule += "\xe2\x82\xac";
  const std::string text = written({}, "2026-05-01T12:00Z", schedule);
  std::istringstream lines(text);
  std::string unfolded;
  for (std::string line; std::getline(lines, line);) {
    ASSERT_TRUE(line.ends_with('\r'));
    EXPECT_LE(line.size() - 1, 75U);
    line.pop_back();
    if (line.starts_with(' ')) {
      EXPECT_NE(static_cast<unsigned char>(line[1]) & 0xC0U, 0x80U) << "cut within a character";
      unfolded += line.substr(1);
    } else {
      unfolded += "\n" + line;
    }
  }
  EXPECT_THAT(unfolded, HasSubstr("\nX-WR-CALNAME:" + schedule + "\n"));
}

TEST(Calendar, text_is_escaped) {
  EXPECT_THAT(written({}, "2026-05-01T12:00Z", "a,b;c\\d\ne\x01"), HasSubstr("X-WR-CALNAME:a\\,b\\;c\\\\d\\ne\r\n"));
}

TEST(Calendar, what_was_written_is_read_again) {
  const std::vector<Shift> shifts =
      book(plan({{.name = "week",
                  .rotation = rotation({"ann", "bob", "cyd"}, ShiftUnit::kWeek, 1, "2026-01-05T09:00"),
                  .restrictions = {}}},
                "Europe/Berlin"))
          .shifts("primary", utc("2026-03-01T00:00Z"), utc("2026-05-01T00:00Z"));
  const auto again = import(written(shifts), "2026-03-01T00:00Z", "2026-05-01T00:00Z");
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->schedule, "primary");
  EXPECT_EQ(again->starts_at, utc("2026-03-01T00:00Z"));
  ASSERT_EQ(again->parts.size(), shifts.size());
  for (std::size_t i = 0; i < shifts.size(); ++i) {
    EXPECT_EQ(again->parts[i], (Part{shifts[i].person, shifts[i].starts_at, shifts[i].ends_at}));
  }
}

struct ReadEvent {
  const char* name;
  const char* lines;
  std::vector<Part> parts;
};

class CalendarEvents : public testing::TestWithParam<ReadEvent> {};

TEST_P(CalendarEvents, are_read) { EXPECT_EQ(parts_of(event(GetParam().lines)), GetParam().parts); }

INSTANTIATE_TEST_SUITE_P(
    Calendar, CalendarEvents,
    testing::Values(
        ReadEvent{"in_utc",
                  "DTSTART:20260601T090000Z|DTEND:20260601T170000Z|SUMMARY:ann",
                  {part("ann", "2026-06-01T09:00Z", "2026-06-01T17:00Z")}},
        ReadEvent{"by_full_name_with_small_letters",
                  "dtstart:20260601T090000Z|dtend:20260601T170000Z|summary:Ann Lee",
                  {part("ann", "2026-06-01T09:00Z", "2026-06-01T17:00Z")}},
        ReadEvent{"in_a_zone",
                  "DTSTART;TZID=America/Chicago:20260601T090000|DTEND;TZID=America/Chicago:20260601T170000|SUMMARY:bob",
                  {part("bob", "2026-06-01T14:00Z", "2026-06-01T22:00Z")}},
        ReadEvent{"in_two_zones",
                  "DTSTART;TZID=America/Chicago:20260601T090000|DTEND;TZID=Europe/Berlin:20260601T170000|SUMMARY:bob",
                  {part("bob", "2026-06-01T14:00Z", "2026-06-01T15:00Z")}},
        ReadEvent{"by_the_clocks_of_the_schedule",
                  "DTSTART:20260601T090000|DTEND:20260601T170000|SUMMARY:bob",
                  {part("bob", "2026-06-01T07:00Z", "2026-06-01T15:00Z")}},
        ReadEvent{"whole_days",
                  "DTSTART;VALUE=DATE:20260601|DTEND;VALUE=DATE:20260603|SUMMARY:bob",
                  {part("bob", "2026-05-31T22:00Z", "2026-06-02T22:00Z")}},
        ReadEvent{"one_day",
                  "DTSTART;VALUE=DATE:20260601|SUMMARY:bob",
                  {part("bob", "2026-05-31T22:00Z", "2026-06-01T22:00Z")}},
        ReadEvent{"with_a_length",
                  "DTSTART:20260601T090000Z|DURATION:PT8H30M|SUMMARY:bob",
                  {part("bob", "2026-06-01T09:00Z", "2026-06-01T17:30Z")}},
        // A day by the clocks, 25 hours in passing: RFC 5545, 3.3.6.
        ReadEvent{"with_a_length_in_days",
                  "DTSTART:20261024T120000|DURATION:P1D|SUMMARY:bob",
                  {part("bob", "2026-10-24T10:00Z", "2026-10-25T11:00Z")}},
        ReadEvent{"with_a_length_in_hours",
                  "DTSTART:20261024T120000|DURATION:PT24H|SUMMARY:bob",
                  {part("bob", "2026-10-24T10:00Z", "2026-10-25T10:00Z")}},
        ReadEvent{
            "cancelled", "DTSTART:20260601T090000Z|DTEND:20260601T170000Z|SUMMARY:nobody we know|STATUS:CANCELLED", {}},
        ReadEvent{"long_ago", "DTSTART:20010601T090000Z|DTEND:20010601T170000Z|SUMMARY:nobody we know", {}},
        ReadEvent{"cut_at_the_interval",
                  "DTSTART:20251231T090000Z|DTEND:20260101T090000Z|SUMMARY:bob",
                  {part("bob", "2026-01-01T00:00Z", "2026-01-01T09:00Z")}},
        // The hand-off stays at 09:00 by the clocks over the change of 25 October.
        ReadEvent{"that_recur_by_the_clocks",
                  "DTSTART;TZID=Europe/Berlin:20261019T090000|DTEND;TZID=Europe/Berlin:20261026T090000|SUMMARY:bob|"
                  "RRULE:FREQ=WEEKLY;COUNT=2",
                  {part("bob", "2026-10-19T07:00Z", "2026-10-26T08:00Z"),
                   part("bob", "2026-10-26T08:00Z", "2026-11-02T08:00Z")}},
        ReadEvent{"that_recur_until_a_moment",
                  "DTSTART;TZID=America/Chicago:20260601T200000|DURATION:PT1H|SUMMARY:bob|"
                  "RRULE:FREQ=DAILY;UNTIL=20260603T010000Z",
                  {part("bob", "2026-06-02T01:00Z", "2026-06-02T02:00Z"),
                   part("bob", "2026-06-03T01:00Z", "2026-06-03T02:00Z")}},
        ReadEvent{"that_recur_until_a_day",
                  "DTSTART;VALUE=DATE:20260601|SUMMARY:bob|RRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20260603",
                  {part("bob", "2026-05-31T22:00Z", "2026-06-01T22:00Z"),
                   part("bob", "2026-06-02T22:00Z", "2026-06-03T22:00Z")}},
        ReadEvent{"that_recur_with_exceptions",
                  "DTSTART:20260601T090000Z|DURATION:PT1H|SUMMARY:bob|RRULE:FREQ=DAILY;COUNT=4|"
                  "EXDATE:20260602T090000Z,20260603T090000Z",
                  {part("bob", "2026-06-01T09:00Z", "2026-06-01T10:00Z"),
                   part("bob", "2026-06-04T09:00Z", "2026-06-04T10:00Z")}},
        ReadEvent{"that_recur_on_weekdays",
                  "DTSTART:20260605T090000Z|DURATION:PT1H|SUMMARY:bob|RRULE:FREQ=WEEKLY;BYDAY=MO,FR;COUNT=2",
                  {part("bob", "2026-06-05T09:00Z", "2026-06-05T10:00Z"),
                   part("bob", "2026-06-08T09:00Z", "2026-06-08T10:00Z")}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Calendar, an_event_that_recurs_is_followed_within_the_interval_alone) {
  EXPECT_THAT(parts_of(event("DTSTART:20260101T090000Z|DURATION:PT1H|SUMMARY:bob|RRULE:FREQ=DAILY"),
                       "2026-06-01T00:00Z", "2026-06-03T00:00Z"),
              ElementsAre(part("bob", "2026-06-01T09:00Z", "2026-06-01T10:00Z"),
                          part("bob", "2026-06-02T09:00Z", "2026-06-02T10:00Z")));
}

TEST(Calendar, other_components_are_passed_over) {
  EXPECT_THAT(
      parts_of("BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:garbage\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n" +
               event("DTSTART:20260601T090000Z|DURATION:PT1H|SUMMARY:bob|BEGIN:VALARM|DURATION:x|END:VALARM")),
      ElementsAre(part("bob", "2026-06-01T09:00Z", "2026-06-01T10:00Z")));
}

TEST(Calendar, folded_lines_are_put_together) {
  EXPECT_THAT(
      parts_of("BEGIN:VEVENT\nDTSTART:20260601T0\n 90000Z\nDURATION:PT\n\t1H\nSUMMARY:  An\n n Lee\nEND:VEVENT\n"),
      ElementsAre(part("ann", "2026-06-01T09:00Z", "2026-06-01T10:00Z")));
}

TEST(Calendar, nothing_in_it_is_nobody) { EXPECT_THAT(parts_of(""), IsEmpty()); }

struct BadCalendar {
  const char* name;
  std::string text;
  const char* says;
};

class BadCalendars : public testing::TestWithParam<BadCalendar> {};

TEST_P(BadCalendars, are_refused_with_their_line) {
  const auto shifts = import(GetParam().text);
  ASSERT_FALSE(shifts);
  EXPECT_THAT(shifts.error().what, HasSubstr(GetParam().says));
}

BadCalendar bad_event(const char* name, const std::string& lines, const char* says) {
  return {name, calendar(event(lines)), says};
}

INSTANTIATE_TEST_SUITE_P(
    Calendar, BadCalendars,
    testing::Values(
        BadCalendar{"nothing", "", "line 1: a calendar begins with BEGIN:VCALENDAR"},
        BadCalendar{"garbage", "\xff\xfe garbage", "line 1: is no UTF-8 text"},
        BadCalendar{"html", "<html>\n", "line 1: a calendar begins with BEGIN:VCALENDAR"},
        BadCalendar{"cut_off", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260601T090000Z\n",
                    "line 3: the calendar ends before END:VEVENT"},
        BadCalendar{"ends_crossed", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "line 3: END:VEVENT is missing"},
        bad_event("no_start", "SUMMARY:ann", "line 2: the event needs DTSTART"),
        bad_event("no_end", "DTSTART:20260601T090000Z|SUMMARY:ann", "line 2: the event needs DTEND or DURATION"),
        bad_event("both_ends", "DTSTART:20260601T090000Z|DTEND:20260601T100000Z|DURATION:PT1H|SUMMARY:ann",
                  "both DTEND and DURATION"),
        bad_event("start_twice", "DTSTART:20260601T090000Z|DTSTART:20260601T090000Z|SUMMARY:ann",
                  "line 4: DTSTART is there twice"),
        bad_event("bad_time", "DTSTART:tomorrow|DURATION:PT1H|SUMMARY:ann", "line 3: DTSTART is no date or time"),
        bad_event("bad_day", "DTSTART:20260231T000000Z|DURATION:PT1H|SUMMARY:ann",
                  "line 3: DTSTART is no date or time"),
        bad_event("bad_length", "DTSTART:20260601T090000Z|DURATION:long|SUMMARY:ann", "line 4: DURATION is no length"),
        bad_event("negative_length", "DTSTART:20260601T090000Z|DURATION:-PT1H|SUMMARY:ann", "line 4: DURATION must be"),
        bad_event("backwards", "DTSTART:20260601T090000Z|DTEND:20260601T080000Z|SUMMARY:ann",
                  "line 2: the event must end after"),
        bad_event("mixed", "DTSTART;VALUE=DATE:20260601|DTEND:20260602T080000Z|SUMMARY:ann",
                  "line 4: DTSTART and DTEND must be both"),
        bad_event("unknown_zone", "DTSTART;TZID=Europe/Berlinn:20260601T090000|DURATION:PT1H|SUMMARY:ann",
                  "line 3: 'Europe/Berlinn' is no time zone"),
        bad_event("no_person", "DTSTART:20260601T090000Z|DURATION:PT1H", "line 2: the event needs a SUMMARY"),
        bad_event("unknown_person", "DTSTART:20260601T090000Z|DURATION:PT1H|SUMMARY:Ann Le",
                  "line 5: there is no person 'Ann Le', did you mean 'Ann Lee'?"),
        bad_event("bad_rule", "DTSTART:20260601T090000Z|DURATION:PT1H|SUMMARY:ann|RRULE:FREQ=NEVER", "line 6: RRULE"),
        bad_event("every_minute", "DTSTART:20260601T090000Z|DURATION:PT1S|SUMMARY:ann|RRULE:FREQ=MINUTELY",
                  "line 6: RRULE must have FREQ"),
        bad_event("hours_with_conditions",
                  "DTSTART:20260601T090000Z|DURATION:PT1S|SUMMARY:ann|RRULE:FREQ=HOURLY;BYMONTHDAY=30;BYMONTH=2",
                  "BYHOUR"),
        bad_event("another_date", "DTSTART:20260601T090000Z|DURATION:PT1H|SUMMARY:ann|RDATE:20260602T090000Z",
                  "line 6: RDATE is not supported"),
        bad_event("too_many", "DTSTART:20260601T090000Z|DURATION:PT1H|SUMMARY:ann|RRULE:FREQ=HOURLY",
                  "more than 1000 shifts"),
        BadCalendar{"two_at_once",
                    calendar(event("DTSTART:20260601T090000Z|DURATION:PT2H|SUMMARY:ann") +
                             event("DTSTART:20260601T080000Z|DURATION:PT2H|SUMMARY:bob")),
                    "line 2: this event overlaps with the one of line 7"},
        BadCalendar{"large", std::string(kMostCalendarBytes + 1, 'x'), "larger than 1 MiB"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Calendar, is_of_a_schedule_that_is_there) {
  const Plan there = berlin();
  const auto shifts = read_calendar(calendar(""), {.plan = there, .schedule = "primry", .from = {}, .to = {}});
  ASSERT_FALSE(shifts);
  EXPECT_THAT(shifts.error().what, HasSubstr("did you mean 'primary'?"));
}

// libical would follow one until the year 2582 to find that nothing fits.
TEST(Calendar, a_rule_that_never_holds_is_not_followed_for_long) {
  EXPECT_THAT(parts_of(event("DTSTART:20260601T090000Z|DURATION:PT1H|SUMMARY:ann|"
                             "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3")),
              IsEmpty());
  std::string many;
  for (int i = 0; i < 101; ++i)
    many += event("DTSTART:20260601T090000Z|DURATION:PT1H|SUMMARY:ann|RRULE:FREQ=DAILY;UNTIL=20260101T000000Z");
  const auto shifts = import(calendar(many));
  ASSERT_FALSE(shifts);
  EXPECT_EQ(shifts.error().code, Code::kLimit);
}

}  // namespace
}  // namespace sonde::oncall
