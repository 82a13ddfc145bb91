#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "inventory/cgroup.h"
#include "inventory/service_name.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_part_of(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sonde::inventory;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const CgroupPlace place = find_place(text);
  require(place.path.starts_with('/'));
  require(place.path == "/" || is_part_of(place.path, text));
  require(is_part_of(place.systemd_unit, place.path) && is_part_of(place.container_label, place.path));
  require(place.container_id.empty() || place.container_id.size() == 64);
  require(place.container_id.find_first_not_of("0123456789abcdef") == std::string_view::npos);
  require(place.container_id.empty() || place.container_id.starts_with(place.container_label));
  require(place.systemd_unit.empty() || place.systemd_unit.ends_with(".service"));
  for (const std::string_view raw : {place.systemd_unit, place.container_label, text}) {
    const std::string name = to_service_name(unescape_unit(raw));
    require(!name.empty() && name.size() <= kMaxNameBytes && sonde::is_valid_utf8(name));
  }
  return 0;
}
