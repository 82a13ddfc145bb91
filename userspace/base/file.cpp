#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/unique_fd.h"

namespace sonde {

Result<std::string> read_file(const std::string& path, std::size_t limit_bytes) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    Error error = Error::from_errno(errno, "open '" + path + "'");
    if (error.sys_errno == ENOENT) error.code = Code::kNotFound;
    return error;
  }
  std::string text;
  std::array<char, 16384> chunk;
  while (true) {
    const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got == 0) return text;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error::from_errno(errno, "read '" + path + "'");
    if (text.size() + static_cast<std::size_t>(got) > limit_bytes) {
      return Error{Code::kLimit, "'" + path + "' is larger than " + std::to_string(limit_bytes) + " bytes"};
    }
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace sonde
