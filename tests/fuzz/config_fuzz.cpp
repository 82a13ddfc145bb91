#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "app/alert_language.h"
#include "base/utf8.h"
#include "config/load.h"

namespace {

constexpr std::string_view kSecret = "7b41c0de";

/// Has every file and variable, each with an address that may or may not be one.
struct AnySecrets final : sonde::config::SecretSource {
  [[nodiscard]] sonde::Result<std::string> file(const std::string& path) const override {
    return (path.size() % 2 == 0 ? "https://hooks.example/" : "hooks.example/") + std::string(kSecret);
  }
  [[nodiscard]] sonde::Result<> can_read(const std::string& path) const override {
    if (path.size() % 2 == 0) return sonde::Ok{};
    return sonde::Error{sonde::Code::kNotFound, "no such file"};
  }
  [[nodiscard]] std::optional<std::string> variable(const std::string& name) const override {
    return "https://" + name + "/" + std::string(kSecret);
  }
};

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = sonde::config::load(text, "fuzz.yaml", {AnySecrets{}, sonde::app::alert_language()});
  if (config) return 0;
  require(!config.error().empty());
  int line = 0;
  for (const auto& fault : config.error()) {
    require(fault.line >= line && fault.column >= 0 && !fault.what.empty());
    require(sonde::is_valid_utf8(fault.path) && sonde::is_valid_utf8(fault.what));
    line = fault.line;
  }
  const bool in_input = text.find(kSecret) != std::string_view::npos;
  require(in_input || sonde::config::render_faults(config.error()).find(kSecret) == std::string::npos);
  return 0;
}
