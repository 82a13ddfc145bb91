#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "probe/patterns.h"
#include "probe/types.h"

namespace sonde::probe {

/// What is thought of an answer so far.
struct Opinion {
  bool needs_more = false;
  std::string reason{};         ///< why it is not good, in plain words; empty: it is
  bool failed_by_body = false;  ///< what was expected was not found
};

/// What is said over a connection, and what is thought of the answer.
class Dialogue {
 public:
  virtual ~Dialogue() = default;

  /// All of what is sent, at once; may be empty.
  [[nodiscard]] virtual std::string opening() const = 0;

  /// `received` is everything since the beginning, `is_all` whether the other side has closed or nothing more is read.
  [[nodiscard]] virtual Opinion judge(std::string_view received, bool is_all) const = 0;
};

/// TcpProbe's.  owner: the caller keeps both alive.
std::unique_ptr<Dialogue> speak_tcp(const ProbeTarget& target, const Patterns& patterns);

/// A login, if the target has one, and PING (RESP). Without a login, an answer that asks for one is good: it answers.
/// owner: the caller keeps the target alive.
std::unique_ptr<Dialogue> speak_redis(const ProbeTarget& target);

}  // namespace sonde::probe
