/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The traffic sensor: sees the bytes of TCP connections where the kernel moves them, inside the system call, and sends
 * the heads of HTTP/1 messages with the byte counts and times of everything to user space. Bodies are not copied.
 *
 * Usually one record an exchange: the request waits in the socket's storage until its response begins.
 */
#include "base/kernel.h"

// The wire needs the kernel's types.
#include "wire/traffic.h"

#include "emit/hint.h"
#include "emit/ring.h"
#include "read/http.h"
#include "read/socket.h"
#include "read/syscall.h"
#include "state/connection.h"
#include "state/datagram.h"
#include "state/first_use.h"
#include "state/target.h"

char LICENSE[] SEC("license") = "GPL";

/* A head split over several segments is followed this far. */
#define REQUEST_HEAD_BYTES 8192
#define RESPONSE_HEAD_BYTES 2048

/* CR LF CR LF, as a little-endian machine reads it. */
#define HEAD_END 0x0a0d0a0dU

/* Set when every hook is attached. */
volatile __u64 watching_since_ns = ~0ULL;

/* A global function, so that the verifier does not follow each kind of start separately. */
__noinline int kind_of_start(__u64 bytes) { return classify_start(bytes); }

struct movement {
  __u64 now;
  __u64 first_ns;
  __u32 length;
  __u8 direction;
  __u8 kind;     /* enum start_kind */
  __u8 owner;    /* enum scratch_owner */
  __u16 stashed; /* bytes of the request that goes before it */
};

static __always_inline struct connection* create_connection(struct sock* sk) {
  struct connection* connection = bpf_sk_storage_get(&connections, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
  if (!connection) {
    count_loss(SONDE_LOSS_STATE_FULL);
    return 0;
  }
  connection->cookie = bpf_get_socket_cookie(sk);
  return connection;
}

/* The state of a socket that has none yet, if it is one to measure. */
static __always_inline struct connection* adopt(struct sock* sk) {
  __u32 tgid = bpf_get_current_pid_tgid() >> 32;
  if (tgid == self_tgid || !has_file(sk)) return 0;
  if (!is_target(sk, tgid)) return 0;
  return create_connection(sk);
}

/* When the bytes of this receive arrived; sets the same for what is still unread. tcp_mstamp is when the socket last
 * handled a packet, in microseconds of CLOCK_MONOTONIC (net/ipv4/tcp_input.c): it costs nothing to read. */
static __always_inline __u64 arrival_of(struct sock* sk, struct connection* connection, __u64 now) {
  struct tcp_sock* tcp = bpf_skc_to_tcp_sock(sk);
  if (!tcp) return now;
  __u64 arrived_us = connection->unread_since_us ? connection->unread_since_us : tcp->tcp_mstamp;
  connection->unread_since_us = tcp->copied_seq == tcp->rcv_nxt ? 0 : tcp->tcp_mstamp;
  __u64 arrived = arrived_us * NSEC_PER_USEC;
  return arrived > now ? now : arrived;
}

/* Keeps the last eight bytes of what is not copied, so that the end of a chunked body can be told. */
static __always_inline void follow_tail(struct sonde_progress* progress, const struct user_source* source,
                                        __u32 length) {
  struct iovec last = {.iov_base = (void*)source->first, .iov_len = length};
  if (source->first_bytes < length && !find_last_piece(&last, source, length)) last.iov_len = 0;
  __u64 bytes = 0, size = last.iov_len < 8 ? last.iov_len : 8;
  barrier_var(size);
  if (size > 8) return;
  if (size == 0 || bpf_probe_read_user(&bytes, size, (__u8*)last.iov_base + last.iov_len - size)) {
    progress->tail = 0;
    return;
  }
  bytes = bpf_be64_to_cpu(bytes);
  progress->tail = size == 8 ? bytes : progress->tail << (8 * size) | bytes >> (64 - 8 * size);
}

static __always_inline void advance(struct connection* connection, const struct movement* moved) {
  struct sonde_progress* progress = &connection->progress[moved->direction & 1];
  progress->offset_bytes += moved->length;
  progress->last_ns = moved->now;
}

static __always_inline void describe(struct sonde_segment* segment, const struct connection* connection,
                                     const struct movement* moved, __u32 captured) {
  segment->offset_bytes = connection->progress[moved->direction & 1].offset_bytes;
  segment->first_ns = moved->first_ns;
  segment->last_ns = moved->now;
  segment->length_bytes = moved->length;
  segment->captured_bytes = captured;
  segment->direction = moved->direction;
}

/* Segments from here on may continue the head that starts with this one, unless it ends with the segment. */
static __always_inline void follow_head(struct connection* connection, const struct movement* moved, bool complete) {
  __u64 start = connection->progress[moved->direction & 1].offset_bytes;
  __u32 window = moved->kind == START_RESPONSE ? RESPONSE_HEAD_BYTES : REQUEST_HEAD_BYTES;
  if (moved->kind != START_NONE || complete) {
    connection->head_until[moved->direction & 1] = complete ? 0 : start + window;
  }
}

static __always_inline void describe_stash(struct connection* connection, const struct movement* moved) {
  describe(&connection->stash_segment, connection, moved, moved->length);
  connection->stash_bytes = moved->length;
}

/* Keeps a short request until its response begins: read once, straight to where it waits. */
static __always_inline bool stash_request(struct connection* connection, struct movement* moved,
                                          const struct user_source* source) {
  if (connection->phase != PHASE_HTTP1 || moved->direction != connection->request_direction) return false;
  __u64 bytes = moved->length;
  if (connection->stash_bytes || source->first_bytes < bytes || bytes < 8) return false;
  barrier_var(bytes);
  if (bytes > SONDE_STASH_BYTES) return false;
  if (bpf_probe_read_user(&connection->stash, bytes, source->first)) return false;
  moved->kind = kind_of_start(connection->stash.words[0]);
  if (moved->kind != START_REQUEST) return false;
  __u64 end = (bytes - 4) & (SONDE_STASH_BYTES - 1);
  if (end > SONDE_STASH_BYTES - 4) return false;
  follow_head(connection, moved, *(__u32*)((__u8*)&connection->stash + end) == HEAD_END);
  describe_stash(connection, moved);
  return true;
}

/* The same for a request that lies in the scratch already. */
static __always_inline bool stash_copied(struct connection* connection, const struct movement* moved,
                                         const struct scratch* scratch, __u32 copied) {
  if (moved->kind != START_REQUEST || moved->direction != connection->request_direction) return false;
  __u64 bytes = copied;
  if (connection->stash_bytes || bytes != moved->length) return false;
  barrier_var(bytes);
  if (bytes > SONDE_STASH_BYTES) return false;
  bpf_probe_read_kernel(&connection->stash, bytes, scratch->data.at);
  follow_head(connection, moved, ends_head(&scratch->data, copied));
  describe_stash(connection, moved);
  return true;
}

/* What user space knows now, and the tail of what it was not given. Of two pieces the first is the head and the second
 * a body of known length, as nearly always: the tail of a chunked body is in the last of more, or of one. */
static __always_inline void note_emitted(struct connection* connection, const struct movement* moved,
                                         const struct user_source* source, __u32 copied) {
  struct sonde_progress* progress = &connection->progress[moved->direction & 1];
  __u8 other = opposite(moved->direction);
  connection->reported[other & 1] = connection->progress[other & 1].offset_bytes;
  connection->reported[moved->direction & 1] = progress->offset_bytes + moved->length;
  progress->tail = 0;
  if (copied == moved->length || source->rest_count == 1) return;
  follow_tail(progress, source, moved->length);
  connection->reported[moved->direction & 1] = progress->offset_bytes + copied;
}

/* Sends the stashed request, if any, and this segment, of which `copied` bytes lie in the scratch behind the room for
 * the stash. */
static __always_inline void emit_segment(struct connection* connection, const struct movement* moved,
                                         struct scratch* scratch, __u32 copied) {
  begin_record(scratch, connection);
  __u32 stashed = take_stash(scratch, connection, moved->stashed);
  __u32 index = scratch->record.header.segment_count & 1;
  describe(&scratch->record.segments[index], connection, moved, copied);
  scratch->record.header.segment_count = index + 1;
  follow_head(connection, moved, ends_head(&scratch->data, stashed + copied));
  __u32 data_bytes = stashed + copied;
  if (data_bytes > SONDE_STASH_BYTES + SONDE_CAPTURE_BYTES) return;
  send_record(&scratch->record, sizeof(scratch->record) + data_bytes);
}

/* Looks for the first message of a connection; true once it has been seen. */
static __always_inline bool recognise(struct connection* connection, const struct movement* moved) {
  if (connection->phase == PHASE_HTTP1) return true;
  if (moved->kind == START_REQUEST || moved->kind == START_RESPONSE) {
    if (connection->tgid == self_tgid) {
      connection->phase = PHASE_IGNORED;
      return false;
    }
    connection->phase = PHASE_HTTP1;
    connection->request_direction = moved->kind == START_REQUEST ? moved->direction : opposite(moved->direction);
    return true;
  }
  if (moved->direction != connection->last_direction) connection->flips++;
  connection->last_direction = moved->direction;
  if (moved->kind == START_OPAQUE || connection->flips > MAX_UNKNOWN_FLIPS) connection->phase = PHASE_IGNORED;
  return false;
}

static __always_inline bool is_wanted(const struct connection* connection, const struct movement* moved) {
  __u8 direction = moved->direction & 1;
  __u8 expected = direction == connection->request_direction ? START_REQUEST : START_RESPONSE;
  return moved->kind == expected || connection->progress[direction].offset_bytes < connection->head_until[direction];
}

static __always_inline __u32 capture_limit(const struct movement* moved, const struct connection* connection) {
  bool is_response = connection->phase == PHASE_HTTP1 && moved->direction != connection->request_direction;
  __u32 limit = is_response ? SONDE_RESPONSE_CAPTURE_BYTES : SONDE_CAPTURE_BYTES;
  return limit < moved->length ? limit : moved->length;
}

static __always_inline void handle_bytes(struct connection* connection, struct sock* sk, struct movement* moved,
                                         const struct user_source* source) {
  if (stash_request(connection, moved, source)) return;
  __u32 owner = moved->owner;
  struct scratch* scratch = bpf_map_lookup_elem(&scratches, &owner);
  if (!scratch) return;
  __u32 at = moved->stashed = connection->stash_bytes, limit = capture_limit(moved, connection);
  if (at > SONDE_STASH_BYTES) return;
  copy_stash(&scratch->data, &connection->stash, at);
  /* A long segment is most likely a body: look at its first bytes before copying it. */
  bool is_peek = moved->length > SONDE_RESPONSE_CAPTURE_BYTES;
  __u32 copied = copy_start(&scratch->data, at, source, is_peek ? 8 : limit);
  moved->kind = copied < 8 ? START_NONE : kind_of_start(*(__u64*)(scratch->data.at + (at & 511)));
  if (!recognise(connection, moved) || !is_wanted(connection, moved)) {
    follow_tail(&connection->progress[moved->direction & 1], source, moved->length);
    return;
  }
  if (is_peek) copied = copy_start(&scratch->data, at, source, limit);
  if (copied == 0) count_loss(SONDE_LOSS_UNREADABLE);
  if (!connection->opened) send_opened(connection, sk, moved->now);
  if (stash_copied(connection, moved, scratch, copied)) return;
  emit_segment(connection, moved, scratch, copied);
  note_emitted(connection, moved, source, copied);
}

static __always_inline void locate_and_handle(struct connection* connection, struct sock* sk, struct movement* moved) {
  struct user_source source = {};
  switch (locate_user_source(&source, moved->length)) {
    case LOCATED:
      handle_bytes(connection, sk, moved, &source);
      return;
    case NO_USER_BUFFER: /* a body sent from the page cache: only the offset advances */
      break;
    case UNKNOWN_SYSCALL:
      count_loss(SONDE_LOSS_SYSCALL);
      break;
    case UNREADABLE:
      count_loss(SONDE_LOSS_UNREADABLE);
      break;
  }
  connection->progress[moved->direction & 1].tail = 0;
}

/* The first byte that a process moves on a connection it accepted. Its own, if it reads: it cannot use what has not
 * come yet. One that was there before the hooks may have been used already. */
static __always_inline void note_first_use(struct sock* sk, const struct movement* moved) {
  struct first_use* use = bpf_sk_storage_get(&first_uses, sk, 0, 0);
  if (!use || use->done || use->acceptable_ns < watching_since_ns) return;
  __u64 usable_ns = use->acceptable_ns;
  if (moved->direction == SONDE_INBOUND && moved->first_ns > usable_ns) usable_ns = moved->first_ns;
  use->wait_ns = moved->now > usable_ns ? moved->now - usable_ns : 0;
  __sync_lock_test_and_set(&use->done, 1); /* a full barrier: whoever sees it sees wait_ns */
}

static __always_inline int on_moved(struct sock* sk, int result, int flags, __u8 direction, __u8 owner) {
  if (flags & (MSG_PEEK | MSG_ERRQUEUE) || is_postponed(result)) return 0;
  struct connection* connection = result > 0 ? bpf_sk_storage_get(&connections, sk, 0, 0) : 0;
  if (!connection) {
    if (!is_tcp(sk)) return count_datagram(sk, result, direction);
    if (result > 0) connection = adopt(sk);
  }
  if (!connection || flags & MSG_OOB) return 0;
  struct movement moved = {.now = bpf_ktime_get_ns(), .length = result, .direction = direction, .owner = owner};
  if (connection->phase != PHASE_IGNORED) {
    if (!connection->opened) connection->tgid = bpf_get_current_pid_tgid() >> 32;
    moved.first_ns = direction == SONDE_INBOUND ? arrival_of(sk, connection, moved.now) : moved.now;
    locate_and_handle(connection, sk, &moved);
  }
  if (!(connection->progress[0].offset_bytes | connection->progress[1].offset_bytes)) note_first_use(sk, &moved);
  advance(connection, &moved);
  return 0;
}

static __always_inline int on_data_ready(struct sock* sk) {
  struct connection* connection = bpf_sk_storage_get(&connections, sk, 0, 0);
  if (!connection || connection->unread_since_us || connection->phase == PHASE_IGNORED) return 0;
  struct tcp_sock* tcp = bpf_skc_to_tcp_sock(sk);
  if (tcp) connection->unread_since_us = tcp->tcp_mstamp;
  return 0;
}

/* A connection that a server is about to accept. Its first bytes can arrive before any process touches it, so where the
 * ports decide, or the tcp sensor knows it for a target's, its state is made now. */
static __always_inline void on_established(struct sock* sk, int old_state) {
  if (old_state != TCP_SYN_RECV || !is_tcp(sk)) return;
  if (is_filtered() && !has_target_port(sk) && !bpf_sk_storage_get(&first_uses, sk, 0, 0)) return;
  struct connection* connection = create_connection(sk);
  if (connection) connection->side = SONDE_SIDE_SERVER;
}

static __always_inline void flush_stash(struct connection* connection) {
  __u32 owner = SCRATCH_STATE;
  struct scratch* scratch = bpf_map_lookup_elem(&scratches, &owner);
  if (!scratch || !connection->stash_bytes) return;
  copy_stash(&scratch->data, &connection->stash, SONDE_STASH_BYTES);
  begin_record(scratch, connection);
  __u32 bytes = take_stash(scratch, connection, connection->stash_bytes);
  if (bytes > SONDE_STASH_BYTES) return;
  send_record(&scratch->record, sizeof(scratch->record) + bytes);
}

static __always_inline void on_ended(struct sock* sk, bool closed) {
  struct connection* connection = bpf_sk_storage_get(&connections, sk, 0, 0);
  if (!connection || !(connection->progress[0].offset_bytes | connection->progress[1].offset_bytes)) return;
  flush_stash(connection);
  struct sonde_ended record = {};
  record.header.kind = SONDE_RECORD_ENDED;
  record.header.sequence = next_sequence(connection);
  record.header.cookie = connection->cookie;
  record.at_ns = bpf_ktime_get_ns();
  record.progress[SONDE_INBOUND] = connection->progress[SONDE_INBOUND];
  record.progress[SONDE_OUTBOUND] = connection->progress[SONDE_OUTBOUND];
  record.socket_error = sk->sk_err;
  record.closed = closed;
  struct tcp_sock* tcp = bpf_skc_to_tcp_sock(sk);
  if (tcp) {
    record.acknowledged_bytes = tcp->bytes_acked;
    record.received_bytes = tcp->bytes_received;
  }
  send_record(&record, sizeof(record));
  /* The hook of the call during which the connection went is still to come: it has nothing to add. */
  if (closed) connection->phase = PHASE_IGNORED;
}

static __always_inline int on_state(struct sock* sk, int old_state, int new_state) {
  switch (new_state) {
    case TCP_ESTABLISHED:
      on_established(sk, old_state);
      break;
    case TCP_FIN_WAIT1:
    case TCP_LAST_ACK:
      on_ended(sk, false);
      break;
    case TCP_CLOSE:
      on_ended(sk, true);
      break;
  }
  return 0;
}

/* The same by way of every open file: for kernels that do not let programs walk over a map of socket storage, as some
 * do under lockdown. A socket that is open more than once is told of once. */
static __always_inline int on_file(struct file* file) {
  struct socket* socket = file ? bpf_sock_from_file(file) : 0;
  struct sock* sk = socket ? socket->sk : 0;
  return sk ? hint_progress(bpf_sk_storage_get(&connections, sk, 0, 0)) : 0;
}

SEC("tp_btf/sock_send_length") int BPF_PROG(traffic_send, struct sock* sk, int result, int flags) {
  return on_moved(sk, result, 0, SONDE_OUTBOUND, SCRATCH_SEND);
}
SEC("tp_btf/sock_recv_length") int BPF_PROG(traffic_receive, struct sock* sk, int result, int flags) {
  return on_moved(sk, result, flags, SONDE_INBOUND, SCRATCH_RECEIVE);
}
SEC("tp_btf/sk_data_ready") int BPF_PROG(traffic_data_ready, struct sock* sk) { return on_data_ready(sk); }
SEC("tp_btf/inet_sock_set_state") int BPF_PROG(traffic_state, struct sock* sk, int old_state, int new_state) {
  return on_state(sk, old_state, new_state);
}
SEC("?iter/bpf_sk_storage_map") int traffic_sweep(struct bpf_iter__bpf_sk_storage_map* ctx) {
  return hint_progress(ctx->value);
}
SEC("?iter/task_file") int traffic_sweep_files(struct bpf_iter__task_file* ctx) { return on_file(ctx->file); }
