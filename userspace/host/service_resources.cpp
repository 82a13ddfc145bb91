#include "host/service_resources.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <tuple>

namespace sonde::host {
namespace {

constexpr std::size_t kFewestSlots = 256;
constexpr std::size_t kMostEndedUnseen = 1U << 14U;

std::uint64_t count_ns(std::chrono::nanoseconds time) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
}

Amounts amounts_of(const decode::Usage& usage) {
  Amounts amounts;
  amounts[kUser] = count_ns(usage.user);
  amounts[kSystem] = count_ns(usage.system);
  amounts[kRunQueueWait] = count_ns(usage.run_queue_wait);
  amounts[kMinorFaults] = usage.minor_faults;
  amounts[kMajorFaults] = usage.major_faults;
  amounts[kRead] = usage.read_bytes;
  amounts[kWritten] = usage.written_bytes;
  amounts[kVoluntary] = usage.voluntary_switches;
  amounts[kInvoluntary] = usage.involuntary_switches;
  return amounts;
}

/// Brings `counted` up to `now` and returns by how much it grew.
Amounts advance(Amounts& counted, const Amounts& now) {
  Amounts next;
  // A sum can be short for a moment: a thread that ends between its process's record and its own is in neither. The
  // next sum has it again, so only what is beyond the highest one counts.
  for (std::size_t i = 0; i < kAmounts; ++i) next[i] = std::max(counted[i], now[i]);
  // The kernel's ticks divide the exact time into user and system, and change their mind: neither part may fall, and
  // both together may not outgrow the time, as in cputime_adjust() of kernel/sched/cputime.c.
  const std::uint64_t run = std::max(counted[kUser] + counted[kSystem], now[kUser] + now[kSystem]);
  next[kSystem] = std::clamp(now[kSystem], counted[kSystem], run - counted[kUser]);
  next[kUser] = run - next[kSystem];
  // The wait of a thread that ended is in no sum any more: this fall is real, and what comes after it is new.
  next[kRunQueueWait] = now[kRunQueueWait];

  Amounts growth;
  for (std::size_t i = 0; i < kAmounts; ++i) growth[i] = next[i] > counted[i] ? next[i] - counted[i] : 0;
  counted = next;
  return growth;
}

bool is_before(const decode::ProcessIdentity& left, const decode::ProcessIdentity& right) {
  return std::tie(left.pid, left.started_ns) < std::tie(right.pid, right.started_ns);
}

}  // namespace

ServiceResources::ServiceResources(const HostOptions& options, std::uint64_t watch_began_ns)
    : watch_began_ns_(watch_began_ns), totals_(options.max_services) {
  index_processes();
}

void ServiceResources::begin_sweep() {
  ++sweep_;
  totals_.begin_sweep();
  std::sort(ended_unseen_.begin(), ended_unseen_.end(), is_before);
}

void ServiceResources::add(const decode::ProcessFacts& facts, const std::string& service) {
  Process& process = touch(facts.identity.pid);
  if (!process.has_identity || process.identity != facts.identity) claim(process, facts.identity);
  if (process.is_ended || process.has_record) return;
  process.has_record = true;
  add_to(process.sum, amounts_of(facts.usage));
  move_to(process, service);
  totals_.add_living(process.service, facts);
}

void ServiceResources::add(const decode::ThreadSampled& thread) {
  add_to(touch(thread.pid).sum, amounts_of(thread.usage));
}

void ServiceResources::end_sweep() {
  for (Process& process : processes_) {
    if (process.swept == sweep_ && process.has_record) count(process);
  }
  // A process that this sweep did not see is gone, but its exit may be told only now: it is kept for one more sweep.
  std::erase_if(processes_, [this](const Process& process) {
    const std::uint32_t missed = sweep_ - process.swept;
    return !process.has_identity || missed > 1 || (missed > 0 && process.is_ended);
  });
  std::erase_if(replaced_, [this](const Process& process) { return process.swept != sweep_; });
  ended_unseen_.clear();
  index_processes();
  if (totals_.end_sweep()) leave_released_places();
}

void ServiceResources::add_exit(const decode::ProcessFacts& facts, const std::string& service) {
  const decode::ProcessIdentity& identity = facts.identity;
  if (is_known(identity)) {
    Process& known = processes_[slots_[slot_of(identity.pid)] - 1];
    if (!known.is_ended) count_exit(known, facts, service);
    return;
  }
  const auto was_replaced = std::find_if(replaced_.begin(), replaced_.end(),
                                         [&identity](const Process& process) { return process.identity == identity; });
  if (was_replaced != replaced_.end()) {
    count_exit(*was_replaced, facts, service);
    replaced_.erase(was_replaced);
    return;
  }
  if (identity.started_ns >= watch_began_ns_) {
    Process unseen;
    unseen.is_counted = true;
    count_exit(unseen, facts, service);
  }
  // Only the latest can still be met by a sweep.
  if (ended_unseen_.size() == kMostEndedUnseen) {
    ended_unseen_.erase(ended_unseen_.begin(), ended_unseen_.begin() + kMostEndedUnseen / 2);
  }
  ended_unseen_.push_back(identity);
}

bool ServiceResources::is_known(const decode::ProcessIdentity& identity) const {
  const std::uint32_t known = slots_[slot_of(identity.pid)];
  return known != 0 && processes_[known - 1].has_identity && processes_[known - 1].identity == identity;
}

void ServiceResources::write(ReadingWriter& out, std::uint64_t boot_now_ns) {
  if (totals_.forget_the_gone(boot_now_ns)) leave_released_places();
  totals_.write(out, boot_now_ns);
}

std::size_t ServiceResources::slot_of(std::int32_t pid) const {
  // Fibonacci hashing spreads pids, which are handed out one after the other, over all slots.
  const std::uint64_t hash = static_cast<std::uint32_t>(pid) * 0x9e3779b97f4a7c15ULL;
  std::size_t slot = hash >> static_cast<unsigned>(64 - std::countr_zero(slots_.size()));
  while (slots_[slot] != 0 && processes_[slots_[slot] - 1].identity.pid != pid) slot = (slot + 1) & (slots_.size() - 1);
  return slot;
}

void ServiceResources::index_processes() {
  std::size_t size = kFewestSlots;
  while (size < processes_.size() * 2) size *= 2;
  slots_.assign(size, 0);
  for (std::uint32_t i = 0; i < processes_.size(); ++i) slots_[slot_of(processes_[i].identity.pid)] = i + 1;
}

ServiceResources::Process& ServiceResources::touch(std::int32_t pid) {
  std::size_t slot = slot_of(pid);
  if (slots_[slot] == 0) {
    processes_.emplace_back().identity.pid = pid;
    slots_[slot] = static_cast<std::uint32_t>(processes_.size());
    if (processes_.size() * 2 > slots_.size()) {
      index_processes();
      slot = slot_of(pid);
    }
  }
  Process& process = processes_[slots_[slot] - 1];
  if (process.swept != sweep_) {
    process.swept = sweep_;
    process.has_record = false;
    process.sum = {};
  }
  return process;
}

void ServiceResources::claim(Process& process, const decode::ProcessIdentity& identity) {
  // What threads brought so far stays in the sum: they are the new owner's, unless the old one was swept just now.
  if (process.has_record) {
    count(process);
    process.sum = {};
  }
  if (process.has_identity && !process.is_ended) replaced_.push_back(process);
  process.identity = identity;
  process.counted = {};
  process.service = ServiceTotals::kOther;
  process.has_identity = true;
  process.has_record = false;
  process.is_counted = identity.started_ns >= watch_began_ns_;
  process.is_ended = std::binary_search(ended_unseen_.begin(), ended_unseen_.end(), identity, is_before);
}

void ServiceResources::move_to(Process& process, const std::string& service) {
  if (totals_.name_of(process.service) != service) process.service = totals_.place_of(service);
}

void ServiceResources::count(Process& process) {
  const std::uint64_t cpu_ns = process.sum[kUser] + process.sum[kSystem];
  Amounts growth{};
  if (process.is_counted) {
    growth = advance(process.counted, process.sum);
  } else {
    process.counted = process.sum;
    process.is_counted = true;
  }
  totals_.add_usage(process.service, growth, cpu_ns);
}

void ServiceResources::count_exit(Process& process, const decode::ProcessFacts& facts, const std::string& service) {
  process.sum = amounts_of(facts.usage);
  process.is_ended = true;
  move_to(process, service);
  totals_.add_ended(process.service);
  count(process);
}

void ServiceResources::leave_released_places() {
  for (std::vector<Process>* const processes : {&processes_, &replaced_}) {
    for (Process& process : *processes) {
      if (totals_.is_released(process.service)) process.service = ServiceTotals::kOther;
    }
  }
}

}  // namespace sonde::host
