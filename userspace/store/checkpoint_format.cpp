#include "store/checkpoint_format.h"

#include <zlib.h>

#include <bit>
#include <cstring>
#include <initializer_list>

namespace sonde::store {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

constexpr std::string_view kMagic = "sondetsd";
constexpr std::size_t kHeadBytes = 28;
constexpr std::size_t kBlockHeadBytes = 8;

std::uint32_t crc_of(std::initializer_list<std::string_view> parts) {
  uLong crc = ::crc32(0, nullptr, 0);
  for (const std::string_view part : parts) {
    if (part.empty()) continue;  // crc32() takes a null pointer for "begin anew"
    crc = ::crc32_z(crc, reinterpret_cast<const Bytef*>(part.data()), part.size());
  }
  return static_cast<std::uint32_t>(crc);
}

template <class Number>
std::string bytes_of(Number number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

template <class Number>
Number number_at(std::string_view bytes, std::size_t at) {
  Number number{};
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

std::string damage_of_head(std::string_view bytes) {
  if (bytes.size() < kHeadBytes) return "it is cut off in its head";
  if (!bytes.starts_with(kMagic)) return "it is no checkpoint of Sonde, or its first bytes are damaged";
  if (number_at<std::uint32_t>(bytes, 24) != crc_of({bytes.substr(0, 24)})) return "its head is damaged";
  const auto version = number_at<std::uint32_t>(bytes, 8);
  if (version != kCheckpointVersion) {
    return "it was written in format " + std::to_string(version) +
           " by another release of Sonde, and this one reads format " + std::to_string(kCheckpointVersion);
  }
  const auto kind = static_cast<CheckpointKind>(number_at<std::uint32_t>(bytes, 12));
  if (kind != CheckpointKind::kBase && kind != CheckpointKind::kDelta) return "its kind is unknown";
  return {};
}

void read_blocks(std::string_view bytes, CheckpointContent& content) {
  std::size_t at = kHeadBytes;
  std::size_t bad_blocks = 0;
  bool has_end = false;
  while (!has_end && bytes.size() - at >= kBlockHeadBytes) {
    const auto length = number_at<std::uint32_t>(bytes, at);
    const auto crc = number_at<std::uint32_t>(bytes, at + 4);
    const std::string_view length_bytes = bytes.substr(at, 4);
    if (length > kMaxBlockBytes || length > bytes.size() - at - kBlockHeadBytes) break;
    const std::string_view block = bytes.substr(at + kBlockHeadBytes, length);
    at += kBlockHeadBytes + length;
    if (crc != crc_of({length_bytes, block})) {
      ++bad_blocks;
      continue;
    }
    has_end = length == 0;
    if (!has_end) content.blocks.push_back(block);
  }
  if (!has_end) {
    content.damage = "it is cut off or damaged behind byte " + std::to_string(at);
  } else if (bad_blocks > 0) {
    content.damage = std::to_string(bad_blocks) + " of its blocks are damaged";
  } else if (at != bytes.size()) {
    content.damage = "it goes on behind its end";
  }
}

}  // namespace

std::string checkpoint_head(CheckpointKind kind, std::uint64_t sequence) {
  std::string head(kMagic);
  head += bytes_of(kCheckpointVersion);
  head += bytes_of(static_cast<std::uint32_t>(kind));
  head += bytes_of(sequence);
  head += bytes_of(crc_of({head}));
  return head;
}

std::string block_head(std::string_view content) {
  std::string head = bytes_of(static_cast<std::uint32_t>(content.size()));
  head += bytes_of(crc_of({head, content}));
  return head;
}

CheckpointContent read_checkpoint(std::string_view bytes) {
  CheckpointContent content;
  content.damage = damage_of_head(bytes);
  if (!content.damage.empty()) return content;
  content.kind = static_cast<CheckpointKind>(number_at<std::uint32_t>(bytes, 12));
  content.sequence = number_at<std::uint64_t>(bytes, 16);
  read_blocks(bytes, content);
  return content;
}

}  // namespace sonde::store
