#include "capture/ring_reader.h"

#include <bpf/libbpf.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace sonde::capture {
namespace {

/// An epoll instance hears of records only when the kernel wakes it, where poll(2) itself would look for any.
Result<UniqueFd> wake_of(int map) {
  UniqueFd wake(::epoll_create1(EPOLL_CLOEXEC));
  if (!wake) return Error::from_errno(errno, "make an epoll descriptor");
  epoll_event event{};
  event.events = EPOLLIN;
  if (::epoll_ctl(wake.get(), EPOLL_CTL_ADD, map, &event) != 0) {
    return Error::from_errno(errno, "wait for a ring buffer");
  }
  return wake;
}

}  // namespace

RingReader::RingReader(MappedPages consumer, MappedPages producer, UniqueFd wake,
                       const RingCursor::Memory& memory) noexcept
    : consumer_(std::move(consumer)), producer_(std::move(producer)), wake_(std::move(wake)), cursor_(memory) {}

Result<RingReader> RingReader::open(const bpf_map& records) {
  const int map = bpf_map__fd(&records);
  const auto page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t data_bytes = bpf_map__max_entries(&records);
  MappedPages consumer(::mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0), page_bytes);
  if (!consumer) return Error::from_errno(errno, "map the position in a ring buffer");
  // The data would go on behind itself, but to map that is not asked for.
  const std::size_t producer_bytes = page_bytes + data_bytes;
  MappedPages producer(::mmap(nullptr, producer_bytes, PROT_READ, MAP_SHARED, map, static_cast<off_t>(page_bytes)),
                       producer_bytes);
  if (!producer) return Error::from_errno(errno, "map a ring buffer");
  UniqueFd wake = SONDE_TRY(wake_of(map));
  const RingCursor::Memory memory{.consumed = reinterpret_cast<unsigned long*>(consumer.data()),
                                  .produced = reinterpret_cast<const unsigned long*>(producer.data()),
                                  .data = {producer.data() + page_bytes, data_bytes}};
  return RingReader(std::move(consumer), std::move(producer), std::move(wake), memory);
}

Result<> RingReader::wait(std::chrono::milliseconds longest) const {
  epoll_event event{};
  const int woken = ::epoll_wait(wake_.get(), &event, 1, static_cast<int>(longest.count()));
  if (woken < 0 && errno != EINTR) return Error::from_errno(errno, "wait for a ring buffer");
  return Ok{};
}

}  // namespace sonde::capture
