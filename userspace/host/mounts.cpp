#include "host/mounts.h"

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "host/fields.h"

namespace sonde::host {
namespace {

constexpr std::size_t kEscapeBytes = 4;  // \040

/// The kernel writes blanks, tabs, line ends, backslashes and # as \ and three octal digits (mangle() in
/// fs/seq_file.c).
std::string without_escapes(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const bool may_be = text.front() == '\\' && text.size() >= kEscapeBytes;
    const auto code = may_be ? to_count(text.substr(1, kEscapeBytes - 1), 8) : std::nullopt;
    const bool is_escape = code && *code <= 0xFF;
    plain += is_escape ? static_cast<char>(*code) : text.front();
    text.remove_prefix(is_escape ? kEscapeBytes : 1);
  }
  return plain;
}

}  // namespace

std::vector<Mount> parse_mounts(std::string_view text) {
  std::vector<Mount> mounts;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> places;
  for (const std::string_view line : Lines(text)) {
    Fields fields(line);
    Mount mount;
    mount.device = without_escapes(fields.next());
    mount.mount_point = without_escapes(fields.next());
    mount.type = without_escapes(fields.next());
    mount.options = fields.next();
    if (mount.options.empty()) continue;
    const auto [known, is_new] = places.try_emplace({mount.device, mount.mount_point, mount.type}, mounts.size());
    if (is_new) {
      mounts.push_back(std::move(mount));
    } else {
      mounts[known->second].options = std::move(mount.options);
    }
  }
  return mounts;
}

}  // namespace sonde::host
