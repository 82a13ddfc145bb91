/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the bytes of a send or receive lie in user memory, read from the registers of the system call that moved them.
 * Numbers are those of arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h; arguments are
 * those of the manual pages.
 */
#pragma once

#include "base/kernel.h"
#include "wire/traffic.h"

/* Room for the bytes of a record. */
#define SONDE_DATA_BYTES 8192

#if defined(__TARGET_ARCH_x86)
enum {
  NR_read = 0,
  NR_write = 1,
  NR_readv = 19,
  NR_writev = 20,
  NR_sendfile = 40,
  NR_sendto = 44,
  NR_recvfrom = 45,
  NR_sendmsg = 46,
  NR_recvmsg = 47,
  NR_splice = 275,
  NR_preadv2 = 327,
  NR_pwritev2 = 328,
};
#define SYSCALL_NUMBER(regs) ((__s64)(regs)->orig_ax)
/* __USER32_CS: a 32-bit process, whose numbers and structures are others. */
#define SYSCALL_IS_COMPAT(regs) (((regs)->cs & 0xffff) == 0x23)
#define SYSCALL_BUFFER(regs) ((regs)->si)
#define SYSCALL_COUNT(regs) ((regs)->dx)
#elif defined(__TARGET_ARCH_arm64)
enum {
  NR_read = 63,
  NR_write = 64,
  NR_readv = 65,
  NR_writev = 66,
  NR_sendfile = 71,
  NR_sendto = 206,
  NR_recvfrom = 207,
  NR_sendmsg = 211,
  NR_recvmsg = 212,
  NR_splice = 76,
  NR_preadv2 = 286,
  NR_pwritev2 = 287,
};
#define SYSCALL_NUMBER(regs) ((__s64)(regs)->syscallno)
/* PSR_MODE32_BIT */
#define SYSCALL_IS_COMPAT(regs) (((regs)->pstate & 0x10) != 0)
#define SYSCALL_BUFFER(regs) ((regs)->regs[1])
#define SYSCALL_COUNT(regs) ((regs)->regs[2])
#else
#error "the traffic sensor knows the system calls of x86-64 and arm64 only"
#endif

/* More pieces than this are not looked at: a message head is in the first ones. */
#define MAX_PIECES 8

/* The user memory of one system call. Every read of user memory costs as much as all else in a hook, so the first piece
 * is all that is looked up at once. */
struct user_source {
  const __u8* first;
  __u64 first_bytes;
  const struct iovec* rest; /* the pieces after the first, in user memory */
  __u32 rest_count;
};

enum locate_result { LOCATED, NO_USER_BUFFER, UNKNOWN_SYSCALL, UNREADABLE };

static __always_inline enum locate_result locate_vector(struct user_source* out, const struct iovec* vector,
                                                        __u64 count) {
  struct iovec piece = {};
  for (__u32 i = 0; i < 2; i++) { /* some programs send an empty first piece */
    if (i >= count) return NO_USER_BUFFER;
    if (bpf_probe_read_user(&piece, sizeof(piece), vector + i)) return UNREADABLE;
    out->rest = vector + i + 1;
    out->rest_count = count - i - 1;
    if (piece.iov_len) break;
  }
  out->first = piece.iov_base;
  out->first_bytes = piece.iov_len;
  return LOCATED;
}

static __always_inline enum locate_result locate_message(struct user_source* out, const void* message) {
  struct user_msghdr header;
  if (bpf_probe_read_user(&header, sizeof(header), message)) return UNREADABLE;
  return locate_vector(out, header.msg_iov, header.msg_iovlen);
}

/* Finds the user memory of the running system call, which moved `length` bytes; returns an enum locate_result. A global
 * function, as those below: the verifier looks at each once, not at every path that leads there or goes on from it. */
__noinline int locate_user_source(struct user_source* out, __u32 length) {
  if (!out) return UNKNOWN_SYSCALL;
  struct pt_regs* regs = (struct pt_regs*)bpf_task_pt_regs(bpf_get_current_task_btf());
  if (SYSCALL_IS_COMPAT(regs)) return UNKNOWN_SYSCALL;
  const void* buffer = (const void*)SYSCALL_BUFFER(regs);
  switch (SYSCALL_NUMBER(regs)) {
    case NR_read:
    case NR_write:
    case NR_recvfrom:
    case NR_sendto:
      out->first = buffer;
      out->first_bytes = length;
      return LOCATED;
    case NR_readv:
    case NR_writev:
    case NR_preadv2:
    case NR_pwritev2:
      return locate_vector(out, buffer, SYSCALL_COUNT(regs));
    case NR_sendmsg:
    case NR_recvmsg:
      return locate_message(out, buffer);
    case NR_sendfile:
    case NR_splice:
      return NO_USER_BUFFER;
  }
  return UNKNOWN_SYSCALL;
}

/* The pieces after the first. */
struct rest_pieces {
  struct iovec pieces[MAX_PIECES];
  __u32 count;
};

static __always_inline bool read_rest(struct rest_pieces* out, const struct user_source* from) {
  __u64 count = from->rest_count;
  if (count > MAX_PIECES) count = MAX_PIECES;
  barrier_var(count);
  if (count > MAX_PIECES) return false;
  out->count = count;
  return bpf_probe_read_user(out->pieces, count * sizeof(struct iovec), from->rest) == 0;
}

/* Where the bytes of a record are gathered. Copies start in its lower half and are shorter than the other. */
struct copied_bytes {
  __u8 at[SONDE_DATA_BYTES];
};

/* Copies at most `limit` bytes of one piece; returns how many. */
__noinline int copy_piece(struct copied_bytes* to, __u32 at, __u64 piece, __u64 bytes, __u32 limit) {
  if (!to) return 0;
  if (bytes > limit) bytes = limit;
  if (bytes > SONDE_CAPTURE_BYTES) bytes = SONDE_CAPTURE_BYTES;
  barrier_var(bytes);
  if (bytes > SONDE_CAPTURE_BYTES) return 0;
  at &= SONDE_DATA_BYTES / 2 - 1;
  return bpf_probe_read_user(to->at + at, bytes, (const void*)piece) ? 0 : bytes;
}

/* Copies at most `limit` bytes of the pieces after the first; returns how many. */
__noinline int copy_rest(struct copied_bytes* to, __u32 at, const struct user_source* from, __u32 limit) {
  struct rest_pieces rest = {};
  if (!to || !from || !read_rest(&rest, from)) return 0;
  __u32 copied = 0;
  for (__u32 i = 0; i < MAX_PIECES; i++) {
    if (i >= rest.count || copied >= limit) break;
    __u32 got = copy_piece(to, at + copied, (__u64)rest.pieces[i].iov_base, rest.pieces[i].iov_len, limit - copied);
    if (!got && rest.pieces[i].iov_len) break;
    copied += got;
  }
  return copied;
}

/* Whether the bytes before at[end] are the empty line after a head. */
static __always_inline bool ends_head(const struct copied_bytes* data, __u32 end) {
  if (end < 4) return false;
  const __u8* last = data->at + ((end - 4) & (SONDE_DATA_BYTES / 2 - 1));
  return last[0] == '\r' && last[1] == '\n' && last[2] == '\r' && last[3] == '\n';
}

/* Copies at most `limit` bytes of the segment; returns how many. The pieces after the first are of interest only while
 * the head has not ended. */
__noinline int copy_start(struct copied_bytes* to, __u32 at, const struct user_source* from, __u32 limit) {
  if (!to || !from) return 0;
  __u32 copied = copy_piece(to, at, (__u64)from->first, from->first_bytes, limit);
  if (copied == 0 || copied >= limit || from->rest_count == 0 || ends_head(to, at + copied)) return copied;
  return copied + copy_rest(to, at + copied, from, limit - copied);
}

/* Finds the last of the pieces that `length` bytes were moved from or to; 0 if that is not known: after a short write,
 * or with more pieces than are looked at. */
__noinline int find_last_piece(struct iovec* last, const struct user_source* from, __u32 length) {
  struct rest_pieces rest = {};
  if (!last || !from || !read_rest(&rest, from)) return 0;
  __u64 total = from->first_bytes;
  for (__u32 i = 0; i < MAX_PIECES; i++) {
    if (i >= rest.count) break;
    __u64 bytes = rest.pieces[i].iov_len;
    if (bytes == 0) continue;
    *last = rest.pieces[i];
    total += bytes;
  }
  return total == length;
}
