/* SPDX-License-Identifier: GPL-2.0-only */
/* Nothing is lost uncounted: every return that drops data names its reason here. */
#pragma once

#include "base/kernel.h"
#include "wire/abi.h"

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, SONDE_LOSS_REASONS);
  __type(key, __u32);
  __type(value, __u64);
} losses SEC(".maps");

static __always_inline void count_loss(__u32 reason) {
  __u64* count = bpf_map_lookup_elem(&losses, &reason);
  if (count) *count += 1;
}
