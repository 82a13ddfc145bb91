#include "serve/link_key.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "base/unique_fd.h"

namespace sonde::serve {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kAllModes = 07777;

std::string octal(mode_t mode) {
  char text[16];
  std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode));
  return text;
}

Result<> check(int fd, const std::string& path) {
  struct stat facts {};
  if (fstat(fd, &facts) != 0) return Error::from_errno(errno, "look at '" + path + "'");
  if (!S_ISREG(facts.st_mode)) return Error{Code::kBadInput, "'" + path + "' is no regular file: remove it"};
  if ((facts.st_mode & kAllModes) != kOwnerOnly) {
    return Error{Code::kPermission, "'" + path + "' has the mode " + octal(facts.st_mode & kAllModes) +
                                        " and not 0600: others may know the key; remove the file, and links that " +
                                        "were sent so far are void"};
  }
  if (facts.st_size != static_cast<off_t>(LinkKey{}.size())) {
    return Error{Code::kBadInput, "'" + path + "' has " + std::to_string(facts.st_size) +
                                      " bytes and not 32: it is no key; remove it, and links that were sent so far " +
                                      "are void"};
  }
  return Ok{};
}

Result<LinkKey> read_key(int fd, const std::string& path) {
  SONDE_TRY(check(fd, path));
  LinkKey key{};
  const ssize_t got = pread(fd, key.data(), key.size(), 0);
  if (got < 0) return Error::from_errno(errno, "read '" + path + "'");
  if (got != static_cast<ssize_t>(key.size())) return Error{Code::kIo, "'" + path + "' has become shorter"};
  return key;
}

/// All of it or nothing, also if the host dies meanwhile.
Result<> write_key(const LinkKey& key, const std::string& path) {
  const std::string fresh = path + ".new";
  unlink(fresh.c_str());
  const UniqueFd fd(open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
  if (!fd) return Error::from_errno(errno, "create '" + fresh + "'");
  const bool is_written = fchmod(fd.get(), kOwnerOnly) == 0 &&
                          write(fd.get(), key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
                          fsync(fd.get()) == 0 && rename(fresh.c_str(), path.c_str()) == 0;
  if (is_written) return Ok{};
  Error error = Error::from_errno(errno, "write '" + path + "'");
  unlink(fresh.c_str());
  return error;
}

}  // namespace

Result<LinkKey> new_link_key() {
  LinkKey key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) == 1) return key;
  return Error{Code::kIo, "the system gives no random numbers"};
}

Result<LinkKey> open_link_key(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (fd) return read_key(fd.get(), path);
  if (errno != ENOENT) return Error::from_errno(errno, "open '" + path + "'");
  const LinkKey key = SONDE_TRY(new_link_key());
  SONDE_TRY(write_key(key, path));
  return key;
}

}  // namespace sonde::serve
