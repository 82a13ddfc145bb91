#include "cli/notes.h"

#include <string>

#include "cli/terminal.h"

namespace sonde::cli {

Result<> write_notes(const PrometheusAnswer& answer, const AnswerStreams& streams) {
  std::string text;
  for (const std::string& warning : answer.warnings) text += "sonde: warning: " + warning + "\n";
  for (const std::string& info : answer.infos) text += "sonde: info: " + info + "\n";
  return write_all(streams.error_fd, text);
}

}  // namespace sonde::cli
