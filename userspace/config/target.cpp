#include "config/target.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/nearest_word.h"
#include "base/utf8.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

constexpr std::array<std::string_view, 4> kKinds{"port", "pid", "cgroup", "process"};
constexpr std::string_view kForms = "write port:8080, pid:123, cgroup:/sys/fs/cgroup/DIRECTORY or process:nginx";
constexpr std::size_t kMaxCommBytes = 15;    // TASK_COMM_LEN without the final zero
constexpr std::int64_t kMaxPid = 4'194'304;  // PID_MAX_LIMIT of 64-bit kernels

Error refuse(std::string_view item, const std::string& why) {
  return Error{Code::kBadInput, shown_value(item) + " " + why};
}

template <class T>
Ok add_once(std::vector<T>& list, T value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
  return Ok{};
}

Result<> add_port(std::string_view item, std::string_view value, capture::TargetFilter& into) {
  const auto number = parse_whole_number(value);
  if (!number || *number == 0 || *number > std::numeric_limits<std::uint16_t>::max()) {
    return refuse(item, "names no TCP port: a port is a number from 1 to 65535");
  }
  return add_once(into.ports, static_cast<std::uint16_t>(*number));
}

Result<> add_pid(std::string_view item, std::string_view value, capture::TargetFilter& into) {
  const auto number = parse_whole_number(value);
  if (!number || *number == 0 || *number > kMaxPid) {
    return refuse(item, "names no process: a pid is a number from 1 to " + std::to_string(kMaxPid));
  }
  return add_once(into.pids, static_cast<std::int32_t>(*number));
}

Result<> add_cgroup(std::string_view item, std::string_view value, capture::TargetFilter& into) {
  if (!value.starts_with('/')) {
    return refuse(item, "needs an absolute path, such as cgroup:/sys/fs/cgroup/system.slice/nginx.service");
  }
  return add_once(into.cgroup_paths, std::string(value));
}

Result<> add_process(std::string_view item, std::string_view value, capture::TargetFilter& into) {
  if (value.empty()) return refuse(item, "needs a process name, such as process:nginx");
  if (value.size() > kMaxCommBytes) {
    return refuse(item, "is too long: the kernel keeps the first 15 bytes of a process name, write process:" +
                            sanitise_utf8(value.substr(0, kMaxCommBytes)));
  }
  return add_once(into.process_names, std::string(value));
}

}  // namespace

Result<> parse_target(std::string_view item, capture::TargetFilter& into) {
  const std::size_t colon = item.find(':');
  const std::string_view kind = item.substr(0, colon);
  const std::string_view value = colon == std::string_view::npos ? std::string_view{} : item.substr(colon + 1);
  if (colon != std::string_view::npos) {
    if (kind == "port") return add_port(item, value, into);
    if (kind == "pid") return add_pid(item, value, into);
    if (kind == "cgroup") return add_cgroup(item, value, into);
    if (kind == "process") return add_process(item, value, into);
  }
  const std::string_view meant = nearest_word(kind, kKinds);
  const std::string hint = meant.empty() ? "" : ", did you mean '" + std::string(meant) + ":'?";
  return refuse(item, "is no target" + hint + "; " + std::string(kForms));
}

}  // namespace sonde::config
