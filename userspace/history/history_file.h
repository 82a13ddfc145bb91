#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "history/database.h"

namespace sonde::history {

/// A file that belongs to one process, sound and of the newest version.
struct HistoryFile {
  UniqueFd lock;  ///< first, so that it goes last
  Database database;
};

/// Opens the file, or begins one with mode 0600; its directory is made if need be. A damaged file is renamed to
/// PATH.damaged-TIME, which `notices` tell, and another one begun.
/// errors: kLimit if another process has it; kUnsupported if a newer program or another one has written it; kBadInput
/// if it is no regular file; kPermission, kIo.
[[nodiscard]] Result<HistoryFile> open_history_file(const std::string& path, WallTime now,
                                                    std::vector<std::string>& notices);

}  // namespace sonde::history
