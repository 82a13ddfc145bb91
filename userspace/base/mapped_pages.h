#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <utility>

namespace sonde {

/// Owns pages of a file or device in this process' memory; unmaps them when it goes.
class MappedPages {
 public:
  MappedPages() = default;
  /// shape: as mmap(2) answered; MAP_FAILED is nothing.
  MappedPages(void* address, std::size_t bytes) noexcept
      : address_(address == MAP_FAILED ? nullptr : address), bytes_(address == MAP_FAILED ? 0 : bytes) {}
  MappedPages(MappedPages&& other) noexcept
      : address_(std::exchange(other.address_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  MappedPages& operator=(MappedPages&& other) noexcept {
    std::swap(address_, other.address_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  MappedPages(const MappedPages&) = delete;
  MappedPages& operator=(const MappedPages&) = delete;
  ~MappedPages() {
    if (address_ != nullptr) ::munmap(address_, bytes_);
  }

  explicit operator bool() const noexcept { return address_ != nullptr; }
  [[nodiscard]] std::byte* data() const noexcept { return static_cast<std::byte*>(address_); }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_; }

 private:
  void* address_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace sonde
