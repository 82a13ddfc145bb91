/* SPDX-License-Identifier: GPL-2.0-only */
/* What a task and its process have used: everything by CO-RE, nothing under a lock. The run time of a task that runs is
 * as of its last tick or context switch, unless it is asked itself.
 *
 * Functions that are not static are looked at once by the verifier, not in every state of their callers. They cannot
 * take a task, so they take its address. */
#pragma once

#include "base/kernel.h"
#include "wire/process.h"

#define SIGNAL_GROUP_EXIT 0x00000004 /* include/linux/sched/signal.h */
#define RLIMIT_NOFILE 7

/* More threads than this are not looked at when a process ends. */
#define MAX_THREADS 65536
/* The kernel's own readers of these sums try again for as long as it takes; threads end one after the other, so a
 * fourth attempt would hardly be luckier. */
#define MAX_SUM_ATTEMPTS 3
#define FD_CHUNK_WORDS 16
/* 8,388,608 descriptors, eight times the default of fs.nr_open. */
#define MAX_FD_CHUNKS 8192
#define MAX_CPUS 8192
/* Without ticks (nohz_full) the scheduler still looks at what runs once a second. */
#define MAX_UNACCOUNTED_NS 1000000000ULL

/* Set before loading. */
const volatile __u64 page_bytes = 4096;
const volatile __u32 possible_cpus = 1;

/* The scheduler's clock minus CLOCK_MONOTONIC, which user space measures now and then; 0: not known yet. */
volatile __s64 run_clock_offset_ns = 0;

/* One word on each CPU, whose addresses tell how far apart the CPUs' variables lie. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u64);
} cpu_anchor SEC(".maps");

/* A pointer as a number that can be calculated with. */
static __always_inline __u64 address_of(const void* pointer) {
  const void* volatile kept = pointer;
  __u64 address = 0;
  bpf_probe_read_kernel(&address, sizeof(address), (const void*)&kept);
  return address;
}

static __always_inline void add_usage_of(struct sonde_usage* usage, const struct task_struct* task) {
  usage->user_ns += BPF_CORE_READ(task, utime);
  usage->system_ns += BPF_CORE_READ(task, stime);
  usage->run_ns += BPF_CORE_READ(task, se.sum_exec_runtime);
  usage->minor_faults += BPF_CORE_READ(task, min_flt);
  usage->major_faults += BPF_CORE_READ(task, maj_flt);
  usage->voluntary_switches += BPF_CORE_READ(task, nvcsw);
  usage->involuntary_switches += BPF_CORE_READ(task, nivcsw);
  if (!bpf_core_field_exists(task->ioac.read_bytes)) return;
  usage->read_bytes += BPF_CORE_READ(task, ioac.read_bytes);
  usage->written_bytes += BPF_CORE_READ(task, ioac.write_bytes);
}

static __always_inline const struct rq* run_queue_of(const struct task_struct* task) {
  return bpf_core_field_exists(task->se.cfs_rq) ? BPF_CORE_READ(task, se.cfs_rq, rq) : 0;
}

/* How long the current task has run since it was last accounted for: of a process that ends within its first tick,
 * everything. clock_task stands still in interrupts and when the hypervisor takes the CPU away. */
static __always_inline __u64 unaccounted_run_ns(const struct task_struct* task) {
  const struct rq* queue = run_queue_of(task);
  if (!queue || !run_clock_offset_ns) return 0;
  __u64 behind = BPF_CORE_READ(queue, clock) - BPF_CORE_READ(queue, clock_task);
  __u64 now = bpf_ktime_get_ns() + run_clock_offset_ns - behind;
  __u64 ran = now - BPF_CORE_READ(task, se.exec_start);
  return ran < MAX_UNACCOUNTED_NS ? ran : 0;
}

static __always_inline __u64 run_queue_wait_of(const struct task_struct* task) {
  return bpf_core_field_exists(task->sched_info.run_delay) ? BPF_CORE_READ(task, sched_info.run_delay) : 0;
}

/* What the kernel adds up as threads end (__exit_signal in kernel/exit.c); their run-queue waits are not in it. */
static __always_inline void add_usage_of_finished(struct sonde_usage* usage, const struct signal_struct* signal) {
  usage->user_ns += BPF_CORE_READ(signal, utime);
  usage->system_ns += BPF_CORE_READ(signal, stime);
  usage->run_ns += BPF_CORE_READ(signal, sum_sched_runtime);
  usage->minor_faults += BPF_CORE_READ(signal, min_flt);
  usage->major_faults += BPF_CORE_READ(signal, maj_flt);
  usage->voluntary_switches += BPF_CORE_READ(signal, nvcsw);
  usage->involuntary_switches += BPF_CORE_READ(signal, nivcsw);
  if (!bpf_core_field_exists(signal->ioac.read_bytes)) return;
  usage->read_bytes += BPF_CORE_READ(signal, ioac.read_bytes);
  usage->written_bytes += BPF_CORE_READ(signal, ioac.write_bytes);
}

struct thread_walk {
  const void* head;
  const void* at;
  const struct task_struct* found; /* a thread that still has its memory */
  struct sonde_usage usage;
};

static __always_inline void begin_walk(struct thread_walk* walk, const struct signal_struct* signal) {
  walk->head = (const void*)signal + bpf_core_field_offset(struct signal_struct, thread_head);
  walk->at = BPF_CORE_READ(signal, thread_head.next);
  walk->found = 0;
}

/* The next thread of the process, or none. A thread that leaves the list meanwhile still points on (list_del_rcu). */
static __always_inline const struct task_struct* next_thread(struct thread_walk* walk) {
  const void* at = walk->at;
  if (!at || at == walk->head) return 0;
  const struct list_head* next = 0;
  if (bpf_probe_read_kernel(&next, sizeof(next), at)) return 0;
  walk->at = next;
  return at - bpf_core_field_offset(struct task_struct, thread_node);
}

static long add_next_thread(__u32 index, struct thread_walk* walk) {
  const struct task_struct* thread = next_thread(walk);
  if (!thread) return 1;
  add_usage_of(&walk->usage, thread);
  return 0;
}

static long find_memory(__u32 index, struct thread_walk* walk) {
  const struct task_struct* thread = next_thread(walk);
  if (!thread) return 1;
  if (!BPF_CORE_READ(thread, mm)) return 0;
  walk->found = thread;
  return 1;
}

/* The sum over finished and remaining threads, as thread_group_cputime() (kernel/sched/cputime.c) makes it: a thread
 * that ends meanwhile would be in both or in none. */
__noinline int sum_usage(struct sonde_usage* usage, __u64 signal_address) {
  const struct signal_struct* signal = (const void*)signal_address;
  if (!usage) return 0;
  struct thread_walk walk = {};
  for (int attempt = 0; attempt < MAX_SUM_ATTEMPTS; attempt++) {
    __u32 before = BPF_CORE_READ(signal, stats_lock.seqcount.seqcount.sequence);
    __builtin_memset(&walk.usage, 0, sizeof(walk.usage));
    add_usage_of_finished(&walk.usage, signal);
    begin_walk(&walk, signal);
    bpf_loop(MAX_THREADS, add_next_thread, &walk, 0);
    if (!(before & 1) && before == BPF_CORE_READ(signal, stats_lock.seqcount.seqcount.sequence)) break;
  }
  *usage = walk.usage;
  return 0;
}

/* The task itself, or, once a main thread has left its process, another thread of it. */
__noinline __u64 holder_of_memory(__u64 task_address) {
  const struct task_struct* task = (const void*)task_address;
  if (BPF_CORE_READ(task, mm)) return task_address;
  struct thread_walk walk = {};
  begin_walk(&walk, BPF_CORE_READ(task, signal));
  bpf_loop(MAX_THREADS, find_memory, &walk, 0);
  return walk.found ? (__u64)walk.found : task_address;
}

struct page_counts {
  __s64 pages[NR_MM_COUNTERS];
  const void* per_cpu[NR_MM_COUNTERS]; /* what the CPUs have not added yet */
  __u64 anchor;
};

static long add_parts_of_cpu(__u32 cpu, struct page_counts* counts) {
  __u32 zero = 0;
  const void* anchor = bpf_map_lookup_percpu_elem(&cpu_anchor, &zero, cpu);
  if (!anchor) return 1;
  __u64 offset = address_of(anchor) - counts->anchor;
  for (int i = 0; i < NR_MM_COUNTERS; i++) {
    __s32 part = 0;
    bpf_probe_read_kernel(&part, sizeof(part), counts->per_cpu[i] + offset);
    counts->pages[i] += part;
  }
  return 0;
}

/* Until Linux 6.2 these were plain counters. */
struct mm_rss_stat___before_6_2 {
  atomic_long_t count[NR_MM_COUNTERS];
} __attribute__((preserve_access_index));
struct mm_struct___before_6_2 {
  struct mm_rss_stat___before_6_2 rss_stat;
} __attribute__((preserve_access_index));

/* Each CPU keeps up to percpu_counter_batch pages to itself, 64 and more where there are many CPUs: summed, the count
 * is that of /proc/PID/status; without the parts, that of kernels 6.2 to 6.15 there. */
static __always_inline void count_pages(struct page_counts* counts, const struct mm_struct* mm) {
  const struct mm_struct___before_6_2* old = (const void*)mm;
  if (bpf_core_field_exists(old->rss_stat.count)) {
    for (int i = 0; i < NR_MM_COUNTERS; i++) counts->pages[i] = BPF_CORE_READ(old, rss_stat.count[i].counter);
    return;
  }
  for (int i = 0; i < NR_MM_COUNTERS; i++) {
    counts->pages[i] = BPF_CORE_READ(mm, rss_stat[i].count);
    counts->per_cpu[i] = BPF_CORE_READ(mm, rss_stat[i].counters);
  }
  const struct bpf_array* anchor = (const struct bpf_array*)address_of(&cpu_anchor);
  counts->anchor = (__u64)BPF_CORE_READ(anchor, pptrs[0]);
  bpf_loop(possible_cpus < MAX_CPUS ? possible_cpus : MAX_CPUS, add_parts_of_cpu, counts, 0);
}

static __always_inline __u64 to_bytes(__s64 pages) { return pages > 0 ? pages * page_bytes : 0; }

__noinline int read_memory(struct sonde_process_record* record, __u64 holder_address) {
  const struct task_struct* holder = (const void*)holder_address;
  const struct mm_struct* mm = BPF_CORE_READ(holder, mm);
  if (!mm || !record) return 0;
  struct page_counts counts = {};
  count_pages(&counts, mm);
  __s64 resident = counts.pages[MM_FILEPAGES] + counts.pages[MM_ANONPAGES] + counts.pages[MM_SHMEMPAGES];
  __s64 peak = BPF_CORE_READ(mm, hiwater_rss);
  const struct inode* executable = BPF_CORE_READ(mm, exe_file, f_inode);
  __u64 inode = BPF_CORE_READ(executable, i_ino);
  __u32 device = BPF_CORE_READ(executable, i_sb, s_dev);
  /* Gone meanwhile, its memory may be another's by now. */
  if (BPF_CORE_READ(holder, mm) != mm) return 0;
  record->resident_bytes = to_bytes(resident);
  record->peak_resident_bytes = to_bytes(peak > resident ? peak : resident);
  record->swap_bytes = to_bytes(counts.pages[MM_SWAPENTS]);
  record->executable_inode = inode;
  record->executable_device = device;
  return 0;
}

struct fd_count {
  const void* at;
  __u64 left_bytes;
  __u64 open;
};

static __always_inline __u64 ones_in(__u64 word) {
  word -= word >> 1 & 0x5555555555555555ULL;
  word = (word & 0x3333333333333333ULL) + (word >> 2 & 0x3333333333333333ULL);
  word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
  return word * 0x0101010101010101ULL >> 56;
}

static long count_chunk(__u32 index, struct fd_count* count) {
  __u64 words[FD_CHUNK_WORDS];
  __u64 bytes = count->left_bytes;
  if (bytes > sizeof(words)) bytes = sizeof(words);
  barrier_var(bytes);
  if (bytes == 0 || bytes > sizeof(words) || bpf_probe_read_kernel(words, bytes, count->at)) return 1;
#pragma clang loop unroll(disable)
  for (__u32 i = 0; i < FD_CHUNK_WORDS; i++) {
    if (i * sizeof(words[0]) >= bytes) break;
    count->open += ones_in(words[i]);
  }
  count->at += bytes;
  count->left_bytes -= bytes;
  return count->left_bytes == 0;
}

__noinline __u32 count_open_fds(__u64 holder_address) {
  const struct task_struct* holder = (const void*)holder_address;
  const struct files_struct* files = BPF_CORE_READ(holder, files);
  if (!files) return 0;
  const struct fdtable* table = BPF_CORE_READ(files, fdt);
  struct fd_count count = {.at = BPF_CORE_READ(table, open_fds), .left_bytes = BPF_CORE_READ(table, max_fds) / 8};
  bpf_loop(MAX_FD_CHUNKS, count_chunk, &count, 0);
  return BPF_CORE_READ(holder, files) == files ? count.open : 0;
}

/* What wait(2) will say of the process (wait_task_zombie in kernel/exit.c), once its last thread is on its way out. */
static __always_inline __s32 wait_status_of(const struct task_struct* leader, const struct signal_struct* signal) {
  if (BPF_CORE_READ(signal, flags) & SIGNAL_GROUP_EXIT) return BPF_CORE_READ(signal, group_exit_code);
  return BPF_CORE_READ(leader, exit_code);
}
