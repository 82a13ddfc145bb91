/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Where a value belongs in a histogram. Plain C that a test can include too: the edges are what goes wrong. */
#pragma once

#include "wire/abi.h"

/* How many of the ascending bounds, at most 31, lie below the value: the index of the first bucket that holds it, as
 * Prometheus' `le` means it; `count` for +Inf. The loop unrolls to five steps without knowing the data. */
static inline __attribute__((always_inline)) __u32 bucket_of(__u64 value, const volatile __u64* bounds, __u32 count) {
  __u32 below = 0;
  for (__u32 step = 16; step > 0; step /= 2) {
    __u32 next = below + step;
    if (next <= count && bounds[next - 1] < value) below = next;
  }
  return below;
}
