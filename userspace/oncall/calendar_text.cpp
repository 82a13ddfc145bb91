#include "oncall/calendar_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "base/fnv1a.h"

namespace sonde::oncall {
namespace {

constexpr std::size_t kMostOctets = 75;  // of a line without its end: RFC 5545, 3.1

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// Adds a content line, folded between characters and never within one.
void add_line(std::string& text, std::string_view line) {
  std::size_t room = kMostOctets;
  while (line.size() > room) {
    std::size_t cut = room;
    while (cut > 1 && is_continuation(line[cut])) --cut;
    text.append(line.substr(0, cut)).append("\r\n ");
    line.remove_prefix(cut);
    room = kMostOctets - 1;
  }
  text.append(line).append("\r\n");
}

/// RFC 5545, 3.3.11.
std::string escape(std::string_view text) {
  std::string escaped;
  for (const char character : text) {
    if (character == '\n') {
      escaped += "\\n";
    } else if (static_cast<unsigned char>(character) >= ' ') {
      if (character == '\\' || character == ';' || character == ',') escaped += '\\';
      escaped += character;
    }
  }
  return escaped;
}

std::string utc_text(WallTime at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(seconds - day);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d%02u%02uT%02d%02d%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

std::string uid_of(const Shift& shift, const std::string& schedule) {
  constexpr unsigned char kEndOfPart = 0;
  const std::uint64_t value =
      Fnv1a().add(schedule).add(kEndOfPart).add(utc_text(shift.starts_at)).add(kEndOfPart).add(shift.person).value();
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%016llx@sonde", static_cast<unsigned long long>(value));
  return text.data();
}

const std::string& shown_name(const std::string& person, std::span<const Person> people) {
  const auto found = std::ranges::find(people, person, &Person::name);
  return found == people.end() || found->full_name.empty() ? person : found->full_name;
}

void add_event(std::string& text, const Shift& shift, const CalendarHead& head) {
  add_line(text, "BEGIN:VEVENT");
  add_line(text, "UID:" + uid_of(shift, head.schedule));
  add_line(text, "DTSTAMP:" + utc_text(head.written_at));
  add_line(text, "DTSTART:" + utc_text(shift.starts_at));
  add_line(text, "DTEND:" + utc_text(shift.ends_at));
  add_line(text, "SUMMARY:" + escape(shown_name(shift.person, head.people)));
  add_line(text, "DESCRIPTION:" + escape("on call: " + head.schedule + " (" + shift.source + ")"));
  add_line(text, "END:VEVENT");
}

}  // namespace

std::string write_calendar(std::span<const Shift> shifts, const CalendarHead& head) {
  std::string text;
  add_line(text, "BEGIN:VCALENDAR");
  add_line(text, "VERSION:2.0");
  add_line(text, "PRODID:-//Sonde//On-call//EN");
  add_line(text, "CALSCALE:GREGORIAN");
  add_line(text, "X-WR-CALNAME:" + escape(head.schedule));
  for (const Shift& shift : shifts) {
    if (!shift.person.empty()) add_event(text, shift, head);
  }
  add_line(text, "END:VCALENDAR");
  return text;
}

}  // namespace sonde::oncall
