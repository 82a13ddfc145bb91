#include "store/chunk.h"

#include <array>
#include <bit>

namespace sonde::store {
namespace {

/// By how many ones stand in front of it: how wide a folded change may be.
constexpr std::array<unsigned, 4> kStepBits{8, 14, 20, 64};

}  // namespace

void write_step_change(std::int64_t change_ms, BitWriter& into) {
  const std::uint64_t folded = fold_sign(change_ms);
  const auto width = static_cast<unsigned>(std::bit_width(folded));
  std::size_t row = 0;
  while (kStepBits[row] < width) ++row;
  const auto ones = static_cast<unsigned>(row);
  if (row + 1 < kStepBits.size()) {
    into.write((1ULL << (ones + 1)) - 2, ones + 1);
  } else {
    into.write((1ULL << ones) - 1, ones);
  }
  into.write(folded, kStepBits[row]);
}

std::int64_t read_step_change(BitReader& from) {
  std::size_t row = 0;
  while (row + 1 < kStepBits.size() && from.read_bit()) ++row;
  return unfold_sign(from.read(kStepBits[row]));
}

}  // namespace sonde::store
