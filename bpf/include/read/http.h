/* SPDX-License-Identifier: GPL-2.0-only */
/* Tells from the first bytes of a segment what starts there. Pure: also compiled and tested as host code. */
#pragma once

enum start_kind { START_NONE, START_REQUEST, START_RESPONSE, START_OPAQUE };

#define FOUR(a, b, c, d) ((__u32)(a) | (__u32)(b) << 8 | (__u32)(c) << 16 | (__u32)(d) << 24)

/* A method nobody registered, at most six capital letters, before a path. */
static __always_inline bool is_unknown_method(__u64 bytes) {
  for (int i = 0; i < 7; i++, bytes >>= 8) {
    __u8 letter = bytes;
    if (letter == ' ') return i > 0 && (__u8)(bytes >> 8) == '/';
    if (letter < 'A' || letter > 'Z') return false;
  }
  return false;
}

/* `bytes` holds the segment's first eight bytes, the first lowest. The first four of a method decide: RFC 9110's, PATCH
 * (RFC 5789) and those of WebDAV (RFC 4918) with PURGE. User space checks the rest. */
static __always_inline enum start_kind classify_start(__u64 bytes) {
  switch ((__u32)bytes) {
    case FOUR('H', 'T', 'T', 'P'):
      return (bytes >> 32 & 0xffffff) == (FOUR('/', '1', '.', 0) & 0xffffff) ? START_RESPONSE : START_NONE;
    case FOUR('G', 'E', 'T', ' '):
    case FOUR('P', 'O', 'S', 'T'):
    case FOUR('P', 'U', 'T', ' '):
    case FOUR('H', 'E', 'A', 'D'):
    case FOUR('D', 'E', 'L', 'E'):
    case FOUR('O', 'P', 'T', 'I'):
    case FOUR('P', 'A', 'T', 'C'):
    case FOUR('C', 'O', 'N', 'N'):
    case FOUR('T', 'R', 'A', 'C'):
    case FOUR('P', 'R', 'O', 'P'):
    case FOUR('M', 'K', 'C', 'O'):
    case FOUR('M', 'O', 'V', 'E'):
    case FOUR('C', 'O', 'P', 'Y'):
    case FOUR('L', 'O', 'C', 'K'):
    case FOUR('U', 'N', 'L', 'O'):
    case FOUR('S', 'E', 'A', 'R'):
    case FOUR('R', 'E', 'P', 'O'):
    case FOUR('P', 'U', 'R', 'G'):
      return START_REQUEST;
    case FOUR('P', 'R', 'I', ' '): /* the preface of HTTP/2, RFC 9113 section 3.4 */
      return START_OPAQUE;
  }
  /* A TLS record of type handshake, version 3.x: RFC 8446 section 5.1. */
  if ((bytes & 0xffff) == 0x0316) return START_OPAQUE;
  return is_unknown_method(bytes) ? START_REQUEST : START_NONE;
}
