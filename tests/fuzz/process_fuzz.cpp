// Whatever bytes come out of the process sensor, or of a file that claims to be one: no crash, and nothing absurd
// passes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <variant>

#include "decode/process_decoder.h"

namespace {

using namespace sonde::decode;

void check(const Usage& usage) {
  if (usage.user.count() < 0 || usage.system.count() < 0 || usage.run_queue_wait.count() < 0) std::abort();
}

void check(const ProcessFacts& process) {
  if (process.identity.pid <= 0 || process.parent_pid < 0 || process.process_name.size() > 15) std::abort();
  check(process.usage);
}

/// Empty, or from the root on and without a slash too many.
void check_path(const std::string& path) {
  if (path.empty() || path == "/") return;
  if (path.front() != '/' || path.back() == '/' || path.size() >= 512) std::abort();
  if (path.find("//") != path.npos || path.find('\n') != path.npos || path.find('\0') != path.npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> record(reinterpret_cast<const std::byte*>(data), size);
  ProcessEvent event;
  if (decode_process(record, event)) return 0;
  if (const auto* thread = std::get_if<ThreadSampled>(&event)) {
    if (thread->pid <= 0 || thread->tid <= 0) std::abort();
    check(thread->usage);
    return 0;
  }
  if (const auto* killed = std::get_if<OomKilled>(&event)) check_path(killed->memory_cgroup);
  std::visit(
      [](const auto& known) {
        if constexpr (requires { known.process; }) check(known.process);
      },
      event);
  return 0;
}
