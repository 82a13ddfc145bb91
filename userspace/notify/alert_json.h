#pragma once

#include <map>
#include <string>

#include "notify/types.h"

namespace sonde::notify {

using AlertTexts = std::map<std::string, std::string>;

/// An alert's labels as Alertmanager knows alerts: with alertname, instance and severity.
AlertTexts labels_of(const Notification& notification);

AlertTexts annotations_of(const Notification& notification);

}  // namespace sonde::notify
