#include "history/json_fields.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <set>
#include <system_error>
#include <utility>

#include "base/utf8.h"
#include "history/json_arrays.h"

namespace sonde::history {
namespace {

constexpr std::string_view kInfinity = "Inf";
constexpr std::string_view kMinusInfinity = "-Inf";
constexpr std::string_view kNan = "NaN";
constexpr std::uint64_t kNanBits = 0x7FF8000000000000;
constexpr std::string_view kHex = "hex";
constexpr std::string_view kWall = "wall_ns";
constexpr std::string_view kElapsed = "elapsed_ns";
constexpr std::string_view kDigits = "0123456789abcdef";

std::string hex_of(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

bool read_hex(std::string_view text, std::string& bytes) {
  if (text.size() % 2 != 0) return false;
  bytes.clear();
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::size_t high = kDigits.find(text[i]);
    const std::size_t low = kDigits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    bytes += static_cast<char>(high << 4U | low);
  }
  return true;
}

bool fits_an_object(const store::Labels& labels) {
  std::set<std::string_view> names;
  for (const measure::Label& label : labels) {
    if (!names.insert(label.name).second) return false;
    if (!is_valid_utf8(label.name) || !is_valid_utf8(label.value)) return false;
  }
  return true;
}

bool read_pair(const Json& json, measure::Label& label) {
  return json.is_array() && json.size() == 2 && read(json[0], label.name) && read(json[1], label.value);
}

}  // namespace

std::string number_text(double value) {
  if (std::isinf(value)) return std::string(value > 0 ? kInfinity : kMinusInfinity);
  std::array<char, 32> text{};
  if (std::isnan(value)) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    if (bits == kNanBits) return std::string(kNan);
    const auto end = std::to_chars(text.data(), text.data() + text.size(), bits, 16).ptr;
    return std::string(kNan) + ":" + std::string(text.data(), end);
  }
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

bool read_number(std::string_view text, double& value) {
  if (text == kInfinity || text == kMinusInfinity) {
    value = std::numeric_limits<double>::infinity() * (text == kInfinity ? 1 : -1);
    return true;
  }
  const char* end = text.data() + text.size();
  if (text.starts_with(kNan)) {
    std::uint64_t bits = kNanBits;
    if (text != kNan) {
      text.remove_prefix(std::min(text.size(), kNan.size() + 1));
      const auto [stop, fault] = std::from_chars(text.data(), end, bits, 16);
      if (fault != std::errc{} || stop != end) return false;
    }
    value = std::bit_cast<double>(bits);
    return std::isnan(value);
  }
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  // from_chars also takes spellings of what is not finite.
  return fault == std::errc{} && stop == end && std::isfinite(value);
}

Json json_of(bool value) { return value; }
Json json_of(std::uint32_t value) { return value; }
Json json_of(std::uint64_t value) { return value; }
Json json_of(std::int64_t value) { return value; }
Json json_of(double value) { return number_text(value); }
Json json_of(std::chrono::nanoseconds value) { return value.count(); }

Json json_of(const std::string& value) {
  if (is_valid_utf8(value)) return value;
  Json json = Json::object();
  json.emplace(kHex, hex_of(value));
  return json;
}

Json json_of(const alerts::Moment& value) {
  Json json = Json::object();
  json.emplace(kWall, value.wall.time_since_epoch().count());
  json.emplace(kElapsed, value.elapsed.count());
  return json;
}

Json json_of(const store::Labels& value) {
  if (fits_an_object(value)) {
    Json json = Json::object();
    for (const measure::Label& label : value) json.emplace(label.name, label.value);
    return json;
  }
  Json json = Json::array();
  for (const measure::Label& label : value) json.push_back(Json::array({json_of(label.name), json_of(label.value)}));
  return json;
}

Json json_of(const std::vector<store::Labels>& value) { return array_of(value); }
Json json_of(const std::vector<std::string>& value) { return array_of(value); }
Json json_of(const std::vector<std::chrono::nanoseconds>& value) { return array_of(value); }
Json json_of(WallTime value) { return value.time_since_epoch().count(); }
Json json_of(const std::optional<WallTime>& value) { return value ? json_of(*value) : Json(nullptr); }
Json json_of(const std::optional<alerts::Moment>& value) { return value ? json_of(*value) : Json(nullptr); }

bool read(const Json& json, bool& value) {
  if (!json.is_boolean()) return false;
  value = json.get<bool>();
  return true;
}

bool read(const Json& json, std::uint64_t& value) {
  if (!json.is_number_unsigned()) return false;
  value = json.get<std::uint64_t>();
  return true;
}

bool read(const Json& json, std::uint32_t& value) {
  std::uint64_t wide = 0;
  if (!read(json, wide) || wide > std::numeric_limits<std::uint32_t>::max()) return false;
  value = static_cast<std::uint32_t>(wide);
  return true;
}

bool read(const Json& json, double& value) {
  const auto* text = json.get_ptr<const std::string*>();
  return text != nullptr && read_number(*text, value);
}

bool read(const Json& json, std::string& value) {
  if (const auto* text = json.get_ptr<const std::string*>()) {
    value = *text;
    return true;
  }
  const auto hex = json.find(kHex);
  if (hex == json.end()) return false;
  const auto* text = hex->get_ptr<const std::string*>();
  return text != nullptr && read_hex(*text, value);
}

bool read(const Json& json, std::int64_t& value) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (!json.is_number_integer() || (json.is_number_unsigned() && json.get<std::uint64_t>() > kMost)) return false;
  value = json.get<std::int64_t>();
  return true;
}

bool read(const Json& json, std::chrono::nanoseconds& value) {
  std::int64_t ns = 0;
  if (!read(json, ns)) return false;
  value = std::chrono::nanoseconds{ns};
  return true;
}

bool read(const Json& json, WallTime& value) {
  std::int64_t ns = 0;
  if (!read(json, ns)) return false;
  value = WallTime{std::chrono::nanoseconds{ns}};
  return true;
}

bool read(const Json& json, std::optional<WallTime>& value) { return read_optional(json, value); }
bool read(const Json& json, std::optional<alerts::Moment>& value) { return read_optional(json, value); }

bool read(const Json& json, alerts::Moment& value) {
  const auto wall = json.find(kWall);
  const auto elapsed = json.find(kElapsed);
  std::chrono::nanoseconds since_epoch{0};
  if (wall == json.end() || elapsed == json.end() || !read(*wall, since_epoch)) return false;
  value.wall = WallTime{since_epoch};
  return read(*elapsed, value.elapsed);
}

bool read(const Json& json, store::Labels& value) {
  value.clear();
  if (json.is_array()) {
    for (const Json& pair : json) {
      if (!read_pair(pair, value.emplace_back())) return false;
    }
    return true;
  }
  if (!json.is_object()) return false;
  for (const auto& [name, text] : json.items()) {
    measure::Label& label = value.emplace_back();
    label.name = name;
    if (!read(text, label.value)) return false;
  }
  return true;
}

bool read(const Json& json, std::vector<store::Labels>& value) { return read_array(json, value); }
bool read(const Json& json, std::vector<std::string>& value) { return read_array(json, value); }
bool read(const Json& json, std::vector<std::chrono::nanoseconds>& value) { return read_array(json, value); }

}  // namespace sonde::history
