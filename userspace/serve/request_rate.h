#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace sonde::serve {

/// How often something may be done: `burst` times at once, and then `per_second`.
struct RateLimit {
  double per_second = 1;
  double burst = 1;
};

/// Counts for each client what it may still do. Of too many clients, those that were seen last are remembered.
/// threads: any.
class RequestRate {
 public:
  /// owner: the clock outlives it.
  RequestRate(RateLimit limit, const Clock& clock, std::size_t max_clients = 4096)
      : limit_(limit), clock_(clock), max_clients_(max_clients) {}

  /// True if the client may do it once more; that is then done.
  bool take(std::string_view client);

  /// The same without doing it.
  [[nodiscard]] bool has_room(std::string_view client);

 private:
  struct Client {
    std::string name;
    double left;
    KernelTime at;
  };

  Client& client_of(std::string_view name);

  const RateLimit limit_;
  const Clock& clock_;
  const std::size_t max_clients_;
  std::mutex mutex_;           // guards what follows
  std::list<Client> clients_;  // who was seen last stands first
  std::unordered_map<std::string, std::list<Client>::iterator> by_name_;
};

}  // namespace sonde::serve
