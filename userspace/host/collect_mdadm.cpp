#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "host/collectors.h"
#include "host/fields.h"

namespace sonde::host {
namespace {

/// One array of /proc/mdstat (md_seq_show() in drivers/md/md.c).
struct Array {
  std::string device;
  std::string state;  ///< as in kStates, or another that the kernel has and node_exporter does not tell
  std::uint64_t active = 0;
  std::uint64_t failed = 0;
  std::uint64_t spare = 0;
  std::uint64_t required = 0;
  std::uint64_t blocks = 0;  ///< units: 1024 bytes
  std::uint64_t synced_blocks = 0;
};

constexpr std::array<std::string_view, 5> kStates{"active", "inactive", "recovering", "resync", "check"};

bool contains(std::string_view text, std::string_view word) { return text.find(word) != text.npos; }

std::uint64_t count_of(std::string_view text, std::string_view word) {
  std::uint64_t count = 0;
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) ++count;
  return count;
}

/// The lines of one array: its own, which is not indented, and those below.
using Paragraph = std::vector<std::string_view>;

std::vector<Paragraph> paragraphs_of(std::string_view text) {
  std::vector<Paragraph> paragraphs;
  for (const std::string_view line : Lines(text)) {
    const bool is_head = !line.empty() && line.front() != ' ' && line.front() != '\t';
    if (is_head) paragraphs.emplace_back();
    if (!paragraphs.empty()) paragraphs.back().push_back(line);
  }
  std::erase_if(paragraphs, [](const Paragraph& each) {
    return each.front().starts_with("Personalities") || each.front().starts_with("unused");
  });
  return paragraphs;
}

/// Takes "[3/2]" out of "1953382400 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/2] [UU_]": required, active.
bool parse_members(std::string_view line, Array& array) {
  Fields fields(line);
  for (std::string_view word = fields.next(); !word.empty(); word = fields.next()) {
    if (word.size() < 2 || word.front() != '[' || word.back() != ']') continue;
    const auto halves = split(word.substr(1, word.size() - 2), '/');
    if (!halves) continue;
    const auto required = to_count(halves->before);
    const auto active = to_count(halves->after);
    if (!required || !active) continue;
    array.required = *required;
    array.active = *active;
    return true;
  }
  return false;
}

/// Takes "(12345/98765)" out of a line of progress; none while it only waits for its turn (PENDING, DELAYED, REMOTE).
std::optional<std::uint64_t> parse_progress(std::string_view line) {
  Fields fields(line);
  for (std::string_view word = fields.next(); !word.empty(); word = fields.next()) {
    if (word.front() != '(' || word.back() != ')') continue;
    const auto halves = split(word.substr(1, word.size() - 2), '/');
    if (halves && to_count(halves->before)) return to_count(halves->before);
  }
  return std::nullopt;
}

void read_progress(const Paragraph& lines, Array& array) {
  struct Kind {
    std::string_view word, state;
  };
  constexpr std::array kKinds{Kind{"recovery", "recovering"}, Kind{"check", "check"}, Kind{"resync", "resync"}};
  array.synced_blocks = array.blocks;
  const std::size_t bitmap = lines.size() > 2 && contains(lines[2], "bitmap") ? 1 : 0;
  if (lines.size() <= 2 + bitmap) return;
  const std::string_view line = lines[2 + bitmap];
  const auto* const kind =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& each) { return contains(line, each.word); });
  if (kind == kKinds.end()) return;
  array.state = kind->state;
  array.synced_blocks = parse_progress(line).value_or(0);
}

/// None if it is not what the kernel writes, such as half of it.
std::optional<Array> parse_array(const Paragraph& lines) {
  if (lines.size() < 2) return std::nullopt;
  const std::string_view head = lines[0];
  Fields words(head);
  Array array;
  array.device = sanitise_utf8(words.next());
  array.state = words.skip(1).next();
  const auto blocks = to_count(Fields(lines[1]).next());
  if (array.state.empty() || !blocks) return std::nullopt;
  array.blocks = *blocks;
  array.failed = count_of(head, "(F)");
  array.spare = count_of(head, "(S)");
  // These have no redundancy to tell of, hence no [3/2]: all of the listed members, such as sda1[0], are needed.
  const bool is_plain = contains(head, "raid0") || contains(head, "linear");
  if (is_plain) array.required = array.active = count_of(head, "[");
  if (!is_plain && !contains(head, "inactive") && !parse_members(lines[1], array)) return std::nullopt;
  read_progress(lines, array);
  return array;
}

void write_arrays(const std::vector<Array>& arrays, ReadingWriter& out) {
  out.gauge("node_md_disks_required", "Disks the array needs to be whole.");
  for (const Array& each : arrays) out.add(static_cast<double>(each.required), {{"device", each.device}});
  out.gauge("node_md_disks", "Disks of the array by state.");
  for (const Array& each : arrays) {
    out.add(static_cast<double>(each.active), {{"device", each.device}, {"state", "active"}});
    out.add(static_cast<double>(each.failed), {{"device", each.device}, {"state", "failed"}});
    out.add(static_cast<double>(each.spare), {{"device", each.device}, {"state", "spare"}});
  }
  out.gauge("node_md_state", "1 for the state the array is in, 0 for the others.");
  for (const Array& each : arrays) {
    for (const std::string_view state : kStates) {
      out.add(each.state == state ? 1 : 0, {{"device", each.device}, {"state", std::string(state)}});
    }
  }
  out.gauge("node_md_blocks", "Blocks of the array, of 1024 bytes.");
  for (const Array& each : arrays) out.add(static_cast<double>(each.blocks), {{"device", each.device}});
  out.gauge("node_md_blocks_synced", "Blocks of the array that are in sync, of 1024 bytes.");
  for (const Array& each : arrays) out.add(static_cast<double>(each.synced_blocks), {{"device", each.device}});
}

}  // namespace

Result<> collect_mdadm(const CollectContext& context, ReadingWriter& out) {
  const std::string_view text = SONDE_TRY(context.files.read_proc("mdstat"));
  std::vector<Array> arrays;
  std::string unread;
  for (const Paragraph& lines : paragraphs_of(text)) {
    std::optional<Array> array = parse_array(lines);
    if (array) arrays.push_back(*std::move(array));
    if (!array) unread += (unread.empty() ? "" : ", ") + sanitise_utf8(Fields(lines[0]).next());
  }
  write_arrays(arrays, out);
  if (!unread.empty()) return Error{Code::kBadInput, "/proc/mdstat is not understood where it tells of " + unread};
  return Ok{};
}

}  // namespace sonde::host
