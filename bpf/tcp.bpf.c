/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tcp sensor: attempts to connect and how they ended, connections that became ready to be accepted, resets, what
 * listeners turn away, and the kernel's own counters of every socket. Hooks run when a socket changes its state, never
 * per packet or per call; a living socket's counters are read when user space sweeps.
 *
 * Not seen: a connect() that fails before the socket leaves its closed state (no route at all, forbidden by a policy).
 */
#include "base/kernel.h"

// The wire needs the kernel's types.
#include "wire/tcp.h"

#include "emit/tcp_record.h"
#include "state/first_use.h"
#include "state/tcp.h"

char LICENSE[] SEC("license") = "GPL";

#define SHORTEST_LISTEN_NS 1000000ULL

/* listen() on a port that is taken goes to TCP_LISTEN and back at once (inet_csk_listen_start); close() shuts the
 * socket down first (__tcp_close). */
static __always_inline bool never_listened(const struct sock* sk, __u64 age_ns) {
  return sk->sk_shutdown == 0 && age_ns < SHORTEST_LISTEN_NS;
}

static __always_inline struct tcp_state* create_state(struct sock* sk) {
  struct tcp_state* state = bpf_sk_storage_get(&tcp_sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
  if (!state) count_loss(SONDE_LOSS_STATE_FULL);
  return state;
}

/* The state of a socket that this process begins to connect or to listen with. A socket may be used again. */
static __always_inline struct tcp_state* adopt(struct sock* sk, __u8 side, __u8 phase) {
  struct task_struct* task = bpf_get_current_task_btf();
  if (!is_wanted(task, sk)) return 0;
  struct tcp_state* state = create_state(sk);
  if (!state) return 0;
  begin_state(state, sk, side, phase);
  set_owner(state, task);
  return state;
}

static __always_inline void on_connect(struct sock* sk) {
  struct tcp_state* state = adopt(sk, SONDE_TCP_SIDE_CLIENT, PHASE_CONNECTING);
  if (!state) return;
  state->remote_port = bpf_ntohs(sk->__sk_common.skc_dport);
  state->pending = SONDE_TCP_ATTEMPTED;
}

static __always_inline void on_listen(struct sock* sk) { adopt(sk, SONDE_TCP_SIDE_LISTENER, PHASE_LISTENING); }

/* A child of a listener that is not known: no process held it when the sensor looked. */
static __always_inline struct tcp_state* adopt_child(struct sock* sk) {
  if (!has_target_port(sk)) return 0;
  struct tcp_state* state = create_state(sk);
  if (state) begin_state(state, sk, SONDE_TCP_SIDE_LISTENER, PHASE_LISTENING);
  return state;
}

static __always_inline void note_acceptable(struct sock* sk, __u64 now) {
  struct first_use* use = bpf_sk_storage_get(&first_uses, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
  if (use) {
    use->acceptable_ns = now;
  } else {
    count_loss(SONDE_LOSS_STATE_FULL);
  }
}

/* A connection that somebody else's SYN began: of the copy of its listener's state, the owner stays. Repeats of the
 * SYN-ACK are the listener's (tcp_create_openreq_child hands them on). */
static __always_inline void on_acceptable(struct sock* sk, struct tcp_state* state) {
  struct tcp_sock* tcp = bpf_skc_to_tcp_sock(sk);
  if (!tcp || is_own(state)) return;
  state->began_ns = bpf_ktime_get_ns();
  state->side = SONDE_TCP_SIDE_SERVER;
  state->phase = PHASE_OPEN;
  state->pending = SONDE_TCP_ACCEPTABLE;
  state->awaits_use = 1;
  state->slot = state->swept = 0;
  state->synack_repeats = state->memory_drops = 0;
  state->owner_swept = sweep_number;
  __builtin_memset(state->told, 0, sizeof(state->told));
  state->told[0].retransmits = tcp->total_retrans;
  note_acceptable(sk, state->began_ns);
}

static __always_inline void on_connected(struct tcp_state* state, __u64 connect_ns) {
  state->phase = PHASE_OPEN;
  state->connect_ns = connect_ns;
  __sync_fetch_and_or(&state->pending, SONDE_TCP_CONNECTED);
}

/* A handshake is over, or as good as over: TCP fast open and a simultaneous open may leave TCP_SYN_RECV for a state
 * that comes after TCP_ESTABLISHED. */
static __always_inline void on_open(struct sock* sk, int old_state) {
  struct tcp_state* state = tcp_state_of(sk);
  if (!state && old_state == TCP_SYN_RECV) state = adopt_child(sk);
  if (!state) return;
  if (is_child(state, old_state)) {
    on_acceptable(sk, state);
  } else if (state->phase == PHASE_CONNECTING) {
    on_connected(state, bpf_ktime_get_ns() - state->began_ns);
  }
}

/* No program runs inside itself: a soft interrupt that finds it running on its CPU passes it over. A success that was
 * missed so is made up for at the end, lest it be told as a failure; of its duration only the round trip is known. */
static __always_inline void make_up_for_open(struct sock* sk, struct tcp_state* state, int old_state) {
  if (old_state == TCP_SYN_SENT || old_state == TCP_SYN_RECV) return;
  struct tcp_sock* tcp = bpf_skc_to_tcp_sock(sk);
  if (is_child(state, old_state)) {
    on_acceptable(sk, state);
  } else if (state->phase == PHASE_CONNECTING && tcp) {
    on_connected(state, (tcp->srtt_us >> 3) * NSEC_PER_USEC);
  }
}

/* Why an attempt failed. An error that could not be acted on while the process was inside connect() is kept aside
 * (sk_err_soft, tcp_v4_err). Without any, the process gave up by itself, or no port was free: TCP_SYN_SENT is entered
 * before a port is looked for (tcp_v4_connect). Both counters begin at 0 with every attempt (tcp_disconnect). */
static __always_inline void explain_failure(struct tcp_state* state, struct sock* sk) {
  struct tcp_sock* tcp = bpf_skc_to_tcp_sock(sk);
  state->error = sk->sk_err ? sk->sk_err : sk->sk_err_soft;
  if (state->error || !tcp) return;
  if (tcp->segs_out == 0) {
    state->failure = SONDE_TCP_FAILURE_NO_PORT;
  } else {
    state->failure = tcp->total_retrans ? SONDE_TCP_FAILURE_NO_ANSWER : SONDE_TCP_FAILURE_CANCELLED;
  }
}

static __always_inline void on_closed(struct sock* sk, int old_state) {
  struct tcp_state* state = tcp_state_of(sk);
  if (!state || is_own(state)) return;
  make_up_for_open(sk, state, old_state);
  __u8 phase = state->phase;
  if (phase == PHASE_ENDED || phase == PHASE_NONE) return;
  __u32 flags = SONDE_TCP_CLOSED;
  __u64 age_ns = bpf_ktime_get_ns() - state->began_ns;
  state->phase = phase == PHASE_OPEN ? PHASE_ENDED : PHASE_NONE;
  if (phase == PHASE_CONNECTING) {
    flags |= SONDE_TCP_FAILED;
    state->connect_ns = age_ns;
    explain_failure(state, sk);
  } else if (phase == PHASE_OPEN) {
    state->error = sk->sk_err;
  } else if (phase != PHASE_LISTENING || old_state != TCP_LISTEN || never_listened(sk, age_ns)) {
    return;
  }
  tell_ended(sk, state, flags);
}

/* Both begin in a system call, never in a soft interrupt. */
static __always_inline int on_begin(struct sock* sk, int new_state) {
  if (new_state != TCP_SYN_SENT && new_state != TCP_LISTEN) return 0;
  if (!is_tcp(sk)) return 0;
  if (new_state == TCP_SYN_SENT) {
    on_connect(sk);
  } else {
    on_listen(sk);
  }
  return 0;
}

static __always_inline int on_state(struct sock* sk, int old_state, int new_state) {
  bool is_open = (old_state == TCP_SYN_SENT || old_state == TCP_SYN_RECV) && new_state != TCP_SYN_RECV;
  if ((new_state != TCP_CLOSE && !is_open) || !is_tcp(sk)) return 0;
  if (new_state == TCP_CLOSE) {
    on_closed(sk, old_state);
  } else {
    on_open(sk, old_state);
  }
  return 0;
}

/* tcp_reset() calls this first and closes the socket next: the record of its end tells it. In TCP_SYN_SENT it is a
 * refusal, also of an attempt that is older than the sensor. */
static __always_inline int on_reset_received(struct sock* sk) {
  if (sk->__sk_common.skc_state == TCP_SYN_SENT) return 0;
  struct tcp_state* state = tcp_state_of(sk);
  if (state && state->phase == PHASE_OPEN) __sync_fetch_and_or(&state->pending, SONDE_TCP_RESET_RECEIVED);
  return 0;
}

/* A request or TIME_WAIT socket, which has no storage, or a listener, which answers for nobody. */
static __always_inline bool is_no_connection(const struct sock* sk) {
  __u8 state = sk->__sk_common.skc_state;
  return state == TCP_TIME_WAIT || state == TCP_NEW_SYN_RECV || state == TCP_LISTEN;
}

/* close() and its kin send the reset after the socket is in TCP_CLOSE (__tcp_close, tcp_disconnect): it needs a record
 * of its own then. */
static __always_inline int on_reset_sent(struct sock* sk, __u8 reason) {
  if (!sk || is_no_connection(sk)) return 0;
  struct tcp_state* state = tcp_state_of(sk);
  if (!state || state->is_reset_noted || is_own(state)) return 0;
  if (state->phase != PHASE_OPEN && state->phase != PHASE_ENDED) return 0;
  state->is_reset_noted = 1;
  state->reset_reason = reason;
  if (state->phase == PHASE_ENDED) {
    tell_ended(sk, state, SONDE_TCP_RESET_SENT);
  } else {
    __sync_fetch_and_or(&state->pending, SONDE_TCP_RESET_SENT);
  }
  return 0;
}

/* The third argument came with Linux 6.10. */
static __always_inline __u8 reset_reason_of(const unsigned long long* arguments) {
  return bpf_core_type_exists(enum sk_rst_reason) ? arguments[2] : 0;
}

static __always_inline int on_synack_repeated(struct sock* sk) {
  if (sk->__sk_common.skc_state != TCP_LISTEN) return 0;
  struct tcp_state* state = tcp_state_of(sk);
  if (state) __sync_fetch_and_add(&state->synack_repeats, 1);
  return 0;
}

static __always_inline int on_memory_limit(struct sock* sk) {
  if (!is_tcp(sk)) return 0;
  struct tcp_state* state = tcp_state_of(sk);
  if (state) __sync_fetch_and_add(&state->memory_drops, 1);
  return 0;
}

/* The state of a socket that a process holds. One without is older than the sensor, or came to this process from one
 * that is no target: its counters so far and how it began are nobody's. */
static __always_inline struct tcp_state* note_held(const struct task_struct* task, struct sock* sk) {
  struct tcp_state* state = tcp_state_of(sk);
  if (state) {
    follow_owner(state, task, sk);
    return state;
  }
  __u8 now = sk->__sk_common.skc_state;
  if (now == TCP_CLOSE || !is_wanted(task, sk)) return 0;
  state = create_state(sk);
  if (!state) return 0;
  bool listens = now == TCP_LISTEN;
  begin_state(state, sk, listens ? SONDE_TCP_SIDE_LISTENER : SONDE_TCP_SIDE_UNKNOWN,
              listens ? PHASE_LISTENING : PHASE_OPEN);
  set_owner(state, task);
  state->pending = SONDE_TCP_OLDER;
  return state;
}

static __always_inline struct sock* tcp_socket_of(struct file* file) {
  struct socket* socket = bpf_sock_from_file(file);
  struct sock* sk = socket ? socket->sk : 0;
  return sk && is_tcp(sk) ? sk : 0;
}

/* Files of all processes, and so sockets of all network namespaces; those that no process holds (not accepted yet, or
 * closed and still sending) are told of when they end. A closed socket has nothing to tell unless the ring was full. */
static __always_inline int on_file(struct task_struct* task, struct file* file, struct seq_file* out) {
  if (!task || !file) return 0;
  struct sock* sk = tcp_socket_of(file);
  if (!sk) return 0;
  struct tcp_state* state = note_held(task, sk);
  if (!state || is_own(state) || state->swept == sweep_number) return 0;
  __u8 now = sk->__sk_common.skc_state;
  if ((now == TCP_CLOSE && !state->pending) || is_child(state, now)) return 0;
  if (sweep_is_silent || tell_swept(out, sk, state)) state->swept = sweep_number;
  return 0;
}

/* The kernel does not run a program inside itself: a soft interrupt that finds one running on its CPU passes it over,
 * and the ends of connections that it handles would be lost. So there are two of the same, of which only one can be
 * running then; what the first has done, the second finds done. Starting to connect, which never happens in a soft
 * interrupt, is a third, since it takes longest. */
SEC("tp_btf/inet_sock_set_state") int BPF_PROG(tcp_begin, struct sock* sk, int old_state, int new_state) {
  return on_begin(sk, new_state);
}
SEC("tp_btf/inet_sock_set_state") int BPF_PROG(tcp_state, struct sock* sk, int old_state, int new_state) {
  return on_state(sk, old_state, new_state);
}
SEC("tp_btf/inet_sock_set_state") int BPF_PROG(tcp_state_again, struct sock* sk, int old_state, int new_state) {
  return on_state(sk, old_state, new_state);
}
SEC("tp_btf/tcp_receive_reset") int BPF_PROG(tcp_reset_received, struct sock* sk) { return on_reset_received(sk); }
SEC("tp_btf/tcp_send_reset") int BPF_PROG(tcp_reset_sent, struct sock* sk) {
  return on_reset_sent(sk, reset_reason_of(ctx));
}
SEC("tp_btf/tcp_retransmit_synack") int BPF_PROG(tcp_synack_repeated, struct sock* sk) {
  return on_synack_repeated(sk);
}
SEC("tp_btf/sock_exceed_buf_limit") int BPF_PROG(tcp_memory_limit, struct sock* sk) { return on_memory_limit(sk); }
SEC("iter/task_file") int tcp_sweep(struct bpf_iter__task_file* ctx) {
  return on_file(ctx->task, ctx->file, ctx->meta->seq);
}
