/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the block sensor counts: for each disk and operation a histogram of how long requests took, from when they were
 * made to their completion (as /proc/diskstats counts time). Kept in a map of counters per CPU, read when wanted. A
 * change here bumps SONDE_BLOCK_WIRE_VERSION and gets a line in docs/wire-format.md.
 */
#ifndef SONDE_WIRE_BLOCK_H
#define SONDE_WIRE_BLOCK_H

#include "wire/abi.h"

#define SONDE_BLOCK_WIRE_VERSION 1

/* As many as sonde::kDurationBounds (userspace/base/duration_bounds.h) has; the bounds come from there at load. */
#define SONDE_BLOCK_BOUNDS 26

enum sonde_block_operation {
  SONDE_BLOCK_READ = 0,
  SONDE_BLOCK_WRITE = 1,
  SONDE_BLOCK_DISCARD = 2,
  SONDE_BLOCK_FLUSH = 3,
  SONDE_BLOCK_OPERATIONS = 4,
};

struct sonde_block_key {
  __u32 device; /* the kernel's dev_t of the whole disk: major << 20 | minor */
  __u32 operation;
};

struct sonde_block_latency {
  __u64 counts[SONDE_BLOCK_BOUNDS + 1]; /* the last one is +Inf */
  __u64 total_ns;
  __u64 errors;
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_block_latency) == 232, "wire ABI v1");

#endif
