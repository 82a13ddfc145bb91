#include "oncall/calendar_lines.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace sonde::oncall {
namespace {

std::string in_capitals(std::string_view text) {
  std::string capitals(text);
  for (char& letter : capitals) {
    if ('a' <= letter && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return capitals;
}

/// The lines of the text, those that are folded put together again.
std::vector<ContentLine> unfold(std::string_view text) {
  std::vector<ContentLine> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const bool goes_on = line.front() == ' ' || line.front() == '\t';
    if (goes_on && !lines.empty()) {
      lines.back().text.append(line.substr(1));
    } else {
      lines.push_back({.number = number, .name = "", .text = std::string(line)});
    }
  }
  for (ContentLine& line : lines) line.name = in_capitals(line.text.substr(0, line.text.find_first_of(";:")));
  return lines;
}

/// What stands after the colon of BEGIN:VEVENT.
std::string plain_value(const ContentLine& line) {
  const std::size_t colon = line.text.find(':');
  return colon == std::string::npos ? "" : in_capitals(std::string_view(line.text).substr(colon + 1));
}

Result<> take_once(std::optional<ContentLine>& place, const ContentLine& line) {
  if (place) return fault_at(line.number, line.name + " is there twice in this event");
  place = line;
  return Ok{};
}

Result<> take(CalendarEvent& event, const ContentLine& line) {
  if (line.name == "DTSTART") return take_once(event.start, line);
  if (line.name == "DTEND") return take_once(event.end, line);
  if (line.name == "DURATION") return take_once(event.duration, line);
  if (line.name == "SUMMARY") return take_once(event.summary, line);
  if (line.name == "RRULE") return take_once(event.rule, line);
  if (line.name == "EXDATE") event.exceptions.push_back(line);
  if (line.name == "STATUS") event.is_cancelled = plain_value(line) == "CANCELLED";
  if (line.name == "RDATE" || line.name == "RECURRENCE-ID" || line.name == "EXRULE") {
    return fault_at(line.number, line.name + " is not supported: write what it changes as events of their own");
  }
  return Ok{};
}

/// Walks over the lines, and knows which component it is in.
class EventReader {
 public:
  Result<> read(const ContentLine& line) {
    if (!is_valid_utf8(line.text) || line.text.find('\0') != std::string::npos) {
      return fault_at(line.number, "is no UTF-8 text");
    }
    if (line.name == "BEGIN") return begin(line);
    if (open_.empty()) return fault_at(line.number, "a calendar begins with BEGIN:VCALENDAR");
    if (line.name == "END") return end(line);
    return is_in_event() ? take(events_.back(), line) : Result<>(Ok{});
  }

  Result<std::vector<CalendarEvent>> finish(std::size_t last_line) && {
    if (!open_.empty()) return fault_at(last_line, "the calendar ends before END:" + open_.back());
    if (!has_calendar_) return fault_at(1, "a calendar begins with BEGIN:VCALENDAR");
    return std::move(events_);
  }

 private:
  static constexpr std::size_t kMostDepth = 16;

  [[nodiscard]] bool is_in_event() const { return open_.size() == 2 && open_.back() == "VEVENT"; }

  Result<> begin(const ContentLine& line) {
    if (open_.empty() && plain_value(line) != "VCALENDAR") {
      return fault_at(line.number, "a calendar begins with BEGIN:VCALENDAR");
    }
    if (open_.size() == kMostDepth) return fault_at(line.number, "components lie too deep in each other");
    has_calendar_ = true;
    open_.push_back(plain_value(line));
    if (is_in_event()) events_.push_back({.line = line.number});
    return Ok{};
  }

  Result<> end(const ContentLine& line) {
    if (plain_value(line) != open_.back()) {
      return fault_at(line.number, "END:" + open_.back() + " is missing before this line");
    }
    open_.pop_back();
    return Ok{};
  }

  bool has_calendar_ = false;
  std::vector<std::string> open_;
  std::vector<CalendarEvent> events_;
};

}  // namespace

Error fault_at(std::size_t line, std::string what) {
  return Error{Code::kBadInput, "line " + std::to_string(line) + ": " + std::move(what)};
}

Result<std::vector<CalendarEvent>> read_events(std::string_view text) {
  const std::vector<ContentLine> lines = unfold(text);
  EventReader reader;
  for (const ContentLine& line : lines) SONDE_TRY(reader.read(line));
  return std::move(reader).finish(lines.empty() ? 1 : lines.back().number);
}

}  // namespace sonde::oncall
