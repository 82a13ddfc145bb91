#pragma once

#include "base/result.h"
#include "cli/prometheus_answer.h"

namespace sonde::cli {

/// Where an answer is written.  owner: the caller.
struct AnswerStreams {
  int output_fd = 1;
  int error_fd = 2;
};

/// Writes the warnings and infos of an answer, a line for each, beside the answer itself.  errors: of the stream.
Result<> write_notes(const PrometheusAnswer& answer, const AnswerStreams& streams);

}  // namespace sonde::cli
