#include "store/label_index.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace sonde::store {

std::size_t LabelIndex::value_bytes(const std::string& text) {
  constexpr std::size_t kNodeBytes = 48;  // links, colour, the allocator's own
  return kNodeBytes + sizeof(Values::value_type) + (text.capacity() > 15 ? text.capacity() + 16 : 0);
}

std::vector<LabelIndex::Entry> LabelIndex::add(SeriesSlot slot, const Labels& labels) {
  std::vector<Entry> entries;
  entries.reserve(labels.size());
  for (const measure::Label& label : labels) {
    const auto [name, is_new_name] = names_.try_emplace(label.name);
    if (is_new_name) text_bytes_ += value_bytes(name->first);
    const auto [value, is_new_value] = name->second.try_emplace(label.value);
    if (is_new_value) text_bytes_ += value_bytes(value->first);
    Postings& postings = value->second;
    postings.insert(std::upper_bound(postings.begin(), postings.end(), slot), slot);
    ++posting_count_;
    entries.push_back({&*name, &*value});
  }
  return entries;
}

void LabelIndex::remove(std::span<const Leaver> leavers) {
  std::unordered_set<SeriesSlot> gone;
  std::unordered_map<const Values::value_type*, const Names::value_type*> touched;
  for (const Leaver& leaver : leavers) {
    gone.insert(leaver.slot);
    posting_count_ -= leaver.labels.size();
    for (const Entry& entry : leaver.labels) touched.emplace(entry.value, entry.name);
  }
  for (const auto& [value, name] : touched) {
    // The index owns both; entries show them read-only to everyone else.
    Postings& postings = names_.find(name->first)->second.find(value->first)->second;
    std::erase_if(postings, [&](SeriesSlot slot) { return gone.contains(slot); });
    if (postings.empty()) {
      erase_value(name->first, value->first);
    } else if (postings.capacity() > 2 * postings.size()) {
      postings.shrink_to_fit();
    }
  }
}

void LabelIndex::erase_value(const std::string& name, const std::string& value) {
  const auto names_row = names_.find(name);
  const auto value_row = names_row->second.find(value);
  text_bytes_ -= value_bytes(value_row->first);
  names_row->second.erase(value_row);
  if (!names_row->second.empty()) return;
  text_bytes_ -= value_bytes(names_row->first);
  names_.erase(names_row);
}

const LabelIndex::Values::value_type* LabelIndex::find(std::string_view name, std::string_view value) const {
  const auto names_row = names_.find(name);
  if (names_row == names_.end()) return nullptr;
  const auto value_row = names_row->second.find(value);
  return value_row == names_row->second.end() ? nullptr : &*value_row;
}

}  // namespace sonde::store
