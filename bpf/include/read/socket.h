/* SPDX-License-Identifier: GPL-2.0-only */
/* What kind of socket it is. Families and protocols are those of include/linux/socket.h and include/uapi/linux/in.h. */
#pragma once

#include "base/kernel.h"

#define AF_UNIX 1

static __always_inline bool is_inet(const struct sock* sk) {
  __u16 family = sk->__sk_common.skc_family;
  return family == AF_INET || family == AF_INET6;
}

static __always_inline bool is_tcp(const struct sock* sk) { return is_inet(sk) && sk->sk_protocol == IPPROTO_TCP; }

/* A raw socket may carry the protocol's number too. */
static __always_inline bool is_udp(const struct sock* sk) {
  return is_inet(sk) && sk->sk_protocol == IPPROTO_UDP && sk->sk_type == SOCK_DGRAM;
}

static __always_inline bool is_unix(const struct sock* sk) { return sk->__sk_common.skc_family == AF_UNIX; }

/* Sockets of the kernel itself (NFS, ...) have no file. */
static __always_inline bool has_file(const struct sock* sk) {
  struct socket* socket = sk->sk_socket;
  return socket && socket->file;
}
