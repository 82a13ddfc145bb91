/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way out. Records are sent without waking user space, which looks every few milliseconds; only a ring that fills
 * up wakes it. Wake-ups per record were the main cost in other sensors.
 */
#pragma once

#include "base/loss.h"
#include "read/syscall.h"
#include "state/connection.h"
#include "state/target.h"

/* Set before loading: wake user space when this much waits. */
const volatile __u64 wake_up_bytes = 1 << 20;

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 8 << 20);
} records SEC(".maps");

/* Each program has its own: a soft interrupt may run one program in the middle of another, but never of itself. */
enum scratch_owner { SCRATCH_SEND, SCRATCH_RECEIVE, SCRATCH_STATE, SCRATCH_OWNERS };

struct scratch {
  struct sonde_traffic record;
  struct copied_bytes data;
};

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, SCRATCH_OWNERS);
  __type(key, __u32);
  __type(value, struct scratch);
} scratches SEC(".maps");

/* The ring's fill level is not asked for every record: that would cost a tenth of sending it. */
static __always_inline bool send_record(void* record, __u64 size) {
  __u64 flags = BPF_RB_NO_WAKEUP;
  bool is_asked = (((struct sonde_record_header*)record)->sequence & 15) == 0;
  if (is_asked && bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) >= wake_up_bytes) flags = BPF_RB_FORCE_WAKEUP;
  if (bpf_ringbuf_output(&records, record, size, flags) == 0) return true;
  count_loss(SONDE_LOSS_RING_FULL);
  return false;
}

static __always_inline __u32 next_sequence(struct connection* connection) {
  return __sync_fetch_and_add(&connection->sequence, 1) + 1;
}

static __always_inline void copy_addresses(struct sonde_opened* to, const struct sock* sk) {
  if (sk->__sk_common.skc_family == AF_INET6) {
    BPF_CORE_READ_INTO(&to->local_address, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
    BPF_CORE_READ_INTO(&to->remote_address, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr8);
    return;
  }
  to->local_address[10] = to->local_address[11] = to->remote_address[10] = to->remote_address[11] = 0xff;
  __u32 local = sk->__sk_common.skc_rcv_saddr, remote = sk->__sk_common.skc_daddr;
  __builtin_memcpy(to->local_address + 12, &local, sizeof(local));
  __builtin_memcpy(to->remote_address + 12, &remote, sizeof(remote));
}

/* Tells user space of the connection, once. Only from a hook that runs in the process that uses the socket. */
static __always_inline void send_opened(struct connection* connection, const struct sock* sk, __u64 now) {
  struct sonde_opened record = {};
  record.header.kind = SONDE_RECORD_OPENED;
  record.header.cookie = connection->cookie;
  record.at_ns = now;
  record.cgroup_id = bpf_get_current_cgroup_id();
  copy_addresses(&record, sk);
  record.local_port = sk->__sk_common.skc_num;
  record.remote_port = bpf_ntohs(sk->__sk_common.skc_dport);
  record.side = connection->side;
  record.tgid = connection->tgid;
  read_process_name((struct process_name*)record.process_name);
  connection->opened = send_record(&record, sizeof(record));
}

/* Word by word, since a call to copy memory costs more than the copy. To be called before anything is put behind it. */
__noinline int copy_stash(struct copied_bytes* to, const struct stash* from, __u32 bytes) {
  if (!to || !from) return 0;
#pragma clang loop unroll(disable)
  for (__u32 word = 0; word < SONDE_STASH_BYTES / 8; word++) {
    if (word * 8 >= bytes) break;
    ((__u64*)to->at)[word] = from->words[word];
  }
  return 0;
}

/* Puts the stashed request of `bytes`, which are copied already, into the record; returns how many they are. The end of
 * the connection may flush it in this very moment on another CPU: then it is sent twice, which offsets tell, rather
 * than not at all. */
static __always_inline __u32 take_stash(struct scratch* scratch, struct connection* connection, __u32 bytes) {
  connection->stash_bytes = 0;
  if (bytes == 0 || bytes > SONDE_STASH_BYTES) return 0;
  __u8 direction = connection->request_direction & 1;
  scratch->record.header.segment_count = 1;
  scratch->record.segments[0] = connection->stash_segment;
  scratch->record.before[direction].offset_bytes = connection->stash_segment.offset_bytes;
  scratch->record.before[direction].last_ns = connection->stash_segment.last_ns;
  return bytes;
}

static __always_inline void begin_record(struct scratch* scratch, struct connection* connection) {
  scratch->record.header.kind = SONDE_RECORD_TRAFFIC;
  scratch->record.header.segment_count = 0;
  scratch->record.header.sequence = next_sequence(connection);
  scratch->record.header.cookie = connection->cookie;
  scratch->record.tgid = connection->tgid;
  scratch->record.pad = 0;
  scratch->record.before[SONDE_INBOUND] = connection->progress[SONDE_INBOUND];
  scratch->record.before[SONDE_OUTBOUND] = connection->progress[SONDE_OUTBOUND];
}
