/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's types and libbpf's helpers, with the few constants that BTF does not carry. */
#pragma once

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define AF_INET 2
#define AF_INET6 10

#define MSG_OOB 0x1
#define MSG_PEEK 0x2
#define MSG_ERRQUEUE 0x2000

#define NSEC_PER_USEC 1000ULL
