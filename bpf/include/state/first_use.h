/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long an accepted connection waited until its process moved a byte on it. The tcp sensor creates the entry when
 * the handshake is complete, and tells of it once; the traffic sensor, which sees the bytes, fills it in. Both objects
 * define this map, and share one where both are loaded (TcpSensor::first_use_map). There may be no entry: a client's
 * connection, one that is no target, one older than the sensor.
 */
#pragma once

#include "base/kernel.h"

struct first_use {
  __u64 acceptable_ns; /* written by the tcp sensor, once */
  __u64 wait_ns;       /* written by the traffic sensor before done */
  __u32 done;          /* 1: wait_ns holds */
  __u32 pad;
};

struct {
  __uint(type, BPF_MAP_TYPE_SK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct first_use);
} first_uses SEC(".maps");
