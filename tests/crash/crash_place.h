#pragma once

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "support/loopback_http_server.h"
#include "unit/history/history_place.h"

namespace sonde::test {

/// The program that is killed.
class Carrier {
 public:
  Carrier(const std::string& history, const std::string& url, std::vector<std::string> arguments) {
    std::vector<std::string> all{SONDE_CRASH_OUTBOX, history, url};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (std::string& argument : all) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    // What it leaves in the id when it fails is not said.
    const int fault = ::posix_spawn(&pid_, SONDE_CRASH_OUTBOX, nullptr, nullptr, pointers.data(), environ);
    if (fault != 0) pid_ = -1;
    EXPECT_EQ(fault, 0) << SONDE_CRASH_OUTBOX;
  }
  ~Carrier() {
    if (pid_ > 0) kill();
  }
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;

  /// Its wait status.
  int wait() {
    int status = 0;
    if (pid_ <= 0) return status;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    pid_ = -1;
    return status;
  }
  int kill() {
    // To -1 it would go to every process of the machine.
    if (pid_ <= 0) {
      ADD_FAILURE() << SONDE_CRASH_OUTBOX << " was not started";
      return 0;
    }
    ::kill(pid_, SIGKILL);
    return wait();
  }

 private:
  pid_t pid_ = -1;
};

/// One message as the receiver saw it.
struct Heard {
  std::string channel;
  std::int64_t incident = 0;
  std::uint64_t number = 0;
  std::string kind;
  std::string key;  ///< what it is told apart by; empty: nothing
  bool marked = false;
  Behaviour behaviour = Behaviour::kAnswers;
  int status = 200;

  [[nodiscard]] bool is_page() const { return kind == "firing" || kind == "update"; }
  /// Accepted, or accepted and the answer lost.
  [[nodiscard]] bool arrived() const { return behaviour != Behaviour::kAnswers || status == 200; }
};

/// A history, a receiver that answers as its script says, and what it has heard.
class CrashPlace {
 public:
  explicit CrashPlace(std::deque<ScriptedReply> script = {}) : script_(script), server_(std::move(script)) {}

  [[nodiscard]] Carrier start(std::vector<std::string> arguments) const {
    return {place_.path(), server_.url(), std::move(arguments)};
  }

  /// Runs it to its end, which is its own.
  void finish(const std::string& mode) const {
    const int status = start({mode}).wait();
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << mode << " ended with " << status;
  }

  /// Runs it until it has killed itself.
  void die(const std::string& mode, const std::string& point) const {
    const int status = start({mode, point}).wait();
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << point << " was not reached: " << status;
  }

  [[nodiscard]] std::vector<Heard> heard() const {
    std::vector<Heard> all;
    const auto requests = server_.requests();
    for (std::size_t i = 0; i < requests.size(); ++i) {
      Heard heard = read(requests[i]);
      if (i < script_.size()) heard.behaviour = script_[i].behaviour;
      if (i < script_.size()) heard.status = script_[i].status;
      all.push_back(std::move(heard));
    }
    return all;
  }

  [[nodiscard]] std::vector<Heard> heard(const std::string& channel) const {
    std::vector<Heard> found;
    for (Heard& each : heard()) {
      if (each.channel == channel) found.push_back(std::move(each));
    }
    return found;
  }

  [[nodiscard]] const LoopbackHttpServer& server() const { return server_; }
  [[nodiscard]] const history::HistoryPlace& place() const { return place_; }

 private:
  static Heard read(const ReceivedRequest& request) {
    static const std::regex kName("i([0-9]+)n([0-9]+)(firing|update|acknowledged|resolved)e");
    Heard heard;
    heard.channel = request.path.substr(1);
    std::smatch found;
    EXPECT_TRUE(std::regex_search(request.body, found, kName)) << request.body;
    if (found.empty()) return heard;
    heard.incident = std::stoll(found[1]);
    heard.number = std::stoull(found[2]);
    heard.kind = found[3];
    const auto key = request.headers.find("idempotency-key");
    if (key != request.headers.end()) heard.key = key->second;
    heard.marked = request.body.find("may be a repeat") != std::string::npos;
    return heard;
  }

  const std::deque<ScriptedReply> script_;
  history::HistoryPlace place_;
  LoopbackHttpServer server_;
};

}  // namespace sonde::test
