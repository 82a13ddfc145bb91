#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "host/collectors.h"
#include "host/os_release.h"

namespace sonde::host {
namespace {

struct OsField {
  std::string_view key;
  std::string_view label;
};

constexpr std::array kOsFields = {
    OsField{"BUILD_ID", "build_id"},
    OsField{"ID", "id"},
    OsField{"ID_LIKE", "id_like"},
    OsField{"IMAGE_ID", "image_id"},
    OsField{"IMAGE_VERSION", "image_version"},
    OsField{"NAME", "name"},
    OsField{"PRETTY_NAME", "pretty_name"},
    OsField{"VARIANT", "variant"},
    OsField{"VARIANT_ID", "variant_id"},
    OsField{"VERSION", "version"},
    OsField{"VERSION_CODENAME", "version_codename"},
    OsField{"VERSION_ID", "version_id"},
};

Tag read_tag(std::string_view text, const OsField& field) {
  return Tag{std::string(field.label), sanitise_utf8(find_os_release(text, field.key))};
}

Result<std::string_view> read_os_release(HostFiles& files) {
  Result<std::string_view> text = files.read_root("etc/os-release");
  if (!text && text.error().code == Code::kNotFound) return files.read_root("usr/lib/os-release");
  return text;
}

}  // namespace

Result<> collect_os(const CollectContext& context, ReadingWriter& out) {
  const std::string_view text = SONDE_TRY(read_os_release(context.files));
  std::vector<Tag> info;
  for (const OsField& field : kOsFields) info.push_back(read_tag(text, field));
  out.gauge("node_os_info", "1, labelled with what os-release(5) says of the operating system.")
      .add(1, std::move(info));
  const std::optional<double> version = to_major_minor(find_os_release(text, "VERSION_ID"));
  if (version) {
    out.gauge("node_os_version", "Version of the operating system, up to the second dot.")
        .add(*version,
             {read_tag(text, {"ID", "id"}), read_tag(text, {"ID_LIKE", "id_like"}), read_tag(text, {"NAME", "name"})});
  }
  return Ok{};
}

}  // namespace sonde::host
