/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the bytes of a send or receive lie in user memory, read from the registers of the system call that moved them.
 * Numbers are those of arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h; arguments are
 * those of the manual pages.
 */
#pragma once

#include "base/kernel.h"

#if defined(__TARGET_ARCH_x86)
enum {
  NR_read = 0, NR_write = 1, NR_readv = 19, NR_writev = 20, NR_sendfile = 40, NR_sendto = 44, NR_recvfrom = 45,
  NR_sendmsg = 46, NR_recvmsg = 47, NR_splice = 275, NR_preadv2 = 327, NR_pwritev2 = 328,
};
#define SYSCALL_NUMBER(regs) ((__s64)(regs)->orig_ax)
/* __USER32_CS: a 32-bit process, whose numbers and structures are others. */
#define SYSCALL_IS_COMPAT(regs) (((regs)->cs & 0xffff) == 0x23)
#define SYSCALL_BUFFER(regs) ((regs)->si)
#define SYSCALL_COUNT(regs) ((regs)->dx)
#elif defined(__TARGET_ARCH_arm64)
enum {
  NR_read = 63, NR_write = 64, NR_readv = 65, NR_writev = 66, NR_sendfile = 71, NR_sendto = 206, NR_recvfrom = 207,
  NR_sendmsg = 211, NR_recvmsg = 212, NR_splice = 76, NR_preadv2 = 286, NR_pwritev2 = 287,
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

struct user_pieces {
  struct iovec pieces[MAX_PIECES];
  __u32 count;
};

enum locate_result { LOCATED, NO_USER_BUFFER, UNKNOWN_SYSCALL, UNREADABLE };

static __always_inline enum locate_result locate_vector(struct user_pieces *out, const void *vector, __u64 count) {
  if (count > MAX_PIECES) count = MAX_PIECES;
  barrier_var(count);
  if (count > MAX_PIECES) return UNREADABLE;
  out->count = count;
  if (bpf_probe_read_user(out->pieces, count * sizeof(struct iovec), vector)) return UNREADABLE;
  return LOCATED;
}

static __always_inline enum locate_result locate_message(struct user_pieces *out, const void *message) {
  struct user_msghdr header;
  if (bpf_probe_read_user(&header, sizeof(header), message)) return UNREADABLE;
  return locate_vector(out, header.msg_iov, header.msg_iovlen);
}

/* Finds the user memory of the running system call. `length` is what it moved. */
static __always_inline enum locate_result locate_user_pieces(struct user_pieces *out, __u32 length) {
  struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
  if (SYSCALL_IS_COMPAT(regs)) return UNKNOWN_SYSCALL;
  const void *buffer = (const void *)SYSCALL_BUFFER(regs);
  switch (SYSCALL_NUMBER(regs)) {
    case NR_read:
    case NR_write:
    case NR_recvfrom:
    case NR_sendto:
      out->pieces[0].iov_base = (void *)buffer;
      out->pieces[0].iov_len = length;
      out->count = 1;
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

/* Up to eight first bytes, the first lowest; 0 where they cannot be read. */
static __always_inline __u64 first_bytes(const struct user_pieces *from, __u32 length) {
  __u64 bytes = 0;
  __u32 first = 0;
  if (from->pieces[0].iov_len == 0 && from->count > 1) first = 1;
  __u64 available = from->pieces[first].iov_len;
  if (available > length) available = length;
  if (available > sizeof(bytes)) available = sizeof(bytes);
  barrier_var(available);
  if (available > sizeof(bytes)) return 0;
  bpf_probe_read_user(&bytes, available, from->pieces[first].iov_base);
  return bytes;
}

/* Copies at most `limit` (<= 1024) bytes to data[at...], whose size is at least 4096; returns how many.
 * Verifier: `at` stays below 2048 and one piece below 1025, whatever the pieces say. */
static __always_inline __u32 gather(__u8 *data, __u32 at, const struct user_pieces *from, __u32 limit) {
  __u32 copied = 0;
  for (__u32 i = 0; i < MAX_PIECES; i++) {
    if (i >= from->count || copied >= limit) break;
    __u64 piece = from->pieces[i].iov_len;
    if (piece > limit - copied) piece = limit - copied;
    barrier_var(piece);
    if (piece > 1024) break;
    __u32 to = (at + copied) & 2047;
    if (bpf_probe_read_user(data + to, piece, from->pieces[i].iov_base)) break;
    copied += piece;
  }
  return copied;
}
