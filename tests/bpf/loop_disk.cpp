#include "bpf/loop_disk.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <utility>

namespace sonde::test {
namespace {

constexpr std::size_t kBlockBytes = 4096;

struct alignas(kBlockBytes) Block {
  std::array<char, kBlockBytes> bytes{};
};

UniqueFd make_backing_file(const std::string& path, std::size_t bytes) {
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file && ::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) file.reset();
  return file;
}

/// Takes the first free device; another process may be quicker.
UniqueFd configure(int control, int backing, int& number) {
  for (int attempt = 0; attempt < 16; ++attempt) {
    number = ::ioctl(control, LOOP_CTL_GET_FREE);
    if (number < 0) return {};
    const std::string path = "/dev/loop" + std::to_string(number);
    UniqueFd disk(::open(path.c_str(), O_RDWR | O_DIRECT | O_CLOEXEC));
    loop_config config{};
    config.fd = static_cast<std::uint32_t>(backing);
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    if (disk && ::ioctl(disk.get(), LOOP_CONFIGURE, &config) == 0) return disk;
    if (!disk || errno != EBUSY) return {};
  }
  return {};
}

}  // namespace

std::unique_ptr<LoopDisk> LoopDisk::create(const std::string& backing_file, std::size_t bytes) {
  const UniqueFd backing = make_backing_file(backing_file, bytes);
  const UniqueFd control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  if (!backing || !control) return nullptr;
  int number = -1;
  UniqueFd disk = configure(control.get(), backing.get(), number);
  struct ::stat facts {};
  if (!disk || ::fstat(disk.get(), &facts) != 0) return nullptr;
  return std::unique_ptr<LoopDisk>(new LoopDisk(std::move(disk), "loop" + std::to_string(number),
                                                gnu_dev_major(facts.st_rdev), gnu_dev_minor(facts.st_rdev)));
}

LoopDisk::LoopDisk(UniqueFd disk, std::string name, std::uint32_t major, std::uint32_t minor)
    : disk_(std::move(disk)), directory_("/sys/block/" + std::move(name)), major_(major), minor_(minor) {}

LoopDisk::~LoopDisk() {
  for (const auto& [attribute, value] : changed_) std::ofstream(directory_ + "/queue/" + attribute) << value;
  ::ioctl(disk_.get(), LOOP_CLR_FD);
}

DiskStat LoopDisk::stat() const {
  std::ifstream file(directory_ + "/stat");
  std::array<std::uint64_t, 17> field{};
  for (std::uint64_t& one : field) file >> one;
  return {.reads = {field[0], field[3]},
          .writes = {field[4], field[7]},
          .discards = {field[11], field[14]},
          .flushes = {field[15], field[16]},
          .in_flight = field[8]};
}

bool LoopDisk::read_block(std::size_t block) const {
  Block into;
  return ::pread(fd(), &into, kBlockBytes, static_cast<off_t>(block * kBlockBytes)) == kBlockBytes;
}

bool LoopDisk::write_block(std::size_t block, int flags) const {
  Block from;
  iovec piece{&from, kBlockBytes};
  return ::pwritev2(fd(), &piece, 1, static_cast<off_t>(block * kBlockBytes), flags) == kBlockBytes;
}

bool LoopDisk::set_queue(const std::string& attribute, const std::string& value) {
  changed_.try_emplace(attribute, queue(attribute));
  std::ofstream file(directory_ + "/queue/" + attribute);
  file << value << std::flush;
  return file.good();
}

std::string LoopDisk::queue(const std::string& attribute) const {
  std::ifstream file(directory_ + "/queue/" + attribute);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace sonde::test
