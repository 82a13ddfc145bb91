/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the tcp sensor says: one kind of record for everything about a socket, sent when something ended (through the
 * ring buffer) and for every living socket when user space sweeps (through the iterator). Counts are what came since
 * the socket's last record, so records can simply be added up. A change here bumps SONDE_TCP_WIRE_VERSION and gets a
 * line in docs/wire-format.md.
 */
#ifndef SONDE_WIRE_TCP_H
#define SONDE_WIRE_TCP_H

#include "wire/abi.h"

#define SONDE_TCP_WIRE_VERSION 1

/* What is new about the socket: each bit is set in exactly one record of a connection or listener. A socket that
 * connects again begins anew. */
enum sonde_tcp_flag {
  SONDE_TCP_ATTEMPTED = 1 << 0,      /* connect() sent a SYN, or tried to */
  SONDE_TCP_CONNECTED = 1 << 1,      /* a connect() succeeded: connect_ns */
  SONDE_TCP_FAILED = 1 << 2,         /* a connect() did not: connect_ns, error, failure */
  SONDE_TCP_ACCEPTABLE = 1 << 3,     /* a peer's handshake was completed: the connection is ready to be accepted */
  SONDE_TCP_FIRST_USE = 1 << 4,      /* the process used an accepted connection for the first time: accept_wait_ns */
  SONDE_TCP_RESET_SENT = 1 << 5,     /* this side broke the connection off: reset_reason */
  SONDE_TCP_RESET_RECEIVED = 1 << 6, /* the other side did */
  SONDE_TCP_CLOSED = 1 << 7,         /* gone; a listening socket: it listens no more */
  SONDE_TCP_OLDER = 1 << 8,          /* it was there before the sensor: nothing is known of its past */
};

enum sonde_tcp_side {
  SONDE_TCP_SIDE_UNKNOWN = 0,
  SONDE_TCP_SIDE_SERVER = 1,
  SONDE_TCP_SIDE_CLIENT = 2,
  SONDE_TCP_SIDE_LISTENER = 3,
};

/* Why a connect() failed, where sk_err alone does not tell. */
enum sonde_tcp_failure {
  SONDE_TCP_FAILURE_ERROR = 0,     /* see error */
  SONDE_TCP_FAILURE_NO_ANSWER = 1, /* given up by the process after a SYN had been repeated in vain */
  SONDE_TCP_FAILURE_CANCELLED = 2, /* given up by the process before a SYN was repeated */
  SONDE_TCP_FAILURE_NO_PORT = 3,   /* no local port was free */
};

struct sonde_tcp_record {
  __u32 flags; /* enum sonde_tcp_flag */
  __u32 tgid;  /* of the process that connected, listens, or holds the socket */
  __u64 cookie;
  __u64 at_ns;
  __u64 cgroup_id;
  __u64 connect_ns;     /* from the first SYN to the end of the attempt */
  __u64 accept_wait_ns; /* from when it could be accepted, or its first byte if later, to its first use */
  __u64 sent_bytes;     /* payload, repeats not counted; since the last record, as all counts */
  __u64 received_bytes;
  __u32 sent_segments; /* repeats and bare acknowledgements too, as all segments here */
  __u32 received_segments;
  __u32 retransmits;  /* segments sent again; a listening socket: SYN-ACKs */
  __u32 drops;        /* what arrived and was thrown away (sk_drops); a listening socket: connections refused a place */
  __u32 memory_drops; /* times a memory limit of sockets was hit (sock_exceed_buf_limit) */
  __u32 rtt_us;       /* smoothed; 0: none measured yet */
  __u32 rtt_var_us;   /* its mean deviation */
  __u32 unread_bytes; /* arrived, not yet read; a listening socket: connections that wait to be accepted */
  __u32 unacked_bytes; /* written, not yet acknowledged; a listening socket: most connections that may wait */
  __s32 error;         /* errno */
  __u16 local_port;
  __u16 remote_port;
  __u8 local_address[16]; /* IPv4 as ::ffff:a.b.c.d */
  __u8 remote_address[16];
  __u8 side;               /* enum sonde_tcp_side */
  __u8 state;              /* the kernel's TCP_ESTABLISHED = 1, ... TCP_LISTEN = 10, ... */
  __u8 failure;            /* enum sonde_tcp_failure */
  __u8 reset_reason;       /* the kernel's enum sk_rst_reason (6.10); 0: not told */
  __u8 peer_window_closed; /* the peer takes no more bytes for now */
  __u8 own_window_closed;  /* we take no more: the process does not read */
  __u8 pad[6];
  char process_name[SONDE_PROCESS_NAME_BYTES]; /* comm of the thread group's leader */
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_tcp_record) == 168, "wire ABI v1");

#endif
