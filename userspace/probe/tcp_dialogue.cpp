#include "probe/dialogue.h"

namespace sonde::probe {
namespace {

class TcpDialogue final : public Dialogue {
 public:
  TcpDialogue(const ProbeTarget& target, const Patterns& patterns) : target_(target), patterns_(patterns) {}

  [[nodiscard]] std::string opening() const override { return target_.tcp.send; }

  [[nodiscard]] Opinion judge(std::string_view received, bool is_all) const override {
    if (patterns_.answer() == nullptr) return {};
    if (re2::RE2::PartialMatch(re2::StringPiece(received.data(), received.size()), *patterns_.answer())) return {};
    if (!is_all) return {.needs_more = true};
    if (received.empty()) return {.reason = "the connection was closed without an answer", .failed_by_body = true};
    return {.reason = "the answer does not match " + target_.tcp.expect, .failed_by_body = true};
  }

 private:
  const ProbeTarget& target_;
  const Patterns& patterns_;
};

}  // namespace

std::unique_ptr<Dialogue> speak_tcp(const ProbeTarget& target, const Patterns& patterns) {
  return std::make_unique<TcpDialogue>(target, patterns);
}

}  // namespace sonde::probe
