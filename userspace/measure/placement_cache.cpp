#include "measure/placement_cache.h"

#include <cstring>

namespace sonde::measure {
namespace {

constexpr std::uint64_t kMultiplier = 0x9FB21C651E98DF25ULL;

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) noexcept {
  hash = (hash ^ word) * kMultiplier;
  return hash ^ (hash >> 32U);
}

std::uint64_t load_word(const char* from) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

/// Only spreads paths over slots: what is found there is compared in full.
std::uint64_t hash_path(std::uint64_t hash, std::string_view path) noexcept {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (path.size() < kWord) {
    std::uint64_t word = path.size();
    for (const char byte : path) word = (word << 8U) | static_cast<unsigned char>(byte);
    return mix(hash, word);
  }
  for (std::size_t at = 0; at + kWord < path.size(); at += kWord) hash = mix(hash, load_word(path.data() + at));
  return mix(hash, load_word(path.data() + path.size() - kWord));
}

}  // namespace

PlacementCache::Key PlacementCache::key_of(const protocol::Exchange& exchange, const ServiceContext& context) noexcept {
  Key key;
  // A client's series have no route, so its paths need not be told apart.
  if (exchange.role == protocol::Role::kServer) key.path = exchange.path;
  key.owner = (std::uint64_t{context.service} << 32U) | (std::uint64_t{context.server_port} << 16U) | exchange.status;
  key.kind = (std::uint64_t{key.path.size()} << 32U) | (static_cast<std::uint64_t>(exchange.method) << 24U) |
             (static_cast<std::uint64_t>(exchange.error) << 16U) | (static_cast<std::uint64_t>(exchange.role) << 8U) |
             1U;
  key.slot = hash_path(mix(key.owner, key.kind), key.path) % kSlots;
  return key;
}

const Placement* PlacementCache::find(const Key& key) const noexcept {
  const Slot& slot = slots_[key.slot];
  if (slot.kind != key.kind || slot.owner != key.owner) return nullptr;
  // Equal kinds have equal lengths, and no slot holds a longer path than fits.
  return std::string_view(slot.path.data(), key.path.size()) == key.path ? &slot.placement : nullptr;
}

void PlacementCache::remember(const Key& key, const Placement& placement) noexcept {
  if (key.path.size() > kMaxPathBytes) return;
  Slot& slot = slots_[key.slot];
  slot.owner = key.owner;
  slot.kind = key.kind;
  slot.placement = placement;
  if (!key.path.empty()) std::memcpy(slot.path.data(), key.path.data(), key.path.size());
}

}  // namespace sonde::measure
