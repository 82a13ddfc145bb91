/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the process sensor says: events as they happen (ring buffer) and, when user space sweeps, a record for each
 * process and one for each further thread (iterator). Totals are since the process or thread began. A change here bumps
 * SONDE_PROCESS_WIRE_VERSION and gets a line in docs/wire-format.md.
 */
#ifndef SONDE_WIRE_PROCESS_H
#define SONDE_WIRE_PROCESS_H

#include "wire/abi.h"

#define SONDE_PROCESS_WIRE_VERSION 3

#define SONDE_EXECUTABLE_BYTES 256
#define SONDE_CGROUP_NAMES_BYTES 512

enum sonde_process_record_kind {
  SONDE_PROCESS_EXEC = 1,     /* began to run another program */
  SONDE_PROCESS_EXIT = 2,     /* its last thread is gone: usage holds the final totals */
  SONDE_PROCESS_OOM_KILL = 3, /* chosen by the out-of-memory killer */
  SONDE_PROCESS_SAMPLE = 4,   /* swept: a living process, usage of its main and its finished threads */
  SONDE_THREAD_SAMPLE = 5,    /* swept: a living thread other than the main one */
};

struct sonde_usage {
  __u64 user_ns; /* how often ticks met it there: only good to divide run_ns */
  __u64 system_ns;
  __u64 run_ns;            /* exact time on a CPU */
  __u64 run_queue_wait_ns; /* runnable, but waiting for a CPU; of threads that finished, those the sensor saw finish */
  __u64 minor_faults;
  __u64 major_faults;
  __u64 read_bytes; /* from and to storage */
  __u64 written_bytes;
  __u64 voluntary_switches;
  __u64 involuntary_switches;
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_usage) == 80, "wire ABI v1");

struct sonde_thread_sample {
  __u16 kind;
  __u16 pad;
  __u32 tgid;
  __u32 pid;
  __u32 pad2;
  struct sonde_usage usage;
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_thread_sample) == 96, "wire ABI v1");

struct sonde_process_record {
  __u16 kind;
  __u16 pad;
  __u32 tgid;
  __u32 parent_tgid;
  __s32 wait_status; /* EXIT: as wait(2) gives it */
  __u64 at_ns;
  __u64 started_ns; /* CLOCK_BOOTTIME, as field 22 of /proc/PID/stat but in ns: with tgid the process's identity */
  __u64 cgroup_id;  /* of the v2 hierarchy */
  struct sonde_usage usage;
  __u64 resident_bytes;
  __u64 swap_bytes;
  __u64 peak_resident_bytes;
  __u64 fd_limit; /* soft RLIMIT_NOFILE; ~0: none */
  __u32 open_fds;
  __u32 threads;
  __u64 executable_inode;  /* of /proc/PID/exe; 0: none */
  __u32 executable_device; /* the kernel's dev_t: major << 20 | minor */
  __u32 pad2;
  char process_name[SONDE_PROCESS_NAME_BYTES];
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_process_record) == 192, "wire ABI v1");

/* EXEC. The process may be gone before anyone can ask /proc which program it ran. */
struct sonde_process_executed {
  struct sonde_process_record process;
  char executable[SONDE_EXECUTABLE_BYTES]; /* as the kernel was told to find it: may be relative; empty: too long */
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_process_executed) == 448, "wire ABI v2");

/* OOM_KILL. By the time anyone asks /proc for the victim's cgroup, it may have left it. */
struct sonde_process_oom_killed {
  struct sonde_process_record process;
  /* The cgroup its memory was charged to, from there up to the root of its hierarchy, each name with a slash after it:
   * "b/a//" for /a/b, as the root's name is empty. Empty if not known, or if it does not fit. */
  char memory_cgroup[SONDE_CGROUP_NAMES_BYTES];
};
SONDE_WIRE_ASSERT(sizeof(struct sonde_process_oom_killed) == 704, "wire ABI v3");

#endif
