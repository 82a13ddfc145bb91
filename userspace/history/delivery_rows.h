#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "notify/types.h"

namespace sonde::history {

/// As those of alert_rows.h: a message, and everything of a delivery but its message and what its row is found by (id,
/// channel, state).
[[nodiscard]] std::string body_of(const notify::Notification& notification);
[[nodiscard]] std::string body_of(const notify::Delivery& delivery);

/// errors: of these two: kBadInput.
[[nodiscard]] Result<std::shared_ptr<const notify::Notification>> notification_of(std::string_view body);
/// Fills in what body_of() wrote.
[[nodiscard]] Result<notify::Delivery> delivery_of(notify::Delivery delivery, std::string_view body);

}  // namespace sonde::history
