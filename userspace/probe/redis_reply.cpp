#include "probe/redis_reply.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <initializer_list>
#include <optional>

namespace sonde::probe {
namespace {

/// The longest of its errors, about the protected mode, has some 900 bytes.
constexpr std::size_t kMostLineBytes = 2048;
constexpr std::string_view kLineEnd = "\r\n";

struct ErrorWords {
  std::string_view begins_with;
  RedisReply reply;
};

/// The first word is a promise of Redis; after ERR the words are those of its versions from 2.6 to 7.
constexpr std::array kErrors{
    ErrorWords{"NOAUTH", RedisReply::kLoginNeeded},
    ErrorWords{"WRONGPASS", RedisReply::kLoginRefused},
    ErrorWords{"ERR invalid password", RedisReply::kLoginRefused},
    ErrorWords{"ERR AUTH <password> called without any password", RedisReply::kLoginUnknown},
    ErrorWords{"ERR Client sent AUTH, but no password is set", RedisReply::kLoginUnknown},
    ErrorWords{"ERR operation not permitted", RedisReply::kLoginNeeded},
    ErrorWords{"NOPERM", RedisReply::kNotPermitted},
    ErrorWords{"LOADING", RedisReply::kLoading},
    ErrorWords{"MASTERDOWN", RedisReply::kMasterDown},
    ErrorWords{"BUSY", RedisReply::kBusy},
    ErrorWords{"MISCONF", RedisReply::kCannotSave},
    ErrorWords{"DENIED", RedisReply::kDenied},
    ErrorWords{"ERR max number of clients", RedisReply::kFull},
    ErrorWords{"ERR DB index is out of range", RedisReply::kNoDatabase},
    ErrorWords{"ERR invalid DB index", RedisReply::kNoDatabase},
};

RedisReply reply_of(std::string_view line) {
  if (line == "+PONG") return RedisReply::kPong;
  if (line == "+OK") return RedisReply::kOk;
  if (!line.starts_with('-')) return RedisReply::kOther;
  const std::string_view text = line.substr(1);
  const auto* found =
      std::ranges::find_if(kErrors, [&](const auto& each) { return text.starts_with(each.begins_with); });
  return found == kErrors.end() ? RedisReply::kOtherError : found->reply;
}

bool has_login(const ProbeTarget& target) { return !target.user.empty() || !target.password.empty(); }

std::string whose_login(const ProbeTarget& target) {
  return target.user.empty() ? "the login" : "the login of " + target.user;
}

/// Why this answer is none of a server that is up; nothing if it is no answer to complain of.
std::optional<std::string> fault_of(const ProbeTarget& target, RedisReply reply) {
  switch (reply) {
    case RedisReply::kIncomplete:
    case RedisReply::kPong:
    case RedisReply::kOk:
    case RedisReply::kNotPermitted:
      return std::nullopt;
    case RedisReply::kLoginNeeded:
      if (!has_login(target)) return std::nullopt;
      return whose_login(target) + " was not enough";
    case RedisReply::kLoginRefused:
      return whose_login(target) + " was refused";
    case RedisReply::kLoginUnknown:
      return "the server has no password, and the probe gives one";
    case RedisReply::kLoading:
      return "the server is loading its data";
    case RedisReply::kMasterDown:
      return "the replica has lost its master";
    case RedisReply::kBusy:
      return "a script keeps the server busy";
    case RedisReply::kCannotSave:
      return "the server cannot save its data to disk";
    case RedisReply::kDenied:
      return "the server lets in nobody but its own host (protected mode)";
    case RedisReply::kFull:
      return "too many connections";
    case RedisReply::kNoDatabase:
      return "the database " + target.database.database + " does not exist";
    case RedisReply::kOtherError:
      return "the server answered with an error";
    case RedisReply::kOther:
      return "the answer is not that of Redis";
  }
  std::abort();
}

void add_command(std::string& text, std::initializer_list<std::string_view> words) {
  text += '*' + std::to_string(words.size());
  text += kLineEnd;
  for (const std::string_view word : words) {
    text += '$' + std::to_string(word.size());
    text += kLineEnd;
    text += word;
    text += kLineEnd;
  }
}

}  // namespace

RedisStep parse_redis_reply(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (bytes[0] != '+' && bytes[0] != '-') return {RedisReply::kOther, 0};
  const std::size_t end = bytes.substr(0, kMostLineBytes).find(kLineEnd);
  if (end != std::string_view::npos) return {reply_of(bytes.substr(0, end)), end + kLineEnd.size()};
  if (bytes.size() < kMostLineBytes) return {};
  return {RedisReply::kOther, 0};
}

std::string redis_commands(const ProbeTarget& target) {
  std::string text;
  if (!target.user.empty()) {
    add_command(text, {"AUTH", target.user, target.password});
  } else if (!target.password.empty()) {
    add_command(text, {"AUTH", target.password});
  }
  if (!target.database.database.empty()) add_command(text, {"SELECT", target.database.database});
  add_command(text, {"PING"});
  return text;
}

RedisVerdict judge_redis(const ProbeTarget& target, std::string_view received) {
  int preparations = (has_login(target) ? 1 : 0) + (target.database.database.empty() ? 0 : 1);
  while (true) {
    const RedisStep step = parse_redis_reply(received);
    if (step.reply == RedisReply::kIncomplete) return {};
    if (std::optional<std::string> fault = fault_of(target, step.reply)) return {true, false, std::move(*fault)};
    // PONG, a wish for a login where there is none, or that PING is not for this user: it is up and has let him in.
    const bool is_last = step.reply != RedisReply::kOk && (preparations == 0 || step.reply != RedisReply::kPong);
    if (is_last) return {true, true, ""};
    if (preparations == 0 || step.reply == RedisReply::kPong) {
      return {true, false, *fault_of(target, RedisReply::kOther)};
    }
    --preparations;
    received.remove_prefix(step.consumed_bytes);
  }
}

}  // namespace sonde::probe
