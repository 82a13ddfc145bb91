/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the traffic sensor and user space say to each other. One description for both: included by C for BPF and by C++.
 * Everything is naturally aligned, padded by name, and written in the byte order of the host. Times (_ns) are those of
 * CLOCK_MONOTONIC, which takes a third less to read than CLOCK_BOOTTIME. Kinds are never renumbered. A change here
 * bumps SONDE_TRAFFIC_WIRE_VERSION and gets a line in docs/wire-format.md.
 */
#ifndef SONDE_WIRE_TRAFFIC_H
#define SONDE_WIRE_TRAFFIC_H

#include "wire/abi.h"

#define SONDE_TRAFFIC_WIRE_VERSION 1

enum sonde_record_kind {
  SONDE_RECORD_OPENED = 1,
  SONDE_RECORD_TRAFFIC = 2,
  SONDE_RECORD_ENDED = 3,
};

enum sonde_direction {
  SONDE_INBOUND = 0,
  SONDE_OUTBOUND = 1,
  SONDE_DIRECTIONS = 2,
};

enum sonde_side {
  SONDE_SIDE_UNKNOWN = 0,
  SONDE_SIDE_SERVER = 1,
  SONDE_SIDE_CLIENT = 2,
};

#define SONDE_SEGMENTS_PER_RECORD 2

/* A request up to this long waits in the kernel for its response, and both travel in one record. */
#define SONDE_STASH_BYTES 256
/* So much of one segment is copied at most; heads with big cookies fit. */
#define SONDE_CAPTURE_BYTES 4096
/* Of the first segment of a response, of which only the start line and the framing are of interest. */
#define SONDE_RESPONSE_CAPTURE_BYTES 1024

struct sonde_record_header {
  __u16 kind;
  __u16 segment_count;
  __u32 sequence; /* per connection from 1; 0: outside the count */
  __u64 cookie;
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_record_header) == 16, "wire ABI v1");

struct sonde_opened {
  struct sonde_record_header header;
  __u64 at_ns;
  __u64 cgroup_id;
  __u8 local_address[16]; /* IPv4 as ::ffff:a.b.c.d */
  __u8 remote_address[16];
  __u16 local_port;
  __u16 remote_port;
  __u32 side;
  __u32 tgid;
  __u32 pad;
  char process_name[SONDE_PROCESS_NAME_BYTES];
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_opened) == 96, "wire ABI v1");

struct sonde_progress {
  __u64 offset_bytes;
  __u64 last_ns;
  __u64 tail; /* the last eight bytes, newest lowest; 0 if they were not read */
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_progress) == 24, "wire ABI v1");

struct sonde_segment {
  __u64 offset_bytes;
  __u64 first_ns;
  __u64 last_ns;
  __u32 length_bytes;
  __u16 captured_bytes;
  __u16 direction;
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_segment) == 32, "wire ABI v1");

/* The captured bytes of the segments follow, one after the other. */
struct sonde_traffic {
  struct sonde_record_header header;
  __u32 tgid;
  __u32 pad;
  struct sonde_progress before[SONDE_DIRECTIONS]; /* without the segments of this record */
  struct sonde_segment segments[SONDE_SEGMENTS_PER_RECORD];
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_traffic) == 136, "wire ABI v1");

struct sonde_ended {
  struct sonde_record_header header;
  __u64 at_ns;
  struct sonde_progress progress[SONDE_DIRECTIONS];
  __u64 acknowledged_bytes;
  __u64 received_bytes;
  __s32 socket_error;
  __u32 closed;
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_ended) == 96, "wire ABI v1");

#endif
