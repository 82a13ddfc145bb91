/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel keeps of one connection, in the socket's own storage: no hash table to fill up, freed with the
 * socket, immune to fork, fd passing and fd reuse.
 *
 * Each direction's fields are written by one hook only. The stash is written by the hook of requests and taken by
 * whichever emits next; two threads that read and write one socket at the same instant race for it at worst, and user
 * space sees a gap in the sequence.
 */
#pragma once

#include "base/kernel.h"
#include "wire/traffic.h"

enum phase {
  PHASE_UNKNOWN = 0, /* no message start seen yet */
  PHASE_HTTP1 = 1,
  PHASE_IGNORED = 2, /* nothing Sonde understands: only bytes are counted */
};

/* After so many changes of direction without a message start, a connection is not HTTP/1. */
#define MAX_UNKNOWN_FLIPS 16

/* A request that waits for its response. */
struct stash {
  __u64 words[SONDE_STASH_BYTES / 8];
};

struct connection {
  __u64 cookie;
  __u32 sequence;
  __u32 tgid; /* of the call that was seen first */
  __u8 phase;
  __u8 request_direction;
  __u8 opened; /* the OPENED record was delivered */
  __u8 side;
  __u8 last_direction;
  __u8 flips;
  __u16 stash_bytes;                  /* 0: nothing stashed */
  __u64 unread_since_us;              /* when the first byte that nobody has read yet arrived; 0: none known */
  __u64 head_until[SONDE_DIRECTIONS]; /* segments that start before this offset may belong to a head */
  __u64 reported[SONDE_DIRECTIONS];   /* offsets in the last record or hint */
  struct sonde_progress progress[SONDE_DIRECTIONS];
  struct sonde_segment stash_segment;
  struct stash stash;
};

struct {
  __uint(type, BPF_MAP_TYPE_SK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct connection);
} connections SEC(".maps");

static __always_inline __u8 opposite(__u8 direction) { return direction ^ 1; }
