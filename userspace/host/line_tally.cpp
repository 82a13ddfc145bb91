#include "host/line_tally.h"

namespace sonde::host {

Result<> LineTally::result(const std::string& path) const {
  if (passed_over > 0) {
    const std::string lines = passed_over == 1 ? " line of " : " lines of ";
    return Error{Code::kBadInput, std::to_string(passed_over) + lines + path + " could not be read"};
  }
  if (read == 0) return Error{Code::kBadInput, "nothing of use in " + path};
  return Ok{};
}

}  // namespace sonde::host
