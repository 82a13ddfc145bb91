/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the traffic sensor counts of sockets that are not TCP: a map by process and kind, read when wanted. A change
 * here bumps SONDE_DATAGRAM_WIRE_VERSION and gets a line in docs/wire-format.md.
 */
#ifndef SONDE_WIRE_DATAGRAM_H
#define SONDE_WIRE_DATAGRAM_H

#include "wire/abi.h"

#define SONDE_DATAGRAM_WIRE_VERSION 1

enum sonde_datagram_kind {
  SONDE_DATAGRAM_UDP = 0,
  SONDE_DATAGRAM_UNIX = 1,
  SONDE_DATAGRAM_KINDS = 2,
};

struct sonde_datagram_key {
  __u32 tgid;
  __u32 kind;
};

/* By direction: inbound, outbound. */
struct sonde_datagram_counts {
  __u64 bytes[2];
  __u64 messages[2];
  __u64 errors[2]; /* system calls that failed, but for those that would have had to wait or were interrupted */
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_datagram_counts) == 48, "wire ABI v1");

#endif
