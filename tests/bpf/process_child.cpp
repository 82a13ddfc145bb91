#include "bpf/process_child.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace sonde::test {
namespace {

/// A child that is forgotten ends by itself.
constexpr unsigned kLongestLifeSeconds = 60;

long thread_cpu_ms() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return used.tv_sec * 1'000 + used.tv_nsec / 1'000'000;
}

}  // namespace

void require(bool worked) {
  if (!worked) ::_exit(97);
}

void leave_thread() {
  for (;;) ::syscall(SYS_exit, 0);
}

void touch(std::size_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(memory != MAP_FAILED && ::madvise(memory, bytes, MADV_NOHUGEPAGE) == 0);
  std::memset(memory, 1, bytes);
}

void burn_cpu(long milliseconds) {
  const long end = thread_cpu_ms() + milliseconds;
  while (thread_cpu_ms() < end) {
  }
}

ProcessChild::ProcessChild(const Script& script) {
  std::array<int, 2> go{};
  std::array<int, 2> paused{};
  if (::pipe2(go.data(), O_CLOEXEC) != 0 || ::pipe2(paused.data(), O_CLOEXEC) != 0) std::abort();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::alarm(kLongestLifeSeconds);
    ::close(go[1]);
    ::close(paused[0]);
    const Pause pause = [&] {
      char byte = 'p';
      require(::write(paused[1], &byte, 1) == 1);
      require(::read(go[0], &byte, 1) == 1);
    };
    pause();
    ::_exit(script(pause));
  }
  ::close(go[0]);
  ::close(paused[1]);
  go_.reset(go[1]);
  paused_.reset(paused[0]);
  if (pid_ < 0 || !await_pause()) std::abort();
}

ProcessChild::~ProcessChild() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

bool ProcessChild::await_pause() {
  char byte = 0;
  return ::read(paused_.get(), &byte, 1) == 1;
}

bool ProcessChild::run() { return ::write(go_.get(), "g", 1) == 1; }

bool ProcessChild::run_to_pause() { return run() && await_pause(); }

int ProcessChild::wait(rusage* usage) {
  int status = 0;
  if (::wait4(pid_, &status, 0, usage) != pid_) return -1;
  pid_ = -1;
  return status;
}

}  // namespace sonde::test
