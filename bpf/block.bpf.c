/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The block sensor: how long the requests of each disk took. It counts the requests that the kernel counts for
 * /proc/diskstats (blk_account_io_done and blk_account_io_flush in block/), from the same start, at the same moment.
 * Nothing leaves the kernel until user space reads the map.
 */
#include "base/kernel.h"

// The wire needs the kernel's types.
#include "wire/block.h"

#include "base/loss.h"
#include "read/bucket.h"
#include "read/request.h"

char LICENSE[] SEC("license") = "GPL";

#define MAX_DISK_OPERATIONS 1024

/* Set before loading: sonde::kDurationBounds. */
const volatile __u64 duration_bounds_ns[SONDE_BLOCK_BOUNDS] = {};

/* Counts of each CPU, so that no two of them write to the same place. Not allocated beforehand: with many CPUs that
 * would be tens of megabytes for disks that are not there. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
  __uint(max_entries, MAX_DISK_OPERATIONS);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, struct sonde_block_key);
  __type(value, struct sonde_block_latency);
} latencies SEC(".maps");

static const struct sonde_block_latency no_latency = {};

static __always_inline struct sonde_block_latency* find_latency(const struct sonde_block_key* key) {
  struct sonde_block_latency* found = bpf_map_lookup_elem(&latencies, key);
  if (found) return found;
  bpf_map_update_elem(&latencies, key, &no_latency, BPF_NOEXIST);
  found = bpf_map_lookup_elem(&latencies, key);
  if (!found) count_loss(SONDE_LOSS_STATE_FULL);
  return found;
}

static __always_inline int on_complete(const struct request* rq, int error, __u32 bytes) {
  int operation = operation_of(rq);
  if (operation < 0 || is_within_flush_sequence(rq, operation)) return 0;
  const struct gendisk* disk = disk_of(rq);
  if (!disk) return 0;
  struct sonde_block_key key = {.device = disk->major << 20 | disk->first_minor, .operation = operation};
  struct sonde_block_latency* latency = find_latency(&key);
  if (!latency) return 0;
  if (error) latency->errors += 1;
  if (rq->__data_len != bytes) return 0; /* a part of the request; the rest goes on */
  __u64 now = bpf_ktime_get_ns(), start = start_of(rq, operation);
  if (!start) {
    count_loss(SONDE_LOSS_UNTIMED);
    return 0;
  }
  __u64 duration_ns = now > start ? now - start : 0;
  __u32 bucket = bucket_of(duration_ns, duration_bounds_ns, SONDE_BLOCK_BOUNDS);
  if (bucket > SONDE_BLOCK_BOUNDS) return 0;
  latency->counts[bucket] += 1;
  latency->total_ns += duration_ns;
  return 0;
}

SEC("tp_btf/block_rq_complete") int BPF_PROG(block_complete, struct request* rq, int error, unsigned int bytes) {
  return on_complete(rq, error, bytes);
}
