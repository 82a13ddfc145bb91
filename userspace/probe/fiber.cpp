#include "probe/fiber.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SONDE_FIBER_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define SONDE_FIBER_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SONDE_FIBER_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define SONDE_FIBER_TSAN 1
#endif
#ifdef SONDE_FIBER_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef SONDE_FIBER_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace sonde::probe {
namespace {

/// A TLS handshake takes some 30 KiB; a page that nobody touches costs nothing.
constexpr std::size_t kStackBytes = 256U * 1024U;

std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

}  // namespace

Fiber::Fiber(std::function<void()> body) : body_(std::move(body)) {
  const std::size_t bytes = kStackBytes + page_bytes();
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) return;
  // Who needs more hits this page and not what lies below it.
  if (::mprotect(memory, page_bytes(), PROT_NONE) != 0 || ::getcontext(&inside_) != 0) {
    ::munmap(memory, bytes);
    return;
  }
  stack_ = memory;
  inside_.uc_stack.ss_sp = static_cast<std::byte*>(stack_) + page_bytes();
  inside_.uc_stack.ss_size = kStackBytes;
  inside_.uc_link = nullptr;
  // makecontext(3) hands over nothing wider than an int.
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  ::makecontext(&inside_, reinterpret_cast<void (*)()>(&Fiber::enter), 2, static_cast<unsigned>(self >> 32U),
                static_cast<unsigned>(self));
#ifdef SONDE_FIBER_TSAN
  inside_thread_ = __tsan_create_fiber(0);
#endif
}

Fiber::~Fiber() {
#ifdef SONDE_FIBER_TSAN
  if (inside_thread_ != nullptr) __tsan_destroy_fiber(inside_thread_);
#endif
  if (stack_ != nullptr) ::munmap(stack_, kStackBytes + page_bytes());
}

bool Fiber::resume() {
  if (ended_ || stack_ == nullptr) return true;
#ifdef SONDE_FIBER_TSAN
  outside_thread_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(inside_thread_, 0);
#endif
#ifdef SONDE_FIBER_ASAN
  void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&fake_stack, inside_.uc_stack.ss_sp, inside_.uc_stack.ss_size);
#endif
  ::swapcontext(&outside_, &inside_);
#ifdef SONDE_FIBER_ASAN
  __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
#endif
  return ended_;
}

void Fiber::suspend() {
#ifdef SONDE_FIBER_TSAN
  __tsan_switch_to_fiber(outside_thread_, 0);
#endif
#ifdef SONDE_FIBER_ASAN
  void* fake_stack = nullptr;
  // Without a place to keep it in, what belongs to a stack that never runs again is freed.
  __sanitizer_start_switch_fiber(ended_ ? nullptr : &fake_stack, outside_stack_, outside_bytes_);
#endif
  ::swapcontext(&inside_, &outside_);
#ifdef SONDE_FIBER_ASAN
  __sanitizer_finish_switch_fiber(fake_stack, &outside_stack_, &outside_bytes_);
#endif
}

void Fiber::enter(unsigned high, unsigned low) {
  const std::uintptr_t self = (static_cast<std::uintptr_t>(high) << 32U) | low;
  reinterpret_cast<Fiber*>(self)->run();
}

void Fiber::run() {
#ifdef SONDE_FIBER_ASAN
  __sanitizer_finish_switch_fiber(nullptr, &outside_stack_, &outside_bytes_);
#endif
  body_();
  ended_ = true;
  suspend();
}

}  // namespace sonde::probe
