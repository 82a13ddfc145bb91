#include "host/reading_writer.h"

#include <cassert>
#include <utility>

namespace sonde::host {

ReadingWriter& ReadingWriter::counter(std::string_view name, std::string_view help) {
  return open(name, help, ReadingType::kCounter);
}

ReadingWriter& ReadingWriter::gauge(std::string_view name, std::string_view help) {
  return open(name, help, ReadingType::kGauge);
}

ReadingWriter& ReadingWriter::untyped(std::string_view name, std::string_view help) {
  return open(name, help, ReadingType::kUntyped);
}

ReadingWriter& ReadingWriter::open(std::string_view name, std::string_view help, ReadingType type) {
  assert(help.find_first_of("\\\n\r") == std::string_view::npos);
  const auto [known, is_new] = index_.try_emplace(std::string(name), families_.size());
  open_ = known->second;
  if (is_new) families_.push_back(ReadingFamily{std::string(name), std::string(help), type, {}});
  return *this;
}

ReadingWriter& ReadingWriter::add(double value, std::vector<Tag> tags) {
  assert(open_ < families_.size());
  families_[open_].readings.push_back(Reading{value, std::move(tags)});
  return *this;
}

std::vector<ReadingFamily> ReadingWriter::take() {
  std::erase_if(families_, [](const ReadingFamily& family) { return family.readings.empty(); });
  index_.clear();
  open_ = 0;
  return std::exchange(families_, {});
}

}  // namespace sonde::host
