/* SPDX-License-Identifier: GPL-2.0-only */
/* The tcp sensor's way out: into the ring when something ended, into the iterator's file in a sweep. User space reads
 * the ring on its own clock, and is woken when it fills up faster than that. */
#pragma once

#include "base/loss.h"
#include "read/tcp_socket.h"
#include "state/first_use.h"
#include "state/tcp.h"

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 20);
} records SEC(".maps");

/* Set before loading: a quarter of the ring. */
const volatile __u64 wake_up_bytes = 0;

static __always_inline __u64 wake_up_flag(void) {
  return bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) < wake_up_bytes ? BPF_RB_NO_WAKEUP : BPF_RB_FORCE_WAKEUP;
}

static __always_inline __u64 later_of(__u64 now, __u64 told) { return now > told ? now : told; }

/* The difference, and what has been told then. A sum of bytes may be a little behind what was told before. */
static __always_inline void put_counts(struct sonde_tcp_record* to, struct tcp_counts* now,
                                       const struct tcp_counts* told) {
  now->sent_bytes = later_of(now->sent_bytes, told->sent_bytes);
  now->received_bytes = later_of(now->received_bytes, told->received_bytes);
  to->sent_bytes = now->sent_bytes - told->sent_bytes;
  to->received_bytes = now->received_bytes - told->received_bytes;
  to->sent_segments = now->sent_segments - told->sent_segments;
  to->received_segments = now->received_segments - told->received_segments;
  to->retransmits = now->retransmits - told->retransmits;
  to->drops = now->drops - told->drops;
  to->memory_drops = now->memory_drops - told->memory_drops;
}

/* Puts what was counted since the last record. False if the socket's last record has taken it. */
static __always_inline bool take_counts(struct sonde_tcp_record* to, struct tcp_state* state, const struct sock* sk,
                                        const struct tcp_sock* tcp, bool is_last) {
  __u32 slot = is_last ? __sync_lock_test_and_set(&state->slot, SLOT_ENDED) : state->slot;
  if (slot >= SLOT_ENDED) return false;
  struct tcp_counts now = {};
  count_so_far(&now, sk, tcp, state, is_last);
  put_counts(to, &now, &state->told[slot & 1]);
  if (is_last) return true;
  state->told[~slot & 1] = now;
  return __sync_val_compare_and_swap(&state->slot, slot, slot ^ 1) == slot;
}

/* The traffic sensor has seen the first byte move: told once. */
static __always_inline void take_first_use(struct sonde_tcp_record* to, struct tcp_state* state, struct sock* sk) {
  if (!state->awaits_use) return;
  struct first_use* use = bpf_sk_storage_get(&first_uses, sk, 0, 0);
  if (!use || !use->done || !__sync_lock_test_and_set(&state->awaits_use, 0)) return;
  to->flags |= SONDE_TCP_FIRST_USE;
  to->accept_wait_ns = use->wait_ns;
}

static __always_inline void take_news(struct sonde_tcp_record* to, struct tcp_state* state, struct sock* sk) {
  to->flags |= __sync_lock_test_and_set(&state->pending, 0);
  take_first_use(to, state, sk);
  if (to->flags & (SONDE_TCP_CONNECTED | SONDE_TCP_FAILED)) to->connect_ns = state->connect_ns;
  to->error = state->error;
  to->failure = state->failure;
  to->reset_reason = to->flags & SONDE_TCP_RESET_SENT ? state->reset_reason : 0;
}

static __always_inline void describe(struct sonde_tcp_record* to, const struct tcp_state* state, struct sock* sk,
                                     const struct tcp_sock* tcp) {
  to->cookie = bpf_get_socket_cookie(sk);
  to->at_ns = bpf_ktime_get_ns();
  to->tgid = state->tgid;
  to->cgroup_id = state->cgroup_id;
  to->side = state->side;
  __builtin_memcpy(to->process_name, state->process_name, sizeof(to->process_name));
  read_endpoints(to, sk, tcp);
  if (to->remote_port == 0) to->remote_port = state->remote_port;
  read_round_trip(to, tcp);
}

/* Tells of a socket that is closed now. What finds no room in the ring stays pending: if a process still holds the
 * socket, the next sweep tells it. */
static __always_inline void tell_ended(struct sock* sk, struct tcp_state* state, __u32 flags) {
  struct tcp_sock* tcp = bpf_skc_to_tcp_sock(sk);
  if (!tcp) return;
  struct sonde_tcp_record* record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);
  if (!record) {
    count_loss(SONDE_LOSS_RING_FULL);
    __sync_fetch_and_or(&state->pending, flags);
    return;
  }
  __builtin_memset(record, 0, sizeof(*record));
  record->flags = flags;
  record->state = TCP_CLOSE;
  take_counts(record, state, sk, tcp, true);
  take_news(record, state, sk);
  describe(record, state, sk, tcp);
  bpf_ringbuf_submit(record, wake_up_flag());
}

/* A full file is emptied by user space, and the same socket shown again: nothing may have been taken by then. */
static __always_inline bool has_room(const struct seq_file* file) {
  return file->count + sizeof(struct sonde_tcp_record) < file->size;
}

/* Tells of a living socket. False if it has to be shown again, or has just ended. */
static __always_inline bool tell_swept(struct seq_file* file, struct sock* sk, struct tcp_state* state) {
  struct sonde_tcp_record record = {};
  struct tcp_sock* tcp = bpf_skc_to_tcp_sock(sk);
  if (!tcp) return false;
  if (!has_room(file)) {
    bpf_seq_write(file, &record, sizeof(record)); /* fails, which marks the file as full */
    return false;
  }
  if (!take_counts(&record, state, sk, tcp, false)) return false;
  take_news(&record, state, sk);
  describe(&record, state, sk, tcp);
  record.state = sk->__sk_common.skc_state;
  read_queues(&record, sk, tcp);
  bpf_seq_write(file, &record, sizeof(record));
  return true;
}
