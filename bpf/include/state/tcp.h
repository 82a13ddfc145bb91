/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tcp sensor keeps of one socket, in the socket's own storage. A connection that is accepted starts with a
 * copy of its listener's (BPF_F_CLONE), so its owner is known before any process touches it.
 *
 * Hooks of one socket run one at a time, under the socket's lock. A sweep may run on another CPU at the same moment:
 * what is told once is taken with an atomic exchange, and the counters already told lie in two slots, so that whoever
 * moves `slot` on has told the difference and nobody else.
 */
#pragma once

#include "base/kernel.h"
#include "read/tcp_socket.h"
#include "state/target_task.h"
#include "wire/tcp.h"

enum tcp_phase {
  PHASE_NONE = 0,
  PHASE_CONNECTING = 1,
  PHASE_OPEN = 2,
  PHASE_LISTENING = 3,
  PHASE_ENDED = 4, /* was open; a reset may still be sent */
};

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

/* The value of `slot` once the last record has taken the counters. */
#define SLOT_ENDED 2

/* Process 1 (systemd) listens on behalf of others and hands its sockets over: systemd.socket(5). */
#define INIT_TGID 1

struct tcp_state {
  __u64 began_ns; /* SYN sent, could be accepted, listens */
  __u64 connect_ns;
  __u64 cgroup_id;
  __u32 tgid; /* 0: not known yet */
  char process_name[SONDE_PROCESS_NAME_BYTES];
  __u32 pending;        /* enum sonde_tcp_flag: to be told with the next record */
  __u32 slot;           /* which of `told` holds, or SLOT_ENDED */
  __u32 swept;          /* number of the last sweep that told of it */
  __u32 owner_swept;    /* number of the last sweep that found its owner holding it */
  __u32 awaits_use;     /* 1: its first use was not told yet */
  __u32 synack_repeats; /* a listener's */
  __u32 memory_drops;
  __s32 error;
  __u8 side;    /* enum sonde_tcp_side */
  __u8 phase;   /* enum tcp_phase */
  __u8 failure; /* enum sonde_tcp_failure */
  __u8 reset_reason;
  __u8 is_reset_noted; /* a connection has at most one */
  __u8 pad;
  __u16 remote_port; /* of an attempt: the socket forgets it when it is given up */
  struct tcp_counts told[2];
};

struct {
  __uint(type, BPF_MAP_TYPE_SK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
  __type(key, int);
  __type(value, struct tcp_state);
} tcp_sockets SEC(".maps");

/* Set by user space before each sweep. */
volatile __u32 sweep_number = 0;
volatile __u32 sweep_is_silent = 0; /* 1: take note of what is there, tell nothing */

static __always_inline struct tcp_state* tcp_state_of(struct sock* sk) {
  return bpf_sk_storage_get(&tcp_sockets, sk, 0, 0);
}

/* Sonde's own sockets have a state too where a port decides, so that what they accept is told apart. */
static __always_inline bool is_own(const struct tcp_state* state) { return state->tgid == self_tgid; }

/* A connection that still has the copy of its listener's state: it is not known to be acceptable. */
static __always_inline bool is_child(const struct tcp_state* state, int socket_state) {
  return state->phase == PHASE_LISTENING && socket_state != TCP_LISTEN;
}

/* A listener moves no segments of its own, and a connection repeats no SYN-ACK. */
static __always_inline void count_so_far(struct tcp_counts* counts, const struct sock* sk, const struct tcp_sock* tcp,
                                         const struct tcp_state* state, bool is_locked) {
  count_segments(counts, sk, tcp, is_locked);
  counts->retransmits += state->synack_repeats;
  counts->drops = sk->sk_drops.counter;
  counts->memory_drops = state->memory_drops;
}

static __always_inline void set_owner(struct tcp_state* state, const struct task_struct* task) {
  state->tgid = task->tgid;
  state->cgroup_id = task->cgroups->dfl_cgrp->kn->id;
  bpf_probe_read_kernel_str(state->process_name, sizeof(state->process_name), task->group_leader->comm);
  state->owner_swept = sweep_number;
}

/* Begins a state from nothing; counters so far belong to the past. */
static __always_inline void begin_state(struct tcp_state* state, struct sock* sk, __u8 side, __u8 phase) {
  __builtin_memset(state, 0, sizeof(*state));
  state->side = side;
  state->phase = phase;
  state->began_ns = bpf_ktime_get_ns();
  state->owner_swept = sweep_number;
  struct tcp_sock* tcp = bpf_skc_to_tcp_sock(sk);
  if (tcp) count_so_far(&state->told[0], sk, tcp, state, true);
}

/* Whether sockets of this process are to be measured, or this one for its port. The kernel's own threads have sockets
 * too (NFS, ...): nobody could do anything about them here. */
static __always_inline bool is_wanted(const struct task_struct* task, const struct sock* sk) {
  if (task->flags & PF_KTHREAD) return false;
  return has_target_port(sk) || is_target_task(task);
}

/* Keeps the owner right, as a sweep finds processes that hold the socket. The owner stays as long as it holds it; a
 * server that listened before it went to the background, or a worker that got the connection, is followed. */
static __always_inline void follow_owner(struct tcp_state* state, const struct task_struct* task,
                                         const struct sock* sk) {
  __u32 tgid = task->tgid, sweep = sweep_number;
  if (tgid == state->tgid) {
    state->owner_swept = sweep;
    return;
  }
  bool is_placeholder = state->tgid == 0 || state->tgid == INIT_TGID;
  if (!is_placeholder && sweep - state->owner_swept < 2) return;
  if (is_wanted(task, sk)) set_owner(state, task);
}
