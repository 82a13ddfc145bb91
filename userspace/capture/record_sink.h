#pragma once

#include <cstddef>
#include <span>

namespace sonde::capture {

/// Where records go as they are read; called on the capture thread, bytes are valid during the call only.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual void on_record(std::span<const std::byte> record) = 0;
};

}  // namespace sonde::capture
