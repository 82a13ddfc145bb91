#include <chrono>
#include <memory>
#include <string>

#include "notify/payload.h"
#include "notify/sender_kinds.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

// sysexits.h: EX_TEMPFAIL, "the user is invited to try again".
constexpr int kTemporaryFailure = 75;

/// What the program said of it, which is there for the operator to read.
std::string with_words(std::string text, const ProgramEnd& end) {
  constexpr std::size_t kLongestWords = 200;
  const std::string line = end.said.substr(0, end.said.find('\n'));
  return line.empty() ? text : text + ": " + shorten(line, kLongestWords);
}

Attempt judge(const Result<ProgramEnd>& ran) {
  if (!ran) {
    const bool is_hopeless = ran.error().code == Code::kBadConfig;
    return {.outcome = is_hopeless ? Outcome::kRefused : Outcome::kRetry, .error = ran.error().what};
  }
  // Nobody knows how far a program came that did not end by itself.
  if (ran->signal) {
    return {.error = with_words("the program was ended by signal " + std::to_string(*ran->signal), *ran),
            .may_have_arrived = true};
  }
  if (!ran->exit_code) {
    return {.error = with_words("the program took longer than notify.timeout and was killed", *ran),
            .may_have_arrived = true};
  }
  const std::string text = "exit code " + std::to_string(*ran->exit_code);
  if (*ran->exit_code == 0) return {.outcome = Outcome::kDelivered, .receipt = {"", "", text}};
  const bool is_temporary = *ran->exit_code == kTemporaryFailure;
  return {.outcome = is_temporary ? Outcome::kRetry : Outcome::kRefused, .error = with_words(text, *ran)};
}

class ProgramSender final : public Sender {
 public:
  ProgramSender(const Program& to, const SenderParts& parts)
      : to_(to), channel_(parts.channel), programs_(parts.transports.programs), timeout_(parts.timeout) {}

  Attempt send(const Outgoing& outgoing) override {
    const std::string input = program_payload(
        outgoing.notification,
        {.channel = channel_, .id = outgoing.id, .attempt = outgoing.attempt, .remarks = remarks_of(outgoing)});
    return judge(programs_.run(to_.arguments, input, timeout_));
  }

  [[nodiscard]] bool is_idempotent() const override { return false; }

 private:
  const Program& to_;
  const std::string channel_;
  ProgramRunner& programs_;
  const std::chrono::nanoseconds timeout_;
};

}  // namespace

std::unique_ptr<Sender> new_sender(const Program& to, const SenderParts& parts) {
  return std::make_unique<ProgramSender>(to, parts);
}

}  // namespace sonde::notify
