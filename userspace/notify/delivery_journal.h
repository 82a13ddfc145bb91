#pragma once

#include <span>

#include "base/result.h"
#include "notify/types.h"

namespace sonde::notify {

/// Where the steps of deliveries are kept, so that a restart loses none and repeats none without saying so.
class DeliveryJournal {
 public:
  virtual ~DeliveryJournal() = default;

  /// Keeps steps, all of them or none. One that leases a delivery is on disk before its first byte leaves.
  /// errors: any; the journal then keeps them itself until it can, and messages are sent nonetheless, unless it is
  /// shared.  threads: any.
  virtual Result<> keep(std::span<const DeliveryRecord> records) = 0;

  /// True if others carry messages from it, too: then none leaves whose lease it could not keep, for somebody else may
  /// be sending it. It waits until the journal can.
  [[nodiscard]] virtual bool is_shared() const { return false; }
};

}  // namespace sonde::notify
