/* SPDX-License-Identifier: GPL-2.0-only */
/* The target filter: which connections are measured, decided once for each in the kernel. */
#pragma once

#include "base/kernel.h"
#include "wire/abi.h"

#define MAX_TARGET_CGROUPS 64

/* Set before loading; all zero means everything. */
const volatile __u32 self_tgid = 0;
const volatile __u8 filter_by_port = 0;
const volatile __u8 filter_by_pid = 0;
const volatile __u8 filter_by_name = 0;
const volatile __u32 filter_cgroups = 0;

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 65536 / 64);
  __type(key, __u32);
  __type(value, __u64);
} target_ports SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, __u32);
  __type(value, __u8);
} target_pids SEC(".maps");

struct process_name {
  char text[SONDE_PROCESS_NAME_BYTES];
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 1024);
  __type(key, struct process_name);
  __type(value, __u8);
} target_names SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
  __uint(max_entries, MAX_TARGET_CGROUPS);
  __type(key, __u32);
  __type(value, __u32);
} target_cgroups SEC(".maps");

static __always_inline bool is_filtered(void) {
  return filter_by_port || filter_by_pid || filter_by_name || filter_cgroups;
}

static __always_inline bool is_target_port(__u16 port) {
  __u32 word = port / 64;
  __u64* bits = bpf_map_lookup_elem(&target_ports, &word);
  return bits && (*bits >> (port % 64) & 1);
}

static __always_inline bool has_target_port(const struct sock* sk) {
  if (!filter_by_port) return false;
  return is_target_port(sk->__sk_common.skc_num) || is_target_port(bpf_ntohs(sk->__sk_common.skc_dport));
}

static __always_inline void read_process_name(struct process_name* name) {
  struct task_struct* task = bpf_get_current_task_btf();
  __builtin_memset(name, 0, sizeof(*name));
  bpf_probe_read_kernel_str(name->text, sizeof(name->text), task->group_leader->comm);
}

/* A global function: the verifier looks at its loop once, not at everything that comes after each of its ends. */
__noinline int is_target_process(__u32 tgid) {
  if (filter_by_pid && bpf_map_lookup_elem(&target_pids, &tgid)) return true;
  if (filter_by_name) {
    struct process_name name;
    read_process_name(&name);
    if (bpf_map_lookup_elem(&target_names, &name)) return true;
  }
  for (__u32 i = 0; i < MAX_TARGET_CGROUPS; i++) {
    if (i >= filter_cgroups) break;
    if (bpf_current_task_under_cgroup(&target_cgroups, i) == 1) return true;
  }
  return false;
}

/* A socket that its process was found not to be a target with: looking at the process each time would cost more. */
struct stranger {
  __u32 tgid;
};

struct {
  __uint(type, BPF_MAP_TYPE_SK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct stranger);
} strangers SEC(".maps");

/* Whether a socket without state is to be measured, as used by this process. */
static __always_inline bool is_target(struct sock* sk, __u32 tgid) {
  if (!is_filtered() || has_target_port(sk)) return true;
  if (!filter_by_pid && !filter_by_name && !filter_cgroups) return false;
  struct stranger* stranger = bpf_sk_storage_get(&strangers, sk, 0, 0);
  if (stranger && stranger->tgid == tgid) return false;
  if (is_target_process(tgid)) return true;
  stranger = bpf_sk_storage_get(&strangers, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
  if (stranger) stranger->tgid = tgid;
  return false;
}
