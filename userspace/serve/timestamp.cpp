#include "serve/timestamp.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace sonde::serve {

std::string rfc3339(WallTime at) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  const std::time_t since_epoch = whole.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&since_epoch, &parts);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%09d", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>((at - whole).count()));
  std::string trimmed = text.data();
  trimmed.erase(trimmed.find_last_not_of('0') + 1);
  if (trimmed.back() == '.') trimmed.pop_back();
  return trimmed + 'Z';
}

}  // namespace sonde::serve
