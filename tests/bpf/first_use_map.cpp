#include "bpf/first_use_map.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <array>
#include <memory>

namespace sonde::test {
namespace {

struct BtfDelete {
  void operator()(btf* types) const noexcept { btf__free(types); }
};

struct Types {
  UniqueFd fd;
  std::uint32_t key = 0;
  std::uint32_t value = 0;
};

/// A map of socket storage needs to know its types.
Types describe() {
  const std::unique_ptr<btf, BtfDelete> types(btf__new_empty());
  const int number = btf__add_int(types.get(), "int", 4, BTF_INT_SIGNED);
  const int word = btf__add_int(types.get(), "unsigned int", 4, 0);
  const int longer = btf__add_int(types.get(), "unsigned long long", 8, 0);
  const int use = btf__add_struct(types.get(), "first_use", sizeof(FirstUse));
  constexpr std::array<const char*, 4> kNames{"acceptable_ns", "wait_ns", "done", "pad"};
  constexpr std::array<std::uint32_t, 4> kBits{0, 64, 128, 160};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    btf__add_field(types.get(), kNames[i], i < 2 ? longer : word, kBits[i], 0);
  }
  std::uint32_t size = 0;
  const void* raw = btf__raw_data(types.get(), &size);
  return {.fd = UniqueFd(bpf_btf_load(raw, size, nullptr)),
          .key = static_cast<std::uint32_t>(number),
          .value = static_cast<std::uint32_t>(use)};
}

}  // namespace

FirstUseMap::FirstUseMap() {
  Types types = describe();
  auto options = bpf_map_create_opts();  // padding is zero, too: libbpf looks
  options.sz = sizeof(options);
  options.map_flags = BPF_F_NO_PREALLOC;
  options.btf_fd = static_cast<std::uint32_t>(types.fd.get());
  options.btf_key_type_id = types.key;
  options.btf_value_type_id = types.value;
  map_.reset(bpf_map_create(BPF_MAP_TYPE_SK_STORAGE, "first_uses", sizeof(int), sizeof(FirstUse), 0, &options));
  types_ = std::move(types.fd);
}

bool FirstUseMap::set(int socket, const FirstUse& use) const {
  return bpf_map_update_elem(fd(), &socket, &use, BPF_ANY) == 0;
}

std::optional<FirstUse> FirstUseMap::get(int socket) const {
  FirstUse use;
  if (bpf_map_lookup_elem(fd(), &socket, &use) != 0) return std::nullopt;
  return use;
}

}  // namespace sonde::test
