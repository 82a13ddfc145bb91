/* SPDX-License-Identifier: GPL-2.0-only */
/* The target filter for any task, not only the current one: by process id, name of the main thread, and cgroup. */
#pragma once

#include "base/kernel.h"
#include "read/cgroup.h"
#include "state/target.h"

/* Ids of the target cgroups (v2). */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, MAX_TARGET_CGROUPS);
  __type(key, __u64);
  __type(value, __u8);
} target_cgroup_ids SEC(".maps");

static __always_inline __u64 cgroup_id_of(const struct task_struct* task) {
  return BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
}

static __always_inline void read_name_of(const struct task_struct* task, char name[SONDE_PROCESS_NAME_BYTES]) {
  __builtin_memset(name, 0, SONDE_PROCESS_NAME_BYTES);
  const struct task_struct* leader = BPF_CORE_READ(task, group_leader);
  BPF_CORE_READ_STR_INTO((char(*)[SONDE_PROCESS_NAME_BYTES])name, leader, comm);
}

/* Whether the cgroup or one it lies in, up to MAX_CGROUP_DEPTH below the root, is a target. */
static __always_inline bool is_in_target_cgroup(const struct task_struct* task) {
  const struct cgroup* group = BPF_CORE_READ(task, cgroups, dfl_cgrp);
  int level = BPF_CORE_READ(group, level);
  const void* ancestors = (const void*)group + bpf_core_field_offset(struct cgroup, ancestors);
  for (int i = 0; i < MAX_CGROUP_DEPTH; i++) {
    if (i > level) break;
    const struct cgroup* ancestor = 0;
    bpf_probe_read_kernel(&ancestor, sizeof(ancestor), ancestors + i * sizeof(ancestor));
    __u64 id = BPF_CORE_READ(ancestor, kn, id);
    if (bpf_map_lookup_elem(&target_cgroup_ids, &id)) return true;
  }
  return false;
}

/* By process alone; ports are for the caller. With no process target at all, every process is one unless ports are
 * asked for: then those that user space found behind such a port are in target_pids. */
static __always_inline bool is_target_task(const struct task_struct* task) {
  __u32 tgid = BPF_CORE_READ(task, tgid);
  if (tgid == self_tgid) return false;
  if (!is_filtered()) return true;
  if (bpf_map_lookup_elem(&target_pids, &tgid)) return true;
  if (filter_by_name) {
    struct process_name name;
    read_name_of(task, name.text);
    if (bpf_map_lookup_elem(&target_names, &name)) return true;
  }
  return filter_cgroups && is_in_target_cgroup(task);
}
