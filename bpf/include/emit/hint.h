/* SPDX-License-Identifier: GPL-2.0-only */
/* What is said of a connection between its records. */
#pragma once

#include "emit/ring.h"
#include "state/connection.h"

/* A hint about a connection that moved bytes this recently could overtake the record of those bytes. */
#define QUIET_NS 1000000ULL

/* Tells how far a connection has come since its last record. Run by user space while it waits for the end of a response
 * whose body was not copied. */
static __always_inline int hint_progress(struct connection* connection) {
  if (!connection || connection->phase != PHASE_HTTP1 || !connection->opened) return 0;
  __u64 now = bpf_ktime_get_ns();
  struct sonde_progress in = connection->progress[SONDE_INBOUND], out = connection->progress[SONDE_OUTBOUND];
  if (in.offset_bytes == connection->reported[SONDE_INBOUND] &&
      out.offset_bytes == connection->reported[SONDE_OUTBOUND])
    return 0;
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
