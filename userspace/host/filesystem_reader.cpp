#include "host/filesystem_reader.h"

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "host/fields.h"

namespace sonde::host {
namespace {

/// A hung statvfs() cannot be interrupted, so each costs a thread until its server comes back.
constexpr std::size_t kMostWorkers = 5;

std::uint64_t product(std::uint64_t blocks, std::uint64_t block_bytes) {
  std::uint64_t bytes = 0;
  const bool overflows = __builtin_mul_overflow(blocks, block_bytes, &bytes);
  return overflows ? std::numeric_limits<std::uint64_t>::max() : bytes;
}

bool is_read_only(std::string_view options) {
  for (auto halves = split(options, ','); halves; halves = split(options, ',')) {
    if (halves->before == "ro") return true;
    options = halves->after;
  }
  return options == "ro";
}

FilesystemFacts unanswered(const Mount& mount) {
  FilesystemFacts facts;
  facts.mount = mount;
  facts.read_only = is_read_only(mount.options);
  facts.answered = false;
  return facts;
}

/// Blocks are of f_frsize bytes (statvfs(3)): with FUSE, f_bsize may be something else.
void take_answer(const struct statvfs& answer, FilesystemFacts& facts) {
  facts.size_bytes = product(answer.f_blocks, answer.f_frsize);
  facts.free_bytes = product(answer.f_bfree, answer.f_frsize);
  facts.available_bytes = product(answer.f_bavail, answer.f_frsize);
  facts.files = answer.f_files;
  facts.files_free = answer.f_ffree;
  facts.answered = true;
}

}  // namespace

/// A thread and what it was told to ask. The thread holds it too: it may outlive the reader, hanging.
struct FilesystemReader::Worker {
  explicit Worker(AskFilesystem asks) : ask(std::move(asks)) {}

  static void run(const std::shared_ptr<Worker>& self);
  void ask_next(std::unique_lock<std::mutex>& lock);

  const AskFilesystem ask;
  std::thread thread;  // the reader's

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::vector<std::string> paths;
  std::vector<std::optional<struct statvfs>> answers;             // of the paths; none: refused
  std::size_t next = 0;                                           // of the paths
  std::optional<std::chrono::steady_clock::time_point> asked_at;  // while a call is under way
  bool is_abandoned = false;                                      // paths[next] hangs; nobody waits for it
  bool must_stop = false;
};

void FilesystemReader::Worker::run(const std::shared_ptr<Worker>& self) {
  pthread_setname_np(pthread_self(), "statvfs");
  std::unique_lock lock(self->mutex);
  for (;;) {
    self->changed.wait(lock, [&] { return self->must_stop || self->next < self->paths.size(); });
    if (self->must_stop) return;
    self->ask_next(lock);
  }
}

void FilesystemReader::Worker::ask_next(std::unique_lock<std::mutex>& lock) {
  const std::string path = paths[next];
  asked_at = std::chrono::steady_clock::now();
  lock.unlock();
  struct statvfs answer {};
  const bool answered = ask(path.c_str(), &answer) == 0;
  lock.lock();
  asked_at.reset();
  if (is_abandoned) {
    is_abandoned = false;
    paths.clear();
    next = 0;
    return;
  }
  if (answered) answers[next] = answer;
  if (++next == paths.size()) changed.notify_all();
}

FilesystemReader::FilesystemReader(std::chrono::nanoseconds patience, AskFilesystem ask)
    : patience_(patience), ask_(std::move(ask)) {}

FilesystemReader::~FilesystemReader() {
  for (const auto& worker : workers_) {
    std::unique_lock lock(worker->mutex);
    const bool hangs = worker->asked_at.has_value();
    worker->must_stop = true;
    worker->changed.notify_all();
    lock.unlock();
    hangs ? worker->thread.detach() : worker->thread.join();
  }
}

const std::vector<FilesystemFacts>& FilesystemReader::read(const std::vector<Mount>& mounts, const std::string& root) {
  latest_.clear();
  for (const Mount& mount : mounts) latest_.push_back(unanswered(mount));
  ask_in_turn(order(), root);
  answered_.clear();
  for (const FilesystemFacts& facts : latest_) {
    if (facts.answered) answered_.insert(facts.mount.mount_point);
  }
  dismiss_surplus();
  return latest_;
}

/// Those that answered come first, so that they are asked before the threads run out.
std::vector<std::size_t> FilesystemReader::order() const {
  std::vector<std::size_t> places(latest_.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::stable_partition(places.begin(), places.end(),
                        [&](std::size_t place) { return !is_doubtful(latest_[place].mount); });
  return places;
}

/// A disk of this machine is trusted until it disappoints.
bool FilesystemReader::is_doubtful(const Mount& mount) const {
  const bool is_first_call = answered_.empty();
  return !answered_.contains(mount.mount_point) && !(is_first_call && mount.device.starts_with("/dev/"));
}

void FilesystemReader::ask_in_turn(std::vector<std::size_t> places, const std::string& root) {
  while (!places.empty()) {
    std::erase_if(places, [&](std::size_t place) { return hangs(root + latest_[place].mount.mount_point); });
    // The last thread is kept for those that answered the last time.
    if (hung_count() + 1 == kMostWorkers) {
      std::erase_if(places, [&](std::size_t place) { return is_doubtful(latest_[place].mount); });
    }
    const std::shared_ptr<Worker> worker = places.empty() ? nullptr : free_worker();
    if (!worker) return;
    const std::size_t settled = ask(*worker, places, root);
    places.erase(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(settled));
  }
}

/// returns: how many were settled; the next one hangs.
std::size_t FilesystemReader::ask(Worker& worker, const std::vector<std::size_t>& places, const std::string& root) {
  std::unique_lock lock(worker.mutex);
  worker.next = 0;
  worker.answers.assign(places.size(), std::nullopt);
  worker.paths.clear();
  for (const std::size_t place : places) worker.paths.push_back(root + latest_[place].mount.mount_point);
  worker.changed.notify_all();
  while (worker.next < places.size()) {
    const auto now = std::chrono::steady_clock::now();
    const auto until = worker.asked_at.value_or(now) + patience_;
    if (now >= until) {
      worker.is_abandoned = true;
      break;
    }
    worker.changed.wait_until(lock, until);
  }
  for (std::size_t i = 0; i < worker.next; ++i) {
    if (worker.answers[i]) take_answer(*worker.answers[i], latest_[places[i]]);
  }
  return worker.next;
}

std::shared_ptr<FilesystemReader::Worker> FilesystemReader::free_worker() {
  for (const auto& worker : workers_) {
    const std::lock_guard lock(worker->mutex);
    if (!worker->is_abandoned) return worker;
  }
  if (workers_.size() == kMostWorkers) return nullptr;
  auto worker = std::make_shared<Worker>(ask_);
  try {
    worker->thread = std::thread(&Worker::run, worker);
  } catch (const std::system_error&) {
    return nullptr;  // no more threads to be had
  }
  workers_.push_back(worker);
  return worker;
}

std::size_t FilesystemReader::hung_count() const {
  return static_cast<std::size_t>(std::count_if(workers_.begin(), workers_.end(), [](const auto& worker) {
    const std::lock_guard lock(worker->mutex);
    return worker->is_abandoned;
  }));
}

bool FilesystemReader::hangs(const std::string& path) const {
  return std::any_of(workers_.begin(), workers_.end(), [&](const auto& worker) {
    const std::lock_guard lock(worker->mutex);
    return worker->is_abandoned && worker->paths[worker->next] == path;
  });
}

/// Threads whose file system answers again; one is enough.
void FilesystemReader::dismiss_surplus() {
  std::size_t free_count = 0;
  std::erase_if(workers_, [&](const std::shared_ptr<Worker>& worker) {
    std::unique_lock lock(worker->mutex);
    if (worker->is_abandoned || ++free_count == 1) return false;
    worker->must_stop = true;
    worker->changed.notify_all();
    lock.unlock();
    worker->thread.join();
    return true;
  });
}

}  // namespace sonde::host
