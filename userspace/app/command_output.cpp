#include "app/command_output.h"

#include <cstdio>
#include <utility>

#include "app/load_parts.h"
#include "config/load.h"

namespace sonde::app {

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (!text.empty() && text.back() != '\n') std::fputc('\n', stdout);
}

int fail(const std::string& why) {
  std::fprintf(stderr, "sonde: %s\n", why.c_str());
  return 1;
}

int fail_with(const std::string& faults, const std::string& place, std::size_t count) {
  std::fwrite(faults.data(), 1, faults.size(), stderr);
  return fail(place + " has " + std::to_string(count) + (count == 1 ? " fault" : " faults"));
}

Result<config::Config> load_config(const std::optional<std::string>& path) {
  if (!path) return config::Config{};
  auto loaded = config::load_file(*path, load_parts());
  if (!loaded)
    return Error{Code::kBadConfig, "the configuration has faults:\n" + config::render_faults(loaded.error())};
  return *std::move(loaded);
}

}  // namespace sonde::app
