#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "measure/measurements.h"
#include "measure/types.h"
#include "protocol/types.h"

namespace sonde::measure {

/// The words of the tests: a last segment of digits becomes {id}.
inline Vocabulary test_vocabulary() {
  return Vocabulary{
      [](std::string_view path, std::string& into) {
        const std::size_t slash = path.rfind('/');
        const std::string_view last = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
        const bool is_id = !last.empty() && last.find_first_not_of("0123456789") == std::string_view::npos;
        into += path.substr(0, path.size() - (is_id ? last.size() : 0));
        into += is_id ? "{id}" : "";
      },
      [](protocol::HttpMethod method) -> std::string_view {
        return method == protocol::HttpMethod::kGet ? "GET" : method == protocol::HttpMethod::kPost ? "POST" : "_OTHER";
      },
      [](protocol::ExchangeError error) -> std::string_view {
        return error == protocol::ExchangeError::kNone ? "" : "connection_reset";
      }};
}

inline protocol::Exchange exchange_for(std::string_view path, std::uint16_t status = 200) {
  protocol::Exchange made;
  made.method = protocol::HttpMethod::kGet;
  made.status = status;
  made.path = path;
  made.queue = std::chrono::microseconds{50};
  made.time_to_first_byte = std::chrono::milliseconds{2};
  made.duration = std::chrono::milliseconds{3};
  made.request_bytes = 100;
  made.response_bytes = 250;
  return made;
}

inline WallTime at_second(int second) { return WallTime{std::chrono::seconds{1'700'000'000 + second}}; }

inline constexpr ServiceContext kShop{"shop", 1, 8080};

/// nullptr if there is none.
inline const Family* find_family(const Snapshot& snapshot, std::string_view name) {
  const auto found = std::find_if(snapshot.families.begin(), snapshot.families.end(),
                                  [&](const Family& family) { return family.name == name; });
  return found == snapshot.families.end() ? nullptr : &*found;
}

/// `name="value"` of every label, as a scrape would show them.
inline std::string text_of(const SeriesIdentity& identity) {
  std::string text;
  for (const Label& label : identity.labels) text += (text.empty() ? "" : ",") + label.name + "=" + label.value;
  return text;
}

/// The series whose labels read `labels`; nullptr if there is none.
inline const Series* find_series(const Snapshot& snapshot, std::string_view family_name, std::string_view labels) {
  const Family* family = find_family(snapshot, family_name);
  if (family == nullptr) return nullptr;
  const auto found = std::find_if(family->series.begin(), family->series.end(),
                                  [&](const Series& series) { return text_of(*series.identity) == labels; });
  return found == family->series.end() ? nullptr : &*found;
}

}  // namespace sonde::measure
