/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process sensor: tells of programs that start, processes that end and victims of the out-of-memory killer as it
 * happens, and of every living process and thread when user space sweeps. Nothing runs per context switch.
 */
#include "base/kernel.h"

// The wire needs the kernel's types.
#include "wire/process.h"

#include "base/loss.h"
#include "read/cgroup.h"
#include "read/task.h"
#include "state/target_task.h"

char LICENSE[] SEC("license") = "GPL";

#define WAKE_UP_INTERVAL_NS 10000000ULL

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 20);
} records SEC(".maps");

/* The answer to user space's question for the time. */
__u64 run_clock_ns = 0;
__u64 run_clock_read_ns = 0;

enum told { TOLD_EXIT = 1, TOLD_OOM_KILL = 2 };

/* What is remembered of a process, with its main thread: gone with it. Only few processes need any. */
struct process_state {
  __u64 finished_wait_ns; /* run-queue wait of its finished threads, which the kernel does not add up */
  __u64 told;             /* bits of enum told */
};

struct {
  __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct process_state);
} process_states SEC(".maps");

/* Too large for the stack. A second program cannot start on a CPU while this one runs there: the kernel would skip it.
 */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct sonde_process_executed);
} executed_draft SEC(".maps");

/* The last name is read into the room behind the record if need be, and then not sent. */
struct oom_killed_draft {
  struct sonde_process_oom_killed killed;
  char spare[CGROUP_NAME_BYTES];
};

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct oom_killed_draft);
} oom_killed_draft SEC(".maps");

static __always_inline struct process_state* find_state(struct task_struct* leader) {
  return bpf_task_storage_get(&process_states, leader, 0, 0);
}

/* Of two that make it at the same moment on two CPUs, one gets nothing (bpf_local_storage_update with BPF_NOEXIST): it
 * then finds what the other made. */
static __always_inline struct process_state* create_state(struct task_struct* leader) {
  struct process_state* state = bpf_task_storage_get(&process_states, leader, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (!state) state = find_state(leader);
  if (!state) count_loss(SONDE_LOSS_STATE_FULL);
  return state;
}

/* Whether this is the first time, and from now on no more. Without memory for the answer, twice is better than never.
 */
static __always_inline bool is_news(struct process_state* state, __u64 what) {
  return !state || !(__sync_fetch_and_or(&state->told, what) & what);
}

static __u64 woken_ns;

/* Set before loading: a quarter of the ring. */
const volatile __u64 wake_up_bytes = 0;

/* Only what is still there can be named: user space is woken for a program that starts and for a victim, since either
 * may be gone in a moment. A burst of commands is worth one wake-up; so is a ring that fills up. */
static __always_inline __u64 wake_up_flag(const struct sonde_process_record* record) {
  bool is_full = bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) >= wake_up_bytes;
  if (record->kind == SONDE_PROCESS_EXIT && !is_full) return BPF_RB_NO_WAKEUP;
  if (record->at_ns - woken_ns < WAKE_UP_INTERVAL_NS) return BPF_RB_NO_WAKEUP;
  woken_ns = record->at_ns;
  return BPF_RB_FORCE_WAKEUP;
}

/* The record, or what begins with it. */
static __always_inline void send_sized(struct sonde_process_record* record, __u64 bytes) {
  __u64 flag = wake_up_flag(record);
  if (bpf_ringbuf_output(&records, record, bytes, flag)) count_loss(SONDE_LOSS_RING_FULL);
}

static __always_inline void send_record(struct sonde_process_record* record) { send_sized(record, sizeof(*record)); }

/* A global function, as the larger ones of read/task.h. */
__noinline int is_wanted(__u64 task_address) { return is_target_task((const void*)task_address); }

__noinline int describe(struct sonde_process_record* record, __u64 task_address) {
  if (!record) return 0;
  const struct task_struct* task = (const void*)task_address;
  const struct task_struct* leader = BPF_CORE_READ(task, group_leader);
  const struct signal_struct* signal = BPF_CORE_READ(task, signal);
  record->tgid = BPF_CORE_READ(task, tgid);
  record->parent_tgid = BPF_CORE_READ(leader, real_parent, tgid);
  record->at_ns = bpf_ktime_get_ns();
  record->started_ns = BPF_CORE_READ(leader, start_boottime);
  record->cgroup_id = cgroup_id_of(task);
  record->fd_limit = BPF_CORE_READ(signal, rlim[RLIMIT_NOFILE].rlim_cur);
  record->threads = BPF_CORE_READ(signal, nr_threads);
  read_name_of(task, record->process_name);
  __u64 holder = holder_of_memory(task_address);
  read_memory(record, holder);
  record->open_fds = count_open_fds(holder);
  return 0;
}

/* The usage of the main thread and of those that are finished. */
static __always_inline void read_usage(struct sonde_usage* usage, struct task_struct* leader) {
  add_usage_of(usage, leader);
  add_usage_of_finished(usage, BPF_CORE_READ(leader, signal));
  usage->run_queue_wait_ns = run_queue_wait_of(leader);
  struct process_state* state = find_state(leader);
  if (state) usage->run_queue_wait_ns += state->finished_wait_ns;
}

/* Where the kernel found the program that runs: of a script, its interpreter, as /proc/PID/exe says. */
static __always_inline void read_executable(char executable[SONDE_EXECUTABLE_BYTES],
                                            const struct linux_binprm* program) {
  const char* path = BPF_CORE_READ(program, interp);
  long bytes = bpf_probe_read_kernel_str(executable, SONDE_EXECUTABLE_BYTES, path);
  /* One that fills the room may have been cut. */
  if (bytes < 0 || bytes == SONDE_EXECUTABLE_BYTES) executable[0] = 0;
}

static __always_inline int on_exec(struct task_struct* task, const struct linux_binprm* program) {
  if (!is_wanted(address_of(task))) return 0;
  __u32 zero = 0;
  struct sonde_process_executed* executed = bpf_map_lookup_elem(&executed_draft, &zero);
  if (!executed) return 0;
  __builtin_memset(executed, 0, sizeof(*executed));
  struct sonde_process_record* record = &executed->process;
  record->kind = SONDE_PROCESS_EXEC;
  describe(record, address_of(task));
  read_usage(&record->usage, task->group_leader);
  record->usage.run_ns += unaccounted_run_ns(task);
  read_executable(executed->executable, program);
  send_sized(record, sizeof(*executed));
  return 0;
}

/* Keeps the run-queue wait of a thread that leaves its process behind. The main thread can be asked until the end,
 * unless another one executes a program and takes its place: then all that is known moves to that one. (What is kept
 * is lost if the main thread had left before and no third thread is there to move it.) */
static __always_inline int on_thread_finished(struct task_struct* task) {
  struct task_struct* leader = task->group_leader;
  struct task_struct* heir = task->signal->group_exec_task;
  if (task == leader && !heir) return 0;
  __u64 wait_ns = run_queue_wait_of(task);
  if (heir && heir != leader) {
    struct process_state* old = find_state(leader);
    if (old) wait_ns += __sync_lock_test_and_set(&old->finished_wait_ns, 0);
    leader = heir;
  }
  struct process_state* state = create_state(leader);
  if (state) __sync_fetch_and_add(&state->finished_wait_ns, wait_ns);
  return 0;
}

static __always_inline void read_final_usage(struct sonde_usage* usage, const struct task_struct* task,
                                             const struct process_state* state) {
  sum_usage(usage, (__u64)BPF_CORE_READ(task, signal));
  usage->run_ns += unaccounted_run_ns(task);
  const struct task_struct* leader = BPF_CORE_READ(task, group_leader);
  usage->run_queue_wait_ns = run_queue_wait_of(task);
  if (task != leader) usage->run_queue_wait_ns += run_queue_wait_of(leader);
  if (state) usage->run_queue_wait_ns += state->finished_wait_ns;
}

/* do_exit() counts a thread as gone before it comes here, so two that end together may both find nobody left. The
 * second finds the state that the first made, since the first then still saw it. */
static __always_inline int on_exit(struct task_struct* task) {
  if (task->flags & PF_KTHREAD || !is_wanted(address_of(task))) return 0;
  if (task->signal->live.counter != 0) return on_thread_finished(task);
  struct task_struct* leader = task->group_leader;
  bool is_alone = task->signal->nr_threads == 1;
  struct process_state* state = is_alone ? find_state(leader) : create_state(leader);
  if (!is_news(state, TOLD_EXIT)) return 0;
  struct sonde_process_record record = {.kind = SONDE_PROCESS_EXIT};
  describe(&record, address_of(task));
  read_final_usage(&record.usage, task, state);
  record.wait_status = wait_status_of(leader, BPF_CORE_READ(task, signal));
  send_record(&record);
  /* Its number will be another's. */
  bpf_map_delete_elem(&target_pids, &record.tgid);
  return 0;
}

static __always_inline struct sonde_process_oom_killed* begin_oom_killed(void) {
  __u32 zero = 0;
  struct oom_killed_draft* draft = bpf_map_lookup_elem(&oom_killed_draft, &zero);
  if (!draft) return 0;
  __builtin_memset(draft, 0, sizeof(*draft));
  draft->killed.process.kind = SONDE_PROCESS_OOM_KILL;
  return &draft->killed;
}

/* Each thread of a victim may be marked that asks for memory on its way out (mark_oom_victim in mm/oom_kill.c). One
 * that is marked has its memory still, and leaves its cgroups only after that (do_exit in kernel/exit.c). */
static __always_inline int on_oom_kill(struct task_struct* victim) {
  if (!is_wanted(address_of(victim))) return 0;
  struct task_struct* leader = victim->group_leader;
  if (!is_news(create_state(leader), TOLD_OOM_KILL)) return 0;
  struct sonde_process_oom_killed* killed = begin_oom_killed();
  if (!killed) return 0;
  struct sonde_process_record* record = &killed->process;
  describe(record, address_of(victim));
  read_usage(&record->usage, leader);
  read_names_of(memory_cgroup_of(victim), killed->memory_cgroup);
  send_sized(record, sizeof(*killed));
  return 0;
}

/* Before Linux 6.10 only the number is told. Most victims of a cgroup's limit asked for the memory themselves: those
 * are at hand. Of others, who else it is can be known from an earlier sweep, and whether it is a target only where
 * those are numbers. */
static __always_inline int on_oom_kill_of(__u32 pid) {
  struct task_struct* current = bpf_get_current_task_btf();
  if ((__u32)current->pid == pid || (__u32)current->tgid == pid) return on_oom_kill(current);
  if (pid == self_tgid || (is_filtered() && !bpf_map_lookup_elem(&target_pids, &pid))) return 0;
  struct sonde_process_oom_killed* killed = begin_oom_killed();
  if (!killed) return 0;
  killed->process.tgid = pid;
  killed->process.at_ns = bpf_ktime_get_ns();
  send_sized(&killed->process, sizeof(*killed));
  return 0;
}

static __always_inline void sample_thread(struct seq_file* to, const struct task_struct* task, __u32 pid) {
  struct sonde_thread_sample sample = {.kind = SONDE_THREAD_SAMPLE, .pid = pid};
  sample.tgid = BPF_CORE_READ(task, tgid);
  add_usage_of(&sample.usage, task);
  /* Finished, its wait is with its process already. */
  if (!BPF_CORE_READ(task, exit_state)) sample.usage.run_queue_wait_ns = run_queue_wait_of(task);
  bpf_seq_write(to, &sample, sizeof(sample));
}

static __always_inline void sample_process(struct seq_file* to, struct task_struct* leader) {
  struct sonde_process_record record = {.kind = SONDE_PROCESS_SAMPLE};
  describe(&record, address_of(leader));
  read_usage(&record.usage, leader);
  bpf_seq_write(to, &record, sizeof(record));
}

/* A main thread that has left stays as a zombie while its process lives. If the file has no room, the kernel runs this
 * again for the same task. */
static __always_inline int on_sweep(struct seq_file* to, struct task_struct* task) {
  if (!task || task->flags & PF_KTHREAD || !is_wanted(address_of(task))) return 0;
  if (task->signal->live.counter == 0) return 0;
  __u32 pid = task->pid;
  if (pid == (__u32)task->tgid) {
    sample_process(to, task);
  } else {
    sample_thread(to, task, pid);
  }
  return 0;
}

/* User space yields, so that the scheduler's clock is set, and then has this say how it stands. */
static __always_inline int on_clock_asked(const struct task_struct* task) {
  const struct rq* queue = run_queue_of(task);
  run_clock_ns = queue ? BPF_CORE_READ(queue, clock) : 0;
  run_clock_read_ns = bpf_ktime_get_ns();
  return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct* task, int old_pid, struct linux_binprm* program) {
  return on_exec(task, program);
}
SEC("tp_btf/sched_process_exit") int BPF_PROG(process_exit, struct task_struct* task) { return on_exit(task); }
SEC("?tp_btf/mark_victim") int BPF_PROG(process_oom_kill, struct task_struct* victim) { return on_oom_kill(victim); }
SEC("?tp_btf/mark_victim") int BPF_PROG(process_oom_kill_of_pid, int pid) { return on_oom_kill_of(pid); }
SEC("raw_tp") int process_clock(void* ctx) { return on_clock_asked(bpf_get_current_task_btf()); }
SEC("iter/task") int process_sweep(struct bpf_iter__task* ctx) { return on_sweep(ctx->meta->seq, ctx->task); }
