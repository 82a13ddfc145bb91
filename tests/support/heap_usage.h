#pragma once
#include <malloc.h>

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SONDE_SANITIZER_HEAP 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SONDE_SANITIZER_HEAP 1
#endif
#ifdef SONDE_SANITIZER_HEAP
// <sanitizer/allocator_interface.h> has it; g++ comes with the function and without the header.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace sonde::test {

/// What this process has allocated and not freed. A sanitizer, whose allocator mallinfo2(3) knows nothing of, says what
/// was asked for; glibc adds to that what it puts around each block.
inline std::size_t heap_bytes_in_use() {
#ifdef SONDE_SANITIZER_HEAP
  return __sanitizer_get_current_allocated_bytes();
#else
  const struct mallinfo2 heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
#endif
}

}  // namespace sonde::test
