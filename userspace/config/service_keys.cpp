#include <array>
#include <cstddef>
#include <string>

#include "config/sections.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

bool read_process(const Value& value, Draft& draft) {
  constexpr std::size_t kMaxCommBytes = 15;  // TASK_COMM_LEN without the final zero
  std::string name;
  if (!value.read_text(name)) return false;
  if (name.size() > kMaxCommBytes && name.find('*') == std::string::npos) {
    return value.refuse("never matches: the kernel keeps the first 15 bytes of a process name, write those");
  }
  draft.service.process = name;
  return true;
}

bool read_cgroup(const Value& value, Draft& draft) {
  std::string path;
  if (!value.read_text(path)) return false;
  if (!path.starts_with('/') && !path.starts_with('*')) {
    return value.refuse(shown_value(path) + " must start with '/' or '*', such as /system.slice/nginx.service");
  }
  draft.service.cgroup = path;
  return true;
}

bool read_container(const Value& value, Draft& draft) {
  constexpr std::size_t kShortestPrefix = 12;
  constexpr std::size_t kWholeId = 64;
  std::string id;
  if (!value.read_text(id)) return false;
  const bool hex = id.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!hex || id.size() < kShortestPrefix || id.size() > kWholeId) {
    return value.refuse(shown_value(id) +
                        " is no container id: write its first 12 to 64 hexadecimal digits, in lower case");
  }
  draft.service.container = id;
  return true;
}

constexpr std::array kMatchKeys{
    Key{.name = "executable",
        .read = [](const Value& value, Draft& draft) { return value.read_text(draft.service.executable.emplace()); }},
    Key{.name = "process", .read = read_process},
    Key{.name = "cgroup", .read = read_cgroup},
    Key{.name = "container", .read = read_container},
    Key{.name = "port",
        .read = [](const Value& value, Draft& draft) { return value.read_count(draft.service.port.emplace()); }},
};

bool read_service_name(const Value& value, Draft& draft) {
  constexpr std::size_t kMaxNameBytes = 128;
  std::string name;
  if (!value.read_text(name)) return false;
  if (name.size() > kMaxNameBytes) return value.refuse("must be at most 128 bytes long");
  draft.service.name = name;
  return true;
}

constexpr std::array kServiceKeys{
    Key{.name = "name", .read = read_service_name},
    Key{.name = "match", .shape = KeyShape::kSection, .keys = kMatchKeys},
};

}  // namespace

std::span<const Key> service_keys() { return kServiceKeys; }

void start_service(Draft& draft) { draft.service = {}; }

void finish_service(Draft& draft, const Spot& spot) {
  if (draft.log.find(spot.path + ".name") == nullptr) {
    draft.log.add(spot, "needs a name: the service_name of everything that matches");
  }
  if (draft.log.find(spot.path + ".match") == nullptr) {
    draft.log.add(spot, "needs a match with at least one of executable, process, cgroup, container, port");
  }
  draft.config.inventory.rules.push_back(draft.service);
}

}  // namespace sonde::config
