#include "bpf/proc_figures.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace sonde::test {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::uint64_t ProcFigures::stat(std::size_t field) const {
  const std::string text = text_of(directory_ + "/stat");
  // The second field, a name in brackets, may hold anything.
  std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 1)));
  std::string value;
  for (std::size_t i = 3; i <= field; ++i) fields >> value;
  return std::strtoull(value.c_str(), nullptr, 10);
}

std::uint64_t ProcFigures::number(const std::string& file, const std::string& key) const {
  std::istringstream lines(text_of(directory_ + "/" + file));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(key + ":")) return std::strtoull(line.c_str() + key.size() + 1, nullptr, 10);
  }
  return 0;
}

std::chrono::nanoseconds ProcFigures::schedule(std::size_t field) const {
  std::istringstream fields(text_of(directory_ + "/schedstat"));
  std::int64_t value = 0;
  for (std::size_t i = 0; i <= field; ++i) fields >> value;
  return std::chrono::nanoseconds{value};
}

std::chrono::nanoseconds ProcFigures::cpu_time() const {
  const auto ticks = static_cast<std::int64_t>(stat(14) + stat(15));
  return std::chrono::nanoseconds{1'000'000'000 / ::sysconf(_SC_CLK_TCK)} * ticks;
}

std::size_t ProcFigures::open_fds() const {
  const std::filesystem::directory_iterator entries(directory_ + "/fd");
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

std::vector<ProcFigures> ProcFigures::threads() const {
  std::vector<ProcFigures> all;
  for (const auto& entry : std::filesystem::directory_iterator(directory_ + "/task")) {
    all.emplace_back(entry.path().string());
  }
  return all;
}

}  // namespace sonde::test
