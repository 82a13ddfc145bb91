/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What every sensor's wire shares. Included by C for BPF and by C++. Everything on a wire is naturally aligned, padded
 * by name, and written in the byte order of the host. Times (_ns) are those of CLOCK_MONOTONIC, unless a field says
 * otherwise. Kinds and reasons are never renumbered.
 */
#ifndef SONDE_WIRE_ABI_H
#define SONDE_WIRE_ABI_H

#ifdef __cplusplus
#include <linux/types.h>
#define SONDE_WIRE_ASSERT(condition, why) static_assert(condition, why)
#else
#define SONDE_WIRE_ASSERT(condition, why) _Static_assert(condition, why)
#endif

#define SONDE_PROCESS_NAME_BYTES 16

/* What was not measured, and why. The order is that of kSensorLossNames in userspace/capture/sensor_support.cpp. */
enum sonde_loss {
  SONDE_LOSS_RING_FULL = 0,  /* the ring buffer had no room for a record */
  SONDE_LOSS_STATE_FULL = 1, /* no memory for a socket's or a process's state */
  SONDE_LOSS_UNREADABLE = 2, /* the user buffer could not be read (swapped out, unmapped meanwhile) */
  SONDE_LOSS_SYSCALL = 3,    /* moved by a system call whose buffers are not read: sendmmsg, io_uring, 32-bit, ... */
  SONDE_LOSS_UNTIMED = 4,    /* a disk request whose start the kernel did not note (queue/iostats is 0) */
  SONDE_LOSS_REASONS = 5,
};

#endif
