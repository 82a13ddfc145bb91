#include "cli/verb_values.h"

#include <charconv>
#include <cstdlib>
#include <utility>

#include "base/nearest_word.h"
#include "base/quantity.h"
#include "cli/daemon_address.h"

namespace sonde::cli {

Error no_such_word(const std::string& place, const std::string& word, const std::vector<std::string>& known) {
  std::string what = place + " '" + word + "' is not one of ";
  for (const std::string& name : known) what += (&name == &known.front() ? "" : ", ") + name;
  const std::string nearest(nearest_word(word, known));
  if (!nearest.empty()) what += "; did you mean '" + nearest + "'?";
  return Error{Code::kBadInput, what};
}

Result<std::chrono::nanoseconds> read_duration(const std::string& place, const std::string& text,
                                               std::chrono::nanoseconds least) {
  auto duration = parse_duration(text);
  if (!duration) return std::move(duration).error().with(place);
  if (*duration < least) {
    return Error{Code::kBadInput, place + ": '" + text + "' is shorter than " + format_duration(least)};
  }
  return duration;
}

Result<std::size_t> read_count(const std::string& place, const std::string& text, std::size_t most) {
  std::size_t count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool whole = failed == std::errc{} && end == text.data() + text.size() && count > 0;
  if (whole && count <= most) return count;
  const std::string range = whole ? "from 1 to " + std::to_string(most) : "from 1 on";
  return Error{Code::kBadInput, place + ": '" + text + "' is no whole number " + range};
}

namespace {

/// Empty if it is not set.
std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

}  // namespace

Result<DaemonAddress> read_address(const RawArguments& raw) {
  const std::string named = variable("SONDE_ADDRESS");
  DaemonAddress address;
  if (raw.address || !named.empty()) {
    auto parsed = parse_daemon_address(raw.address ? *raw.address : named);
    if (!parsed) return std::move(parsed).error().with(raw.address ? "--address" : "SONDE_ADDRESS");
    address = *std::move(parsed);
  }
  address.token_file = raw.token_file ? *raw.token_file : variable("SONDE_TOKEN_FILE");
  return address;
}

bool is_without_color(const RawArguments& raw) { return raw.no_color || !variable("NO_COLOR").empty(); }

Result<std::string> read_author(const RawArguments& raw) {
  const std::string author = raw.author ? *raw.author : variable("USER");
  if (!author.empty()) return author;
  return Error{Code::kBadInput, "--author is required where $USER is not set: somebody will ask who it was"};
}

}  // namespace sonde::cli
