#include "store/checkpoint_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "store/checkpoint_records.h"

namespace sonde::store {
namespace {

constexpr std::string_view kEnding = ".sonde";
constexpr std::string_view kTemporaryEnding = ".tmp";
constexpr std::string_view kDamagedEnding = ".damaged";
constexpr std::size_t kMaxFileBytes = std::size_t{4} << 30U;

std::string_view prefix_of(CheckpointKind kind) {
  switch (kind) {
    case CheckpointKind::kBase:
      return "base-";
    case CheckpointKind::kDelta:
      return "delta-";
  }
  return {};
}

std::string name_of(CheckpointKind kind, std::uint64_t sequence) {
  return std::string(prefix_of(kind)) + std::to_string(sequence) + std::string(kEnding);
}

/// The number in PREFIX NUMBER ENDING REST.
std::optional<std::uint64_t> sequence_in(std::string_view name, std::string_view prefix, bool& is_whole) {
  if (!name.starts_with(prefix)) return {};
  std::uint64_t sequence = 0;
  const auto [end, fault] = std::from_chars(name.data() + prefix.size(), name.data() + name.size(), sequence);
  const std::string_view rest = name.substr(static_cast<std::size_t>(end - name.data()));
  if (fault != std::errc{} || !rest.starts_with(kEnding)) return {};
  is_whole = rest == kEnding;
  return sequence;
}

/// One file in the making: under another name until it is whole and on the disk.
class FileWriter final : public BlockSink {
 public:
  static Result<FileWriter> create(std::string path) {
    const std::string temporary = path + std::string(kTemporaryEnding);
    UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (!fd) return Error::from_errno(errno, "create '" + temporary + "'");
    return FileWriter(std::move(path), std::move(fd));
  }

  FileWriter(FileWriter&&) noexcept = default;
  FileWriter& operator=(FileWriter&&) = delete;
  ~FileWriter() override {
    if (fd_) ::unlink(temporary().c_str());
  }

  Result<> write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return Error::from_errno(errno, "write '" + temporary() + "'");
      size_bytes_ += static_cast<std::size_t>(written);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return Ok{};
  }

  Result<> write_block(std::string_view content) override {
    if (content.size() > kMaxBlockBytes) {
      return Error{Code::kIo, "a block of a checkpoint would have " + std::to_string(content.size()) + " bytes"};
    }
    SONDE_TRY(write(block_head(content)));
    return write(content);
  }

  /// After this, the file is there whatever happens.
  Result<> finish(int directory_fd) {
    SONDE_TRY(write(block_head({})));
    if (::fsync(fd_.get()) != 0) return Error::from_errno(errno, "write '" + temporary() + "' to the disk");
    if (::rename(temporary().c_str(), path_.c_str()) != 0)
      return Error::from_errno(errno, "rename '" + temporary() + "'");
    fd_.reset();
    if (::fsync(directory_fd) != 0)
      return Error::from_errno(errno, "write the directory of '" + path_ + "' to the disk");
    return Ok{};
  }

  [[nodiscard]] std::size_t size_bytes() const noexcept { return size_bytes_; }

 private:
  FileWriter(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  [[nodiscard]] std::string temporary() const { return path_ + std::string(kTemporaryEnding); }

  std::string path_;
  UniqueFd fd_;
  std::size_t size_bytes_ = 0;
};

}  // namespace

struct CheckpointDirectory::Loading {
  SeriesTable& table;
  std::vector<std::string>& notices;
  CheckpointLoader loader;
  std::size_t misfits = 0;
};

CheckpointDirectory::CheckpointDirectory(std::string path, UniqueFd directory, UniqueFd lock)
    : path_(std::move(path)), directory_(std::move(directory)), lock_(std::move(lock)) {}

Result<CheckpointDirectory> CheckpointDirectory::open(const std::string& path) {
  std::error_code fault;
  std::filesystem::create_directories(path, fault);
  if (fault) return Error::from_errno(fault.value(), "create the directory '" + path + "' of the store");
  UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return Error::from_errno(errno, "open the directory '" + path + "' of the store");
  UniqueFd lock(::openat(directory.get(), "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (!lock) return Error::from_errno(errno, "open '" + path + "/lock'");
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Error::from_errno(errno, "lock '" + path + "/lock'");
    return Error{Code::kLimit, "the directory '" + path +
                                   "' of the store is used by another process; stop that one, or give this one a "
                                   "directory of its own"};
  }
  return CheckpointDirectory(path, std::move(directory), std::move(lock));
}

Result<std::vector<CheckpointDirectory::File>> CheckpointDirectory::list() {
  std::vector<File> files;
  std::error_code fault;
  for (std::filesystem::directory_iterator entry(path_, fault), end; !fault && entry != end; entry.increment(fault)) {
    const std::string name = entry->path().filename().string();
    for (const CheckpointKind kind : {CheckpointKind::kBase, CheckpointKind::kDelta}) {
      bool is_whole = false;
      const auto sequence = sequence_in(name, prefix_of(kind), is_whole);
      if (!sequence) continue;
      last_sequence_ = std::max(last_sequence_, *sequence);
      if (is_whole) files.push_back({kind, *sequence, name});
      if (name.ends_with(kTemporaryEnding)) ::unlink(path_of(name).c_str());
    }
  }
  if (fault) return Error::from_errno(fault.value(), "list the directory '" + path_ + "' of the store");
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.sequence < b.sequence; });
  return files;
}

void CheckpointDirectory::set_aside(const File& file, const std::string& damage, std::vector<std::string>& notices) {
  const std::string aside = file.name + std::string(kDamagedEnding);
  ++damaged_files_;
  std::string notice = "checkpoint file '" + path_of(file.name) + "' is damaged: " + damage;
  if (::rename(path_of(file.name).c_str(), path_of(aside).c_str()) == 0) {
    notice += "; it is now called '" + aside + "', and what could be read of it was";
  } else {
    notice += "; what could be read of it was, but it cannot be renamed: " + Error::from_errno(errno, "rename").what;
  }
  notices.push_back(std::move(notice));
}

Result<> CheckpointDirectory::load_file(const File& file, Loading& loading) {
  const std::string bytes = SONDE_TRY(read_file(path_of(file.name), kMaxFileBytes));
  CheckpointContent content = read_checkpoint(bytes);
  CheckpointLoader& loader = loading.loader;
  // Two bases are there if the process ended before it had removed the old one. A whole one says all that the old one
  // did; of a damaged one, the old one may hold what is lost. Files of different bases have different references.
  if (file.kind == CheckpointKind::kBase) {
    if (!content.damage.empty()) loading.misfits += loader.finish(loading.table);
    loader = CheckpointLoader();
  }
  for (const std::string_view block : content.blocks) {
    if (!loader.read_block(block) && content.damage.empty()) content.damage = "a block holds what no checkpoint does";
  }
  if (content.damage.empty() && (content.sequence != file.sequence || content.kind != file.kind)) {
    content.damage = "it is not what its name says";
  }
  if (!content.damage.empty()) set_aside(file, content.damage, loading.notices);
  return Ok{};
}

Result<> CheckpointDirectory::load(SeriesTable& table, std::vector<std::string>& notices) {
  const std::vector<File> files = SONDE_TRY(list());
  Loading loading{table, notices, {}, 0};
  for (const File& file : files) SONDE_TRY(load_file(file, loading));
  loading.misfits += loading.loader.finish(table);
  if (loading.misfits > 0) {
    notices.push_back("the checkpoint in '" + path_ + "' lacks the beginning of " + std::to_string(loading.misfits) +
                      " pieces, which were left out");
  }
  return Ok{};
}

Result<> CheckpointDirectory::write(SeriesTable& table, std::int64_t now_ms) {
  constexpr std::int64_t kBaseIntervalMs = 3'600'000;
  constexpr std::size_t kSmallBytes = std::size_t{1} << 20U;
  const bool is_base = needs_base_ || now_ms < base_ms_ || now_ms - base_ms_ >= kBaseIntervalMs ||
                       delta_bytes_ > base_bytes_ / 2 + kSmallBytes;
  const CheckpointKind kind = is_base ? CheckpointKind::kBase : CheckpointKind::kDelta;
  const std::uint64_t sequence = last_sequence_ + 1;
  FileWriter file = SONDE_TRY(FileWriter::create(path_of(name_of(kind, sequence))));
  SONDE_TRY(file.write(checkpoint_head(kind, sequence)));
  SONDE_TRY(write_records(table, is_base, file));
  SONDE_TRY(file.finish(directory_.get()));
  last_sequence_ = sequence;
  mark_saved(table);
  delta_bytes_ = is_base ? 0 : delta_bytes_ + file.size_bytes();
  if (!is_base) return Ok{};
  base_bytes_ = file.size_bytes();
  base_ms_ = now_ms;
  needs_base_ = false;
  remove_before(sequence);
  return Ok{};
}

void CheckpointDirectory::remove_before(std::uint64_t base_sequence) {
  const auto files = list();
  if (!files) return;  // they are in the way of nothing: the next base removes them
  for (const File& file : *files) {
    if (file.sequence < base_sequence) ::unlink(path_of(file.name).c_str());
  }
}

}  // namespace sonde::store
