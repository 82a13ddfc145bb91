// Attaches empty programs to the traffic sensor's hooks, prints `attached`, and waits for SIGTERM or SIGINT.
#include <signal.h>

#include <cstdio>
#include <memory>

#include "empty_hooks.skel.h"

namespace {

struct SkeletonDelete {
  void operator()(empty_hooks_bpf* skeleton) const noexcept { empty_hooks_bpf__destroy(skeleton); }
};

}  // namespace

int main() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  sigprocmask(SIG_BLOCK, &stop, nullptr);
  const std::unique_ptr<empty_hooks_bpf, SkeletonDelete> hooks(empty_hooks_bpf__open_and_load());
  if (!hooks || empty_hooks_bpf__attach(hooks.get()) != 0) {
    std::fputs("empty_hooks: cannot attach; it needs root and Linux 6.3 or newer\n", stderr);
    return 1;
  }
  std::puts("attached");
  std::fflush(stdout);
  int received = 0;
  sigwait(&stop, &received);
  return 0;
}
