#pragma once

#include <iomanip>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "host/reading_writer.h"

namespace sonde::host {

/// What was written, as lines of `name{tag=value,...} number`.
inline std::vector<std::string> lines_of(ReadingWriter& writer) {
  std::vector<std::string> lines;
  for (const ReadingFamily& family : writer.take()) {
    for (const Reading& reading : family.readings) {
      std::ostringstream line;
      line << family.name << '{';
      const char* separator = "";
      for (const Tag& tag : reading.tags) {
        line << separator << tag.name << '=' << tag.value;
        separator = ",";
      }
      line << "} " << std::setprecision(12) << reading.value;
      lines.push_back(line.str());
    }
  }
  return lines;
}

/// Those that begin with a name, or with a name and tags; without that beginning's name.
inline std::vector<std::string> lines_of(const std::vector<std::string>& lines, std::string_view name) {
  std::vector<std::string> found;
  for (const std::string& line : lines) {
    if (line.starts_with(std::string(name) + "{")) found.push_back(line.substr(name.size()));
  }
  return found;
}

}  // namespace sonde::host
