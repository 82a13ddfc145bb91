#pragma once

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <memory>

namespace sonde::capture {

struct LinkDelete {
  void operator()(bpf_link* link) const noexcept { bpf_link__destroy(link); }
};
using Link = std::unique_ptr<bpf_link, LinkDelete>;

}  // namespace sonde::capture
