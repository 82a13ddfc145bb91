/* SPDX-License-Identifier: GPL-2.0-only */
/* What a request of the block layer is. Names and numbers are those of include/linux/blk_types.h and blk-mq.h. */
#pragma once

#include "base/kernel.h"
#include "wire/block.h"

/* REQ_OP_MASK */
#define REQUEST_OPERATION 0xff

/* Set before loading: RQF_FLUSH_SEQ and RQF_IO_STAT, whose bits moved when the flags became an enum (5f89154e8e9e). */
const volatile __u32 flush_sequence_flag = 1 << 4;
const volatile __u32 accounted_flag = 1 << 13;

/* Until 5.16 the disk was in the request (f3fa33acca9f took it out). */
struct request___with_disk {
  struct gendisk* rq_disk;
} __attribute__((preserve_access_index));

/* An enum sonde_block_operation, or -1: commands passed through by a driver, and those that manage zones. */
static __always_inline int operation_of(const struct request* rq) {
  switch (rq->cmd_flags & REQUEST_OPERATION) {
    case REQ_OP_READ:
      return SONDE_BLOCK_READ;
    case REQ_OP_WRITE:
      return SONDE_BLOCK_WRITE;
    case REQ_OP_FLUSH:
      return SONDE_BLOCK_FLUSH;
    case REQ_OP_DISCARD:
    case REQ_OP_SECURE_ERASE:
    case REQ_OP_WRITE_ZEROES:
      return SONDE_BLOCK_DISCARD;
  }
  return -1;
}

/* Where a disk has a volatile cache, a write that asks for a flush goes through steps of block/blk-flush.c: its data
 * are written, flush requests go before or behind it, and it completes once more, as a whole, when all of that is done.
 */
static __always_inline bool is_within_flush_sequence(const struct request* rq, int operation) {
  return operation != SONDE_BLOCK_FLUSH && rq->rq_flags & flush_sequence_flag;
}

/* When the request was made; 0 if that is not known. Without accounting (queue/iostats is 0) start_time_ns is left over
 * from an earlier request. Flush requests are not accounted with the others, but timed always. */
static __always_inline __u64 start_of(const struct request* rq, int operation) {
  return operation == SONDE_BLOCK_FLUSH || rq->rq_flags & accounted_flag ? rq->start_time_ns : 0;
}

static __always_inline const struct gendisk* disk_of(const struct request* rq) {
  if (bpf_core_field_exists(struct request_queue, disk)) return rq->q->disk;
  return BPF_CORE_READ((const struct request___with_disk*)rq, rq_disk);
}
