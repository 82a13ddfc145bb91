#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "probe/conversation.h"

namespace sonde::probe {

/// Whose address is wanted.
struct Question {
  std::string host;  ///< a name or an address; of IPv6 without brackets
  std::uint16_t port = 0;
  int ip_protocol = 0;  ///< 4 or 6; 0: whichever there is
};

/// A name that is being looked up. Whoever does not want the answer any more lets go of it.
class Lookup {
 public:
  struct State {
    bool done = false;
    std::string fault;  ///< why there is no address, in plain words
    Peer peer;          ///< the first address
    std::size_t token = 0;
  };

  explicit Lookup(std::shared_ptr<const State> state) : state_(std::move(state)) {}

  [[nodiscard]] bool is_done() const { return state_->done; }
  [[nodiscard]] const std::string& fault() const { return state_->fault; }
  [[nodiscard]] const Peer& peer() const { return state_->peer; }

 private:
  std::shared_ptr<const State> state_;
};

/// Looks names up without waiting, by c-ares: /etc/hosts, then the name servers of /etc/resolv.conf, which is read anew
/// when it has changed.
/// threads: one.
class Resolver {
 public:
  /// Told what a descriptor of c-ares waits for; neither to read nor to write: nothing any more.
  using Watch = std::function<void(const Wait& wait)>;

  /// errors: kUnsupported if c-ares cannot start.
  [[nodiscard]] static Result<std::unique_ptr<Resolver>> create(Watch watch);
  ~Resolver();

  [[nodiscard]] std::unique_ptr<Lookup> look_up(const Question& question, std::size_t token);

  /// To be called when a descriptor is ready, and while it is asking when patience() is over; does no harm otherwise.
  void proceed();

  [[nodiscard]] bool is_asking() const;

  /// How long to wait for it at most.
  [[nodiscard]] std::chrono::milliseconds patience(std::chrono::milliseconds most) const;

  /// The tokens of lookups that are done since the last time.
  std::vector<std::size_t> take_woken();

 private:
  class Impl;
  explicit Resolver(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonde::probe
