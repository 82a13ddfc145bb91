/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The traffic sensor: sees the bytes of TCP connections where the kernel moves them, inside the system call, and sends
 * the heads of HTTP/1 messages with the byte counts and times of everything to user space. Bodies are not copied.
 *
 * Usually one record an exchange: the request waits in the socket's storage until its response begins.
 */
#include "base/kernel.h"
#include "emit/ring.h"
#include "read/http.h"
#include "read/syscall.h"
#include "state/connection.h"
#include "state/target.h"
#include "wire/traffic.h"

char LICENSE[] SEC("license") = "GPL";

/* A head split over several segments is followed this far. */
#define REQUEST_HEAD_BYTES 8192
#define RESPONSE_HEAD_BYTES 2048
/* A hint about a connection that moved bytes this recently could overtake the record of those bytes. */
#define QUIET_NS 1000000ULL

#define HEAD_END 0x0d0a0d0aU

struct movement {
  __u64 now;
  __u64 first_ns;
  __u32 length;
  __u8 direction;
  __u8 kind;   /* enum start_kind */
  __u8 owner;  /* enum scratch_owner */
};

static __always_inline bool is_tcp(const struct sock *sk) {
  __u16 family = sk->__sk_common.skc_family;
  return (family == AF_INET || family == AF_INET6) && sk->sk_protocol == IPPROTO_TCP;
}

/* Sockets of the kernel itself (NFS, ...) have no file. */
static __always_inline bool has_file(const struct sock *sk) {
  struct socket *socket = sk->sk_socket;
  return socket && socket->file;
}

static __always_inline struct connection *create_connection(struct sock *sk) {
  struct connection *connection = bpf_sk_storage_get(&connections, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
  if (!connection) {
    count_loss(SONDE_LOSS_STATE_FULL);
    return 0;
  }
  connection->cookie = bpf_get_socket_cookie(sk);
  return connection;
}

/* The state of a socket that has none yet, if it is one to measure. */
static __always_inline struct connection *adopt(struct sock *sk) {
  __u32 tgid = bpf_get_current_pid_tgid() >> 32;
  if (tgid == self_tgid || !is_tcp(sk) || !has_file(sk)) return 0;
  if (is_filtered() && !has_target_port(sk) && !is_target_process(tgid)) return 0;
  return create_connection(sk);
}

/* When the bytes of this receive arrived; sets the same for what is still unread. */
static __always_inline __u64 arrival_of(struct sock *sk, struct connection *connection, __u64 now) {
  struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);
  if (!tcp) return now;
  /* tcp_mstamp: when this socket last handled a packet, in microseconds of the monotonic clock (net/ipv4/tcp.c). */
  __u64 age_ns = bpf_ktime_get_ns() - tcp->tcp_mstamp * NSEC_PER_USEC;
  __u64 last_packet_ns = now - age_ns;
  __u64 arrived = connection->unread_since_ns;
  if (!arrived) arrived = last_packet_ns;
  connection->unread_since_ns = tcp->copied_seq == tcp->rcv_nxt ? 0 : last_packet_ns;
  return arrived > now ? now : arrived;
}

/* Keeps the last eight bytes of what is not copied, so that the end of a chunked body can be told. */
static __always_inline void follow_tail(struct sonde_progress *progress, const struct user_pieces *pieces, __u32 length) {
  __u64 total = 0, bytes = 0, last_bytes = 0;
  const __u8 *last = 0;
  for (__u32 i = 0; i < MAX_PIECES; i++) {
    if (i >= pieces->count) break;
    __u64 piece_bytes = pieces->pieces[i].iov_len;
    if (piece_bytes == 0) continue;
    last = pieces->pieces[i].iov_base;
    last_bytes = piece_bytes;
    total += piece_bytes;
  }
  if (total != length) { /* a short write, or more pieces than are looked at */
    progress->tail = 0;
    return;
  }
  __u64 size = last_bytes < 8 ? last_bytes : 8;
  barrier_var(size);
  if (size > 8) return;
  if (bpf_probe_read_user(&bytes, size, last + last_bytes - size)) bytes = 0;
  bytes = bpf_be64_to_cpu(bytes);
  progress->tail = size == 8 ? bytes : progress->tail << (8 * size) | bytes >> (64 - 8 * size);
}

static __always_inline void advance(struct connection *connection, const struct movement *moved) {
  struct sonde_progress *progress = &connection->progress[moved->direction & 1];
  progress->offset_bytes += moved->length;
  progress->last_ns = moved->now;
}

static __always_inline void describe(struct sonde_segment *segment, const struct connection *connection,
                                     const struct movement *moved, __u32 captured) {
  segment->offset_bytes = connection->progress[moved->direction & 1].offset_bytes;
  segment->first_ns = moved->first_ns;
  segment->last_ns = moved->now;
  segment->length_bytes = moved->length;
  segment->captured_bytes = captured;
  segment->direction = moved->direction;
}

static __always_inline bool ends_head(const __u8 *data, __u32 end) {
  if (end < 4) return false;
  __u32 at = (end - 4) & 4095;
  if (at > 4092) return false;
  return (__u32)data[at] << 24 == (HEAD_END & 0xff000000) && data[at + 1] == 0x0a && data[at + 2] == 0x0d &&
         data[at + 3] == 0x0a;
}

/* Segments from here on may continue the head that starts with this one, unless it ends with the segment. */
static __always_inline void follow_head(struct connection *connection, const struct movement *moved, bool complete) {
  __u64 start = connection->progress[moved->direction & 1].offset_bytes;
  __u32 window = moved->kind == START_RESPONSE ? RESPONSE_HEAD_BYTES : REQUEST_HEAD_BYTES;
  if (moved->kind != START_NONE || complete) {
    connection->head_until[moved->direction & 1] = complete ? 0 : start + window;
  }
}

/* Keeps a short request until its response begins. */
static __always_inline bool stash_request(struct connection *connection, const struct movement *moved,
                                          const struct user_pieces *pieces, struct scratch *scratch) {
  __u32 bytes = gather(scratch->data, 0, pieces, SONDE_STASH_BYTES);
  if (bytes != moved->length || bytes > SONDE_STASH_BYTES) return false;
  bpf_probe_read_kernel(connection->stash, bytes, scratch->data);
  describe(&connection->stash_segment, connection, moved, bytes);
  follow_head(connection, moved, ends_head(scratch->data, bytes));
  connection->stash_bytes = bytes;
  return true;
}

static __always_inline void emit_segment(struct connection *connection, const struct movement *moved,
                                         const struct user_pieces *pieces, struct scratch *scratch) {
  begin_record(scratch, connection);
  __u32 stashed = take_stash(scratch, connection);
  __u32 index = scratch->record.header.segment_count & 1;
  __u32 limit = moved->kind == START_RESPONSE ? SONDE_RESPONSE_CAPTURE_BYTES : SONDE_CAPTURE_BYTES;
  if (limit > moved->length) limit = moved->length;
  __u32 captured = gather(scratch->data, stashed, pieces, limit);
  if (captured < limit) count_loss(SONDE_LOSS_UNREADABLE);
  describe(&scratch->record.segments[index], connection, moved, captured);
  scratch->record.header.segment_count = index + 1;
  follow_head(connection, moved, captured == moved->length && ends_head(scratch->data, stashed + captured));
  __u32 data_bytes = stashed + captured;
  if (data_bytes > SONDE_STASH_BYTES + SONDE_CAPTURE_BYTES) return;
  send_record(&scratch->record, sizeof(scratch->record) + data_bytes);
  connection->progress[moved->direction & 1].tail = 0;
  connection->reported[moved->direction & 1] = connection->progress[moved->direction & 1].offset_bytes + moved->length;
  connection->reported[opposite(moved->direction) & 1] = connection->progress[opposite(moved->direction) & 1].offset_bytes;
}

/* Looks for the first message of a connection; true once it has been seen. */
static __always_inline bool recognise(struct connection *connection, const struct sock *sk, const struct movement *moved) {
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

static __always_inline bool is_wanted(const struct connection *connection, const struct movement *moved) {
  __u8 direction = moved->direction & 1;
  __u8 expected = direction == connection->request_direction ? START_REQUEST : START_RESPONSE;
  return moved->kind == expected || connection->progress[direction].offset_bytes < connection->head_until[direction];
}

static __always_inline void handle_bytes(struct connection *connection, struct sock *sk, struct movement *moved,
                                         const struct user_pieces *pieces) {
  moved->kind = classify_start(first_bytes(pieces, moved->length));
  __u32 owner = moved->owner;
  struct scratch *scratch = bpf_map_lookup_elem(&scratches, &owner);
  if (!scratch || !recognise(connection, sk, moved) || !is_wanted(connection, moved)) {
    follow_tail(&connection->progress[moved->direction & 1], pieces, moved->length);
    return;
  }
  if (!connection->opened) send_opened(connection, sk, moved->now);
  bool is_short = moved->kind == START_REQUEST && moved->length <= SONDE_STASH_BYTES && !connection->stash_bytes;
  if (is_short && moved->direction == connection->request_direction && stash_request(connection, moved, pieces, scratch)) {
    return;
  }
  emit_segment(connection, moved, pieces, scratch);
}

static __always_inline void locate_and_handle(struct connection *connection, struct sock *sk, struct movement *moved) {
  struct user_pieces pieces;
  switch (locate_user_pieces(&pieces, moved->length)) {
    case LOCATED:
      if (pieces.count > 0) handle_bytes(connection, sk, moved, &pieces);
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

static __always_inline int on_moved(struct sock *sk, int result, int flags, __u8 direction, __u8 owner) {
  if (result <= 0 || flags & (MSG_PEEK | MSG_OOB | MSG_ERRQUEUE)) return 0;
  struct connection *connection = bpf_sk_storage_get(&connections, sk, 0, 0);
  if (!connection) connection = adopt(sk);
  if (!connection) return 0;
  struct movement moved = {.now = bpf_ktime_get_boot_ns(), .length = result, .direction = direction, .owner = owner};
  if (connection->phase != PHASE_IGNORED) {
    connection->tgid = bpf_get_current_pid_tgid() >> 32;
    moved.first_ns = direction == SONDE_INBOUND ? arrival_of(sk, connection, moved.now) : moved.now;
    locate_and_handle(connection, sk, &moved);
  }
  advance(connection, &moved);
  return 0;
}

static __always_inline int on_data_ready(struct sock *sk) {
  struct connection *connection = bpf_sk_storage_get(&connections, sk, 0, 0);
  if (!connection || connection->unread_since_ns || connection->phase == PHASE_IGNORED) return 0;
  connection->unread_since_ns = bpf_ktime_get_boot_ns();
  return 0;
}

/* A connection that a server is about to accept. Its first bytes can arrive before any process touches it, so where the
 * ports decide, its state is made now. */
static __always_inline void on_established(struct sock *sk, int old_state) {
  if (old_state != TCP_SYN_RECV || !is_tcp(sk)) return;
  if (is_filtered() && !has_target_port(sk)) return;
  struct connection *connection = create_connection(sk);
  if (connection) connection->side = SONDE_SIDE_SERVER;
}

static __always_inline void flush_stash(struct connection *connection) {
  __u32 owner = SCRATCH_STATE;
  struct scratch *scratch = bpf_map_lookup_elem(&scratches, &owner);
  if (!scratch || !connection->stash_bytes) return;
  begin_record(scratch, connection);
  __u32 bytes = take_stash(scratch, connection);
  if (bytes > SONDE_STASH_BYTES) return;
  send_record(&scratch->record, sizeof(scratch->record) + bytes);
}

static __always_inline void on_ended(struct sock *sk, bool closed) {
  struct connection *connection = bpf_sk_storage_get(&connections, sk, 0, 0);
  if (!connection || !(connection->progress[0].offset_bytes | connection->progress[1].offset_bytes)) return;
  flush_stash(connection);
  struct sonde_ended record = {};
  record.header.kind = SONDE_RECORD_ENDED;
  record.header.sequence = next_sequence(connection);
  record.header.cookie = connection->cookie;
  record.at_ns = bpf_ktime_get_boot_ns();
  record.progress[SONDE_INBOUND] = connection->progress[SONDE_INBOUND];
  record.progress[SONDE_OUTBOUND] = connection->progress[SONDE_OUTBOUND];
  record.socket_error = sk->sk_err;
  record.closed = closed;
  struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);
  if (tcp) {
    record.acknowledged_bytes = tcp->bytes_acked;
    record.received_bytes = tcp->bytes_received;
  }
  send_record(&record, sizeof(record));
}

static __always_inline int on_state(struct sock *sk, int old_state, int new_state) {
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

/* Tells how far a connection has come since its last record. Run by user space while it waits for the end of a response
 * whose body was not copied. */
static __always_inline int on_sweep(struct connection *connection) {
  if (!connection || connection->phase != PHASE_HTTP1 || !connection->opened) return 0;
  __u64 now = bpf_ktime_get_boot_ns();
  struct sonde_progress in = connection->progress[SONDE_INBOUND], out = connection->progress[SONDE_OUTBOUND];
  if (in.offset_bytes == connection->reported[SONDE_INBOUND] && out.offset_bytes == connection->reported[SONDE_OUTBOUND]) return 0;
  if (now - in.last_ns < QUIET_NS || now - out.last_ns < QUIET_NS) return 0;
  struct {
    struct sonde_traffic record;
  } hint = {};
  hint.record.header.kind = SONDE_RECORD_TRAFFIC;
  hint.record.header.cookie = connection->cookie;
  hint.record.tgid = connection->tgid;
  hint.record.before[SONDE_INBOUND] = in;
  hint.record.before[SONDE_OUTBOUND] = out;
  if (connection->stash_bytes) {
    hint.record.before[connection->request_direction & 1].offset_bytes = connection->stash_segment.offset_bytes;
  }
  if (send_record(&hint, sizeof(hint))) {
    connection->reported[SONDE_INBOUND] = in.offset_bytes;
    connection->reported[SONDE_OUTBOUND] = out.offset_bytes;
  }
  return 0;
}

SEC("tp_btf/sock_send_length") int BPF_PROG(traffic_send, struct sock *sk, int result, int flags) { return on_moved(sk, result, 0, SONDE_OUTBOUND, SCRATCH_SEND); }
SEC("tp_btf/sock_recv_length") int BPF_PROG(traffic_receive, struct sock *sk, int result, int flags) { return on_moved(sk, result, flags, SONDE_INBOUND, SCRATCH_RECEIVE); }
SEC("tp_btf/sk_data_ready") int BPF_PROG(traffic_data_ready, struct sock *sk) { return on_data_ready(sk); }
SEC("tp_btf/inet_sock_set_state") int BPF_PROG(traffic_state, struct sock *sk, int old_state, int new_state) { return on_state(sk, old_state, new_state); }
SEC("iter/bpf_sk_storage_map") int traffic_sweep(struct bpf_iter__bpf_sk_storage_map *ctx) { return on_sweep(ctx->value); }
