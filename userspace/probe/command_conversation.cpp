#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "base/child_process.h"
#include "base/quantity.h"
#include "probe/kinds.h"
#include "probe/phase_timer.h"

namespace sonde::probe {
namespace {

constexpr std::size_t kMostOutputBytes = 4096;
/// As much as a pipe holds (pipe(7)), by pieces of 4 KiB; who writes without end must not keep the thread.
constexpr int kMostReads = 16;

std::string describe_end(const ProcessEnd& end) {
  if (!end.was_killed) return "it ended with " + std::to_string(end.number);
  const char* name = ::sigabbrev_np(end.number);
  return "it was killed by " + (name == nullptr ? "signal " + std::to_string(end.number) : std::string("SIG") + name);
}

class CommandConversation final : public Conversation {
 public:
  CommandConversation(const ProbeTarget& target, const Clock& clock) : target_(target), phases_(clock) {}

  bool advance() override;
  [[nodiscard]] Wait wait() const override { return {either_.get(), true, false}; }
  [[nodiscard]] ProbeResult result() const override;

 private:
  void begin();
  [[nodiscard]] Result<Ok> start();
  void read_output();
  void look_for_the_end();
  void end(std::string reason);

  const ProbeTarget& target_;
  PhaseTimer phases_;
  UniqueFd output_;
  std::optional<ChildProcess> process_;
  UniqueFd either_;  // an epoll of the two
  bool began_ = false;
  bool over_ = false;
  ProbeResult result_;
};

bool CommandConversation::advance() {
  if (!began_) begin();
  if (!over_) look_for_the_end();
  return over_;
}

ProbeResult CommandConversation::result() const {
  ProbeResult result = result_;
  result.phases = phases_.phases();
  if (!over_) result.reason = "it did not end within " + format_duration(target_.timeout);
  return result;
}

void CommandConversation::begin() {
  began_ = true;
  phases_.enter("run");
  const Result<Ok> started = start();
  if (!started) end("it cannot be started: " + started.error().what);
}

Result<Ok> CommandConversation::start() {
  const auto fault = [] { return Error{Code::kIo, ::strerrordesc_np(errno), errno}; };
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fault();
  output_.reset(ends[0]);
  const UniqueFd input(ends[1]);
  // Of our end only: a program need not bear with a standard output that does not block.
  if (::fcntl(output_.get(), F_SETFL, O_NONBLOCK) != 0) return fault();
  either_.reset(::epoll_create1(EPOLL_CLOEXEC));
  if (!either_) return fault();
  const std::array environment{std::string("PATH=") + kUsualPath, std::string("LANG=C")};
  process_.emplace(
      SONDE_TRY(ChildProcess::start(target_.command, environment, {.output = input.get(), .error = input.get()})));
  for (const int fd : {output_.get(), process_->fd()}) {
    epoll_event event{};
    event.events = EPOLLIN;
    if (::epoll_ctl(either_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return fault();
  }
  return Ok{};
}

/// Keeps the beginning, and makes room for the rest.
void CommandConversation::read_output() {
  std::array<char, kMostOutputBytes> bytes{};
  for (int i = 0; i < kMostReads && output_; ++i) {
    const ssize_t got = ::read(output_.get(), bytes.data(), bytes.size());
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return output_.reset();
    const std::size_t room = kMostOutputBytes - result_.output.size();
    result_.output.append(bytes.data(), std::min(static_cast<std::size_t>(got), room));
  }
}

void CommandConversation::look_for_the_end() {
  // First the end and then the output: what it wrote before it ended is in the pipe by then. Whoever else still holds
  // the pipe is not waited for.
  const Result<std::optional<ProcessEnd>> ended = process_->end(Leftovers::kAreKilled);
  read_output();
  if (!ended) return end(ended.error().what);
  if (!*ended) return;
  const ProcessEnd& how = **ended;
  result_.success = !how.was_killed && how.number == 0;
  end(result_.success ? "" : describe_end(how));
}

void CommandConversation::end(std::string reason) {
  result_.reason = std::move(reason);
  phases_.end();
  process_.reset();
  output_.reset();
  either_.reset();
  over_ = true;
}

}  // namespace

std::unique_ptr<Conversation> talk_command(const ProbeTarget& target, const Clock& clock) {
  return std::make_unique<CommandConversation>(target, clock);
}

}  // namespace sonde::probe
