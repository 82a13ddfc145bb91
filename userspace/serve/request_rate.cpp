#include "serve/request_rate.h"

#include <algorithm>
#include <chrono>

namespace sonde::serve {

bool RequestRate::take(std::string_view client) {
  const std::lock_guard lock(mutex_);
  Client& found = client_of(client);
  if (found.left < 1) return false;
  found.left -= 1;
  return true;
}

bool RequestRate::has_room(std::string_view client) {
  const std::lock_guard lock(mutex_);
  return client_of(client).left >= 1;
}

RequestRate::Client& RequestRate::client_of(std::string_view name) {
  const KernelTime now = clock_.kernel_now();
  const auto found = by_name_.find(std::string(name));
  if (found != by_name_.end()) {
    clients_.splice(clients_.begin(), clients_, found->second);
    Client& client = clients_.front();
    const double passed_seconds = std::chrono::duration<double>(now - client.at).count();
    client.left = std::min(limit_.burst, client.left + std::max(0.0, passed_seconds) * limit_.per_second);
    client.at = now;
    return client;
  }
  if (clients_.size() >= max_clients_) {
    by_name_.erase(clients_.back().name);
    clients_.pop_back();
  }
  clients_.push_front({std::string(name), limit_.burst, now});
  by_name_.emplace(clients_.front().name, clients_.begin());
  return clients_.front();
}

}  // namespace sonde::serve
