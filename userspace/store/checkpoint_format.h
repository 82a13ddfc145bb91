#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::store {

/// A checkpoint file is a head and blocks, each with a CRC-32 of its own, and ends with an empty block: what is cut off
/// or changed anywhere is noticed, and the blocks that are whole can still be read.
/// units: little-endian.  shape: head: magic, version u32, kind u32, sequence u64, CRC u32 of all before; this much
/// stays as it is in every version. Block: length u32, CRC u32 of length and content, content.
enum class CheckpointKind : std::uint32_t {
  kBase = 1,   ///< everything
  kDelta = 2,  ///< what came since the file before
};

inline constexpr std::uint32_t kCheckpointVersion = 1;
inline constexpr std::size_t kMaxBlockBytes = std::size_t{64} << 20U;

[[nodiscard]] std::string checkpoint_head(CheckpointKind kind, std::uint64_t sequence);
[[nodiscard]] std::string block_head(std::string_view content);

/// What is left of a file.
struct CheckpointContent {
  CheckpointKind kind = CheckpointKind::kBase;
  std::uint64_t sequence = 0;
  std::vector<std::string_view> blocks;  ///< those that are whole
  std::string damage;                    ///< what is wrong with it; empty: nothing
};

/// owner: the caller keeps `bytes` as long as the blocks.
[[nodiscard]] CheckpointContent read_checkpoint(std::string_view bytes);

}  // namespace sonde::store
