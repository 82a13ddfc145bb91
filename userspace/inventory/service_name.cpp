#include "inventory/service_name.h"

#include "base/utf8.h"

namespace sonde::inventory {

std::string to_service_name(std::string_view raw) {
  std::string name = sanitise_utf8(raw);
  if (name.empty()) return std::string(kUnknownService);
  if (name.size() <= kMaxNameBytes) return name;
  std::size_t end = kMaxNameBytes;
  while ((static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
  name.resize(end);
  return name;
}

}  // namespace sonde::inventory
