/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a task lies in the tree of cgroups: everything by CO-RE, nothing under a lock. A group that has a task stays,
 * so the way up from it is whole. */
#pragma once

#include "base/kernel.h"
#include "wire/process.h"

/* Deeper trees have not been seen. */
#define MAX_CGROUP_DEPTH 16

/* A name and the zero behind it (NAME_MAX of include/uapi/linux/limits.h). */
#define CGROUP_NAME_BYTES 256

/* Linux 6.15 put parents under RCU, and underscores before them. */
struct kernfs_node___before_6_15 {
  struct kernfs_node* parent;
} __attribute__((preserve_access_index));
struct kernfs_node___since_6_15 {
  struct kernfs_node* __parent;
} __attribute__((preserve_access_index));

/* None if the kernel calls them by a third name. */
static __always_inline const struct kernfs_node* parent_of(const struct kernfs_node* node) {
  const struct kernfs_node___since_6_15* newer = (const void*)node;
  if (bpf_core_field_exists(newer->__parent)) return BPF_CORE_READ(newer, __parent);
  const struct kernfs_node___before_6_15* older = (const void*)node;
  if (bpf_core_field_exists(older->parent)) return BPF_CORE_READ(older, parent);
  return 0;
}

/* The group that the task's memory is charged to: the kernel's log calls it task_memcg. The controller is of the
 * version that it is mounted in. In version 2 that is the nearest group that has it. Where none has, or it is mounted
 * nowhere, that would be the root, which says nothing: there the task's own group of version 2. */
static __always_inline const struct cgroup* memory_cgroup_of(const struct task_struct* task) {
  const struct css_set* groups = BPF_CORE_READ(task, cgroups);
  const struct cgroup* unified = BPF_CORE_READ(groups, dfl_cgrp);
  if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id)) return unified;
  __u64 index = bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
  const struct cgroup_subsys_state* state = 0;
  const void* states = (const void*)groups + bpf_core_field_offset(struct css_set, subsys);
  bpf_probe_read_kernel(&state, sizeof(state), states + index * sizeof(state));
  const struct cgroup* group = BPF_CORE_READ(state, cgroup);
  if (!group) return unified;
  bool is_of_version2 = BPF_CORE_READ(group, root) == BPF_CORE_READ(unified, root);
  return is_of_version2 && BPF_CORE_READ(group, level) == 0 ? unified : group;
}

/* Adds the node's name and a slash. Returns how much that is, 1 for the root, which has an empty name, or 0 if it could
 * not be read or has no room. */
static __always_inline __u32 add_name(char* names, __u32 used_bytes, const struct kernfs_node* node) {
  __u32 at = used_bytes & (SONDE_CGROUP_NAMES_BYTES - 1);
  long bytes = bpf_probe_read_kernel_str(names + at, CGROUP_NAME_BYTES, BPF_CORE_READ(node, name));
  /* The last byte stays zero. */
  if (bytes <= 0 || at + bytes >= SONDE_CGROUP_NAMES_BYTES) return 0;
  names[(at + bytes - 1) & (SONDE_CGROUP_NAMES_BYTES - 1)] = '/';
  return bytes;
}

/* What sonde_process_oom_killed says of names; empty if it is not all of it. `names` is zero, with room for
 * CGROUP_NAME_BYTES more behind it. */
static __always_inline void read_names_of(const struct cgroup* group, char* names) {
  const struct kernfs_node* node = BPF_CORE_READ(group, kn);
  __u32 used_bytes = 0;
  for (int i = 0; i <= MAX_CGROUP_DEPTH; i++) {
    __u32 added_bytes = add_name(names, used_bytes, node);
    if (added_bytes == 1) return;
    if (added_bytes == 0) break;
    used_bytes += added_bytes;
    node = parent_of(node);
  }
  names[0] = 0;
}
