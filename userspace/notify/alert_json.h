#pragma once

#include <map>
#include <span>
#include <string>

#include "notify/types.h"

namespace sonde::notify {

using AlertTexts = std::map<std::string, std::string>;

/// An alert's labels as Alertmanager knows alerts. One of our own has an instance: the host it is about.
AlertTexts labels_of(const AlertLine& alert, const std::string& host);

/// Its annotations, but for those that are meant for Sonde alone.
AlertTexts annotations_of(const AlertLine& alert);

/// Where one can read on about it: what sent it, or the incident; empty if neither can be opened.
std::string generator_url_of(const Notification& notification, const AlertLine& alert);

/// What all of them have with the same value.
AlertTexts common_of(std::span<const AlertTexts> all);

/// The fingerprint Prometheus gives a label set: FNV-1a (64 bits) over its sorted names and values, each followed by
/// the byte 255.
std::string fingerprint(const AlertTexts& labels);

}  // namespace sonde::notify
