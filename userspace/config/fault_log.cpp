#include "config/fault_log.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "config/spelling.h"

namespace sonde::config {
namespace {

// A file of the wrong kind can hold a fault per byte; a person reads the first few.
constexpr std::size_t kMaxListed = 1000;

}  // namespace

std::string child_path(const std::string& parent, std::string_view name) {
  if (!is_plain_key(name)) return parent + "[" + shown_value(name) + "]";
  return parent.empty() ? std::string(name) : parent + "." + std::string(name);
}

void FaultLog::add(const Spot& spot, std::string what) {
  if (faults_.size() >= kMaxListed) {
    ++unlisted_;
    return;
  }
  faults_.push_back(ConfigFault{file_, spot.at.line, spot.at.column, spot.path, std::move(what)});
}

const FaultLog::Given* FaultLog::find(const std::string& path) const {
  const auto found = given_.find(path);
  return found == given_.end() ? nullptr : &found->second;
}

std::vector<ConfigFault> FaultLog::take() && {
  const auto place = [](const ConfigFault& fault) { return std::tie(fault.line, fault.column, fault.path); };
  std::stable_sort(faults_.begin(), faults_.end(),
                   [&](const ConfigFault& left, const ConfigFault& right) { return place(left) < place(right); });
  if (unlisted_ > 0) {
    ConfigFault rest = faults_.back();
    rest.path.clear();
    rest.what = "and " + std::to_string(unlisted_) + " more faults: mend these first";
    faults_.push_back(std::move(rest));
  }
  return std::move(faults_);
}

}  // namespace sonde::config
