#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "host/collectors.h"
#include "host/fields.h"

namespace sonde::host {
namespace {

struct DmiFile {
  std::string_view file;
  std::string_view label;
};

constexpr std::array kDmiFiles = {
    DmiFile{"bios_date", "bios_date"},
    DmiFile{"bios_release", "bios_release"},
    DmiFile{"bios_vendor", "bios_vendor"},
    DmiFile{"bios_version", "bios_version"},
    DmiFile{"board_asset_tag", "board_asset_tag"},
    DmiFile{"board_name", "board_name"},
    DmiFile{"board_serial", "board_serial"},
    DmiFile{"board_vendor", "board_vendor"},
    DmiFile{"board_version", "board_version"},
    DmiFile{"chassis_asset_tag", "chassis_asset_tag"},
    DmiFile{"chassis_serial", "chassis_serial"},
    DmiFile{"chassis_vendor", "chassis_vendor"},
    DmiFile{"chassis_version", "chassis_version"},
    DmiFile{"product_family", "product_family"},
    DmiFile{"product_name", "product_name"},
    DmiFile{"product_serial", "product_serial"},
    DmiFile{"product_sku", "product_sku"},
    DmiFile{"product_uuid", "product_uuid"},
    DmiFile{"product_version", "product_version"},
    DmiFile{"sys_vendor", "system_vendor"},
};

}  // namespace

/// What the firmware says of the machine. Serial numbers are for root only: without it those labels are absent.
Result<> collect_dmi(const CollectContext& context, ReadingWriter& out) {
  SONDE_TRY(context.files.list_sys("class/dmi/id"));  // most virtual machines have none
  std::vector<Tag> tags;
  std::optional<Error> failure;
  std::string path;
  for (const DmiFile& dmi : kDmiFiles) {
    path.assign("class/dmi/id/").append(dmi.file);
    Result<std::string_view> text = context.files.read_sys(path);
    if (text) {
      tags.push_back(Tag{std::string(dmi.label), sanitise_utf8(trim(*text))});
    } else if (!failure || failure->code == Code::kNotFound) {
      failure = std::move(text).error();
    }
  }
  if (tags.empty()) return *std::move(failure);
  out.gauge("node_dmi_info", "1, labelled with what the firmware says of the machine (DMI).").add(1, std::move(tags));
  return Ok{};
}

}  // namespace sonde::host
