#include "app/heap_keeper.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/file.h"

namespace sonde::app {
namespace {

/// Larger blocks are pages of their own, which go back when they are freed: the kernel's type information (6 MB) and
/// the largest intermediate results. glibc would raise this to the size of the largest that was freed, so that these
/// come from the heap, and keep twice as much at its end.
constexpr int kOwnPagesBytes = 4 << 20;

/// Each thread has a heap of its own, and of all but the first malloc_trim(3) leaves the free end: so it goes when
/// memory is freed. Small queries have to find enough room in it, or they fault in the same pages again and again.
constexpr int kFreeEndBytes = 1 << 20;

/// Of this process, from the second field of statm (proc(5)); 0 if it cannot be told.
std::uint64_t resident_bytes() {
  const auto text = read_file("/proc/self/statm");
  if (!text) return 0;
  const std::string_view fields = *text;
  const std::size_t begin = fields.find(' ') + 1;
  std::uint64_t pages = 0;
  std::from_chars(fields.data() + begin, fields.data() + fields.size(), pages);
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

void bound_free_memory() {
  ::mallopt(M_MMAP_THRESHOLD, kOwnPagesBytes);
  ::mallopt(M_TRIM_THRESHOLD, kFreeEndBytes);
}

bool HeapKeeper::give_back_if_grown(KernelTime now) {
  const std::uint64_t most_bytes = usual_bytes_ + kMinGrowthBytes;
  if (now < rest_until_ || resident_bytes() < most_bytes) return false;
  ::malloc_trim(0);
  // What is left may be in use by a query that runs just now. So it becomes the usual step by step.
  const std::uint64_t left_bytes = resident_bytes();
  usual_bytes_ = usual_bytes_ == 0 ? left_bytes : std::min(left_bytes, most_bytes);
  rest_until_ = now + kRest;
  return true;
}

}  // namespace sonde::app
