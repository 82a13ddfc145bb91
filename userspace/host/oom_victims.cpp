#include "host/oom_victims.h"

#include <algorithm>
#include <cstddef>

namespace sonde::host {
namespace {

// More than can be dying at once: the killer waits for its victims' memory. Ends that were lost must not pile up.
constexpr std::size_t kMost = 1'024;

}  // namespace

void OomVictims::add(const decode::ProcessIdentity& process) {
  if (victims_.size() == kMost) victims_.pop_front();
  victims_.push_back(process);
}

bool OomVictims::take(const decode::ProcessIdentity& process) { return std::erase(victims_, process) > 0; }

}  // namespace sonde::host
