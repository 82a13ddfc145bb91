/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a process moves over UDP and unix sockets: only counted, by process, since a UDP socket has no peer to keep
 * anything of, and user space asks for no more. Nothing of the bytes is looked at.
 */
#pragma once

#include "base/kernel.h"
#include "base/loss.h"
#include "read/socket.h"
#include "state/target.h"
#include "wire/datagram.h"

#define MAX_DATAGRAM_PROCESSES 16384

/* Not allocated beforehand: few processes have such sockets. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, MAX_DATAGRAM_PROCESSES);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, struct sonde_datagram_key);
  __type(value, struct sonde_datagram_counts);
} datagrams SEC(".maps");

static const struct sonde_datagram_counts no_datagrams = {};

/* include/uapi/asm-generic/errno.h and include/linux/errno.h: the last are never seen by a process. */
enum {
  ERRNO_INTR = 4,
  ERRNO_AGAIN = 11,
  ERRNO_INPROGRESS = 115,
  ERRNO_RESTARTSYS = 512,
  ERRNO_RESTARTNOINTR = 513,
  ERRNO_RESTARTNOHAND = 514,
  ERRNO_RESTART_RESTARTBLOCK = 516,
};

/* Whether a call failed only because it would have had to wait or was interrupted: nothing happened yet. */
static __always_inline bool is_postponed(int result) {
  switch (-result) {
    case ERRNO_AGAIN:
    case ERRNO_INTR:
    case ERRNO_INPROGRESS:
    case ERRNO_RESTARTSYS:
    case ERRNO_RESTARTNOINTR:
    case ERRNO_RESTARTNOHAND:
    case ERRNO_RESTART_RESTARTBLOCK:
      return true;
  }
  return false;
}

static __always_inline struct sonde_datagram_counts* create_datagram_counts(const struct sonde_datagram_key* key) {
  bpf_map_update_elem(&datagrams, key, &no_datagrams, BPF_NOEXIST);
  struct sonde_datagram_counts* counts = bpf_map_lookup_elem(&datagrams, key);
  if (!counts) count_loss(SONDE_LOSS_STATE_FULL);
  return counts;
}

/* The counts that this process' use of the socket adds to, if it is one to measure. A process that has some was found
 * to be a target by its pid, name or cgroup, unless ports were asked for, which speak for one socket only. A unix
 * socket has no ports: the fields are 0, which is no target. */
static __always_inline struct sonde_datagram_counts* find_datagram_counts(struct sock* sk, __u32 kind) {
  struct sonde_datagram_key key = {.tgid = bpf_get_current_pid_tgid() >> 32, .kind = kind};
  if (key.tgid == self_tgid || !has_file(sk)) return 0;
  struct sonde_datagram_counts* counts = bpf_map_lookup_elem(&datagrams, &key);
  if (counts && !filter_by_port) return counts;
  if (!is_target(sk, key.tgid)) return 0;
  return counts ? counts : create_datagram_counts(&key);
}

/* `result` is what the system call answers. Without a byte it is an empty datagram, or the end of a stream. */
static __always_inline int count_datagram(struct sock* sk, int result, __u8 direction) {
  bool is_of_udp = is_udp(sk);
  if (!is_of_udp && !is_unix(sk)) return 0;
  if (result == 0 && sk->sk_type != SOCK_DGRAM) return 0;
  struct sonde_datagram_counts* counts = find_datagram_counts(sk, is_of_udp ? SONDE_DATAGRAM_UDP : SONDE_DATAGRAM_UNIX);
  if (!counts) return 0;
  direction &= 1;
  if (result < 0) {
    __sync_fetch_and_add(&counts->errors[direction], 1);
    return 0;
  }
  __sync_fetch_and_add(&counts->bytes[direction], result);
  __sync_fetch_and_add(&counts->messages[direction], 1);
  return 0;
}
