/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel itself knows of a TCP socket. */
#pragma once

#include "base/kernel.h"
#include "wire/tcp.h"

#define IN_MOTION_US 1000

/* The socket's own counters, as they stand. */
struct tcp_counts {
  __u64 sent_bytes;
  __u64 received_bytes;
  __u32 sent_segments;
  __u32 received_segments;
  __u32 retransmits;
  __u32 drops;
  __u32 memory_drops;
  __u32 pad;
};

/* For full sockets only: a request or TIME_WAIT socket has no sk_protocol. */
static __always_inline bool is_tcp(const struct sock* sk) {
  __u16 family = sk->__sk_common.skc_family;
  return (family == AF_INET || family == AF_INET6) && sk->sk_protocol == IPPROTO_TCP;
}

/* tcp_fin() in net/ipv4/tcp_input.c is the only place of TCP that sets SOCK_DONE; shutdown() does not. */
static __always_inline bool has_received_fin(const struct sock* sk) {
  return sk->__sk_common.skc_flags >> bpf_core_enum_value(enum sock_flags, SOCK_DONE) & 1;
}

/* A packet was handled just now, maybe by another CPU that is still at it. tcp_mstamp is the time of the last one, in
 * microseconds of CLOCK_MONOTONIC. */
static __always_inline bool is_in_motion(const struct tcp_sock* tcp) {
  return bpf_ktime_get_ns() / NSEC_PER_USEC - tcp->tcp_mstamp < IN_MOTION_US;
}

/* The order of the reads matters where the socket is not locked (`is_locked` 0, in a sweep): what is read may be one
 * byte or one repeat short, and is made up for by the next record, but it is never too much.
 *
 * A repeat is counted in bytes_retrans before bytes_sent. bytes_received goes with rcv_nxt (tcp_rcv_nxt_update), so it
 * has one more for a FIN, and has it before SOCK_DONE is set. Segments are those of RFC 4898's SegsOut and SegsIn:
 * repeats and bare acknowledgements count, so retransmits are a part of what was sent. */
static __always_inline void count_segments(struct tcp_counts* counts, const struct sock* sk, const struct tcp_sock* tcp,
                                           bool is_locked) {
  __u64 sent = tcp->bytes_sent, received = tcp->bytes_received;
  barrier();
  counts->sent_bytes = sent - tcp->bytes_retrans;
  counts->received_bytes = received;
  if (received && (has_received_fin(sk) || (!is_locked && is_in_motion(tcp)))) counts->received_bytes--;
  counts->sent_segments = tcp->segs_out;
  counts->received_segments = tcp->segs_in;
  counts->retransmits = tcp->total_retrans;
}

/* inet_sport, since skc_num is 0 by the time a socket is told to be closed (inet_put_port in tcp_set_state). */
static __always_inline void read_endpoints(struct sonde_tcp_record* to, const struct sock* sk,
                                           const struct tcp_sock* tcp) {
  to->local_port = bpf_ntohs(tcp->inet_conn.icsk_inet.inet_sport);
  to->remote_port = bpf_ntohs(sk->__sk_common.skc_dport);
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

/* Scaled as tcp_get_info() in net/ipv4/tcp.c does; mdev_us is a guess until the first measurement. */
static __always_inline void read_round_trip(struct sonde_tcp_record* to, const struct tcp_sock* tcp) {
  to->rtt_us = tcp->srtt_us >> 3;
  to->rtt_var_us = to->rtt_us ? tcp->mdev_us >> 2 : 0;
}

/* Our SYN or FIN is on its way: it takes a place in the sequence, but it is no byte of the process. */
static __always_inline bool has_flag_in_flight(__u8 state) {
  return state == TCP_SYN_SENT || state == TCP_SYN_RECV || state == TCP_FIN_WAIT1 || state == TCP_CLOSING ||
         state == TCP_LAST_ACK;
}

/* Of a socket that is past its handshake. */
static __always_inline void read_windows(struct sonde_tcp_record* to, const struct tcp_sock* tcp) {
  to->peer_window_closed = tcp->snd_wnd == 0;
  to->own_window_closed = (__s32)(tcp->rcv_wup + tcp->rcv_wnd - tcp->rcv_nxt) <= 0; /* tcp_receive_window() */
}

/* What waits in a living socket. */
static __always_inline void read_queues(struct sonde_tcp_record* to, const struct sock* sk,
                                        const struct tcp_sock* tcp) {
  __u8 state = sk->__sk_common.skc_state;
  if (state == TCP_LISTEN) {
    to->unread_bytes = sk->sk_ack_backlog;
    to->unacked_bytes = sk->sk_max_ack_backlog;
    return;
  }
  to->unacked_bytes = tcp->write_seq - tcp->snd_una;
  if (to->unacked_bytes && has_flag_in_flight(state)) to->unacked_bytes--;
  if (state == TCP_SYN_SENT || state == TCP_SYN_RECV) return;
  to->unread_bytes = tcp->rcv_nxt - tcp->copied_seq;
  if (to->unread_bytes && has_received_fin(sk)) to->unread_bytes--;
  read_windows(to, tcp);
}
