#pragma once

#include <string>
#include <string_view>

#include "alerts/types.h"
#include "base/result.h"
#include "store/types.h"

namespace sonde::history {

/// Labels as the text they are stored and found by: equal texts, equal labels.
[[nodiscard]] std::string labels_text(const store::Labels& labels);

/// The fingerprint Prometheus gives a label set, as webhooks carry it: FNV-1a (64 bits) over its names and values, each
/// followed by the byte 255, in hexadecimal.
[[nodiscard]] std::string fingerprint_of(const store::Labels& labels);

/// Everything but what the row is found by (uid, labels), as JSON. A field that is missing when it is read has its
/// default: it is younger than the row.
[[nodiscard]] std::string body_of(const alerts::Instance& instance);
[[nodiscard]] std::string body_of(const alerts::RuleStanding& standing);
[[nodiscard]] std::string body_of(const alerts::Problem& problem);
[[nodiscard]] std::string body_of(const alerts::ExternalAlert& external);

/// errors: of these five: kBadInput.
[[nodiscard]] Result<store::Labels> labels_of(std::string_view labels_text);
[[nodiscard]] Result<alerts::Instance> instance_of(std::string uid, std::string_view labels_text,
                                                   std::string_view body);
[[nodiscard]] Result<alerts::RuleStanding> standing_of(std::string uid, std::string_view body);
[[nodiscard]] Result<alerts::Problem> problem_of(std::string_view labels_text, std::string_view body);
[[nodiscard]] Result<alerts::ExternalAlert> external_of(std::string_view labels_text, std::string_view body);

/// Equal to the last bit: NaN is the same as itself, 0 and -0 are two.
[[nodiscard]] bool is_same(const alerts::Instance& left, const alerts::Instance& right);
[[nodiscard]] bool is_same(const alerts::RuleStanding& left, const alerts::RuleStanding& right);
[[nodiscard]] bool is_same(const alerts::Problem& left, const alerts::Problem& right);
[[nodiscard]] bool is_same(const alerts::ExternalAlert& left, const alerts::ExternalAlert& right);
[[nodiscard]] bool same_bits(double left, double right);

}  // namespace sonde::history
